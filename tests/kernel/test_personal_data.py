from datetime import datetime
from typing import Any

import pytest

from kernel import personal_data
from kernel.models import Notice
from kernel.periods import TZ
from kernel.personal_data import DataCategory, Period, Reason


def kind(name: str = "shelf.books", **given: Any) -> DataCategory:
    return DataCategory(name=name, label="books", ground="a law", **({"kept": "a ground"} | given))


def test_what_has_a_period_says_what_is_due_and_how_it_goes() -> None:
    with pytest.raises(ValueError, match="belong together"):
        kind(period=Period(12, least=1, most=24))
    whole = kind(period=Period(12, least=1, most=24), due=lambda *_: Notice.objects.none(), expire=personal_data.delete)
    assert whole.period == Period(12, 1, 24)


def test_what_an_erasure_leaves_needs_a_ground() -> None:
    with pytest.raises(ValueError, match="needs a ground"):
        kind(kept=None)
    assert kind(kept=None, erase=lambda person, at: 0).erase is not None


def test_each_kind_and_each_reason_is_declared_once() -> None:
    first = personal_data.declared()[0]
    with pytest.raises(KeyError, match=first.name):
        personal_data.declare(first)
    reason = personal_data.reasons()[0]
    with pytest.raises(KeyError, match=reason.name):
        personal_data.hold(Reason(reason.name, reason.label, reason.persons))
    assert personal_data.find(first.name) is first
    assert personal_data.find("nothing") is None


def test_every_app_that_knows_people_has_declared_what_it_holds() -> None:
    apps = {category.name.partition(".")[0] for category in personal_data.declared()}
    assert {"network", "crisis", "reporting"} <= apps
    for category in personal_data.declared():
        assert category.own is not None or category.own_note is not None, f"{category.name} says nothing to the person"
        if category.period is not None:
            assert category.period.least <= category.period.months <= category.period.most


def test_a_person_in_no_alarm_is_held_by_none(db: None) -> None:
    at = datetime(2026, 11, 10, tzinfo=TZ)
    assert [list(reason.persons(0, at)) for reason in personal_data.reasons()] == [[] for _ in personal_data.reasons()]
