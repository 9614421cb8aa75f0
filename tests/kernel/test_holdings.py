from datetime import datetime
from typing import Any

import pytest

from portal.kernel import holdings
from portal.kernel.holdings import Holding, Period, Reason
from portal.kernel.models import Notice
from portal.kernel.periods import TZ


def kind(name: str = "shelf.books", **given: Any) -> Holding:
    return Holding(name=name, label="books", ground="a law", **({"kept": "a ground"} | given))


def test_what_has_a_period_says_what_is_due_and_how_it_goes() -> None:
    with pytest.raises(ValueError, match="belong together"):
        kind(period=Period(12, least=1, most=24))
    whole = kind(period=Period(12, least=1, most=24), due=lambda *_: Notice.objects.none(), expire=holdings.delete)
    assert whole.period == Period(12, 1, 24)


def test_what_an_erasure_leaves_needs_a_ground() -> None:
    with pytest.raises(ValueError, match="needs a ground"):
        kind(kept=None)
    assert kind(kept=None, erase=lambda person, at: 0).erase is not None


def test_each_kind_and_each_reason_is_declared_once() -> None:
    first = holdings.declared()[0]
    with pytest.raises(KeyError, match=first.name):
        holdings.declare(first)
    reason = holdings.reasons()[0]
    with pytest.raises(KeyError, match=reason.name):
        holdings.hold(Reason(reason.name, reason.label, reason.persons))
    assert holdings.find(first.name) is first
    assert holdings.find("nothing") is None


def test_every_app_that_knows_people_has_declared_what_it_holds() -> None:
    apps = {holding.name.partition(".")[0] for holding in holdings.declared()}
    assert {"network", "crisis", "reporting"} <= apps
    for holding in holdings.declared():
        assert holding.own is not None or holding.own_note is not None, f"{holding.name} says nothing to the person"
        if holding.period is not None:
            assert holding.period.least <= holding.period.months <= holding.period.most


def test_a_person_in_no_alarm_is_held_by_none(db: None) -> None:
    at = datetime(2026, 11, 10, tzinfo=TZ)
    assert [list(reason.persons(0, at)) for reason in holdings.reasons()] == [[] for _ in holdings.reasons()]
