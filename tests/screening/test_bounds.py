"""Days that cannot be meant are refused where they are typed, in the services, and by the database."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from network.models import User
from network.rules import Role
from screening import tasks
from screening.models import Campaign, Interview, OperatorTraining
from screening.rules.interviews import Urgency
from screening.rules.result_rows import LATER, NO_DAY, read_lines
from screening.services import close_campaign, draft_campaign, extend_campaign, record_training
from screening.services.campaigns.invitations import invite
from screening.tasks import NotAllClosed, close_past
from tests import factories
from tests.conftest import World
from tests.screening.screenings import TEXT, make_scale, open_screening, plan

pytestmark = pytest.mark.usefixtures("november")

WINDOWS: list[dict[str, Any]] = [
    {"opens_on": date(1, 1, 1)},
    {"closes_on": date(9999, 12, 31), "makeup_until": None},
    {"opens_on": date(2026, 1, 1), "makeup_until": None},
]


@pytest.mark.parametrize("days", WINDOWS)
def test_a_window_that_cannot_be_meant_is_refused(world: World, at: datetime, days: dict[str, Any]) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    planned = plan(world, make_scale(at=at), **days)
    with pytest.raises(Refused, match="cannot be those of a screening"):
        draft_campaign(school=world.school, plan=planned, text=TEXT, by=director, at=at)


def test_an_open_screening_is_not_extended_beyond_half_a_year(world: World, campaign: Campaign, at: datetime) -> None:
    days: dict[str, Any] = {"closes_on": date(2027, 11, 30), "makeup_until": None}
    with pytest.raises(Refused, match="at most half a year"):
        extend_campaign(campaign=campaign, by=world.holder(Role.CENTER_DIRECTOR), at=at, **days)


COLUMNS: list[dict[str, Any]] = [
    {"opens_on": date(1, 1, 1)},
    {"opens_on": date(2026, 9, 1), "closes_on": date(9999, 1, 1), "makeup_until": None},
    {"makeup_until": date(9999, 12, 31)},
]


@pytest.mark.parametrize("days", COLUMNS)
def test_the_database_keeps_no_such_window(campaign: Campaign, days: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(**days)


def test_the_form_names_the_field_of_a_day_that_cannot_be_meant(world: World, login: Callable[[User], Client]) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    url = reverse("screening:training-list")
    number = world.holder(Role.FULL_TIME_COUNSELOR).number
    form = {"user": number, "course": "普查操作培训", "completed_on": "0001-01-01", "valid_until": "9999-12-31"}
    answer = client.post(url, form)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"completed_on", "valid_until"}
    later = client.post(url, form | {"completed_on": "2026-11-01", "valid_until": "2090-01-01"})
    assert set(later.context["form"].errors) == {"valid_until"}
    assert not OperatorTraining.objects.filter(user__number=number).exists()


@pytest.mark.parametrize("days", [(date(1999, 1, 1), None), (date(2026, 11, 1), date(2090, 1, 1))])
def test_a_training_has_bounds_too(world: World, at: datetime, days: tuple[date, date | None]) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    training = {"user": director, "course": "普查操作培训", "school": world.school}
    with pytest.raises(Refused, match="ten years"):
        record_training(**training, completed_on=days[0], valid_until=days[1], by=director, at=at)


@pytest.mark.parametrize(
    ("day", "sentences"),
    [("0001-01-01", [NO_DAY]), ("9999-12-31", [NO_DAY]), ("2026-11-11", [LATER]), ("2026-11-10", [])],
)
def test_a_result_is_of_a_day_that_was(day: str, sentences: list[str]) -> None:
    places = {"number": 0, "day": 1, "total": 2}
    lines, faults = read_lines([(2, ["1", day, 5])], places, low=0, high=27, last=date(2026, 11, 10))
    assert [fault.sentence for fault in faults] == sentences
    assert len(lines) + len(faults) == 1


def test_one_screening_that_cannot_be_closed_keeps_no_other_open(
    world: World, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = at.date() - timedelta(days=1)
    days = {"opens_on": over - timedelta(days=9), "closes_on": over - timedelta(days=5), "makeup_until": over}
    scale = make_scale(at=at)
    bad, good = (open_screening(world, scale, at=at - timedelta(days=6), name=name, **days) for name in ("甲", "乙"))

    def close(**arguments: Any) -> Campaign:
        if arguments["campaign"] == bad:
            raise ValueError("year 1 is out of range")
        return close_campaign(**arguments)

    monkeypatch.setattr(tasks, "close_campaign", close)
    with pytest.raises(NotAllClosed, match=str(bad.pk)):
        close_past()
    good.refresh_from_db()
    assert good.closed_at == at


def test_critical_answers_come_first_and_then_who_has_waited_longest(
    world: World, at: datetime, login: Callable[[User], Client]
) -> None:
    factories.make_students(world.it1, 4, on=date(2026, 9, 1))
    campaign = open_screening(world, at=at)
    rows = list(campaign.participations.order_by("pk")[:4])
    asked = [(Urgency.FIRST, 3), (Urgency.SECOND, 9), (Urgency.CRITICAL, 1), (Urgency.FIRST, 5)]
    talks = [
        invite(participation=row, urgency=urgency, at=at - timedelta(days=days))
        for row, (urgency, days) in zip(rows, asked, strict=True)
    ]
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("screening:interview-list")).context["page"]
    assert list(page) == [talks[2], talks[1], talks[3], talks[0]]


def test_a_talk_is_due_after_it_was_asked_for(campaign: Campaign, at: datetime) -> None:
    talk = invite(participation=campaign.participations.all()[0], urgency=Urgency.FIRST, at=at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Interview.objects.filter(pk=talk.pk).update(due_at=at - timedelta(days=800))
