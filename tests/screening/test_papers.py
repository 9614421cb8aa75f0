from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from network.models import Student
from network.rules.consents import Purpose
from network.services import publish_text, withdraw_consent
from screening.models import Campaign, Paper
from screening.services.papers import statement as papers
from tests.conftest import World
from tests.screening import plain_papers
from tests.screening.screenings import CONSENT, WELL, begin, make_scale, open_screening, save, submit

pytestmark = pytest.mark.usefixtures("november")

Change = Callable[[Campaign, Student, datetime], object]
# What every page and every saved answer looks at.
PAPER = ("pk", "participation_id", "scale_id", "position", "sheet", "revision", "answered", "started_at", "saved_at")
PARTICIPATION = papers.PARTICIPATION_FIELDS
CAMPAIGN = papers.CAMPAIGN_FIELDS


@pytest.fixture
def campaign(world: World, at: datetime) -> Campaign:
    return open_screening(world, make_scale(at=at), make_scale("gad7", at=at), at=at)


def shown(rows: list[Paper]) -> list[Any]:
    found: list[Any] = list(rows)
    return [
        [
            *(getattr(paper, name) for name in (*PAPER, "submitted_at", "student_user", "last_consent")),
            paper.binding_version or 1,
            *(getattr(paper.participation, name) for name in PARTICIPATION),
            *(getattr(paper.participation.campaign, name) for name in CAMPAIGN),
            papers.consent_stands(paper),
        ]
        for paper in found
    ]


def nothing(campaign: Campaign, student: Student, at: datetime) -> None:
    pass


def finish(campaign: Campaign, student: Student, at: datetime) -> None:
    first, second = begin(campaign, student, at=at)
    save(first, *WELL, at=at)
    submit(first, at=at)
    save(second, *WELL[:7], at=at)
    submit(second, at=at)


def withdraw(campaign: Campaign, student: Student, at: datetime) -> None:
    withdraw_consent(student=student, purpose=Purpose.SCREENING, by=student.user, at=at + timedelta(minutes=1))


def publish_again(campaign: Campaign, student: Student, at: datetime) -> None:
    words = replace(CONSENT, body_zh="别的说明")
    later = at + timedelta(minutes=1)
    publish_text(school=campaign.school, purpose=Purpose.SCREENING, wording=words, asks_again=True, by=None, at=later)


def close(campaign: Campaign, student: Student, at: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(closed_at=at, makeup_until=campaign.closes_on + timedelta(days=3))


def exempt(campaign: Campaign, student: Student, at: datetime) -> None:
    campaign.participations.filter(student=student).update(exempted_at=at, dorm=None, college=None)


@pytest.mark.parametrize("change", [nothing, finish, withdraw, publish_again, close, exempt])
def test_the_statement_finds_what_the_queryset_finds(
    world: World, campaign: Campaign, at: datetime, change: Change
) -> None:
    student, other = world.students["own"][2:4]
    begin(campaign, other, at=at)
    paper = begin(campaign, student, at=at)[0]
    change(campaign, student, at)
    for condition, key in (
        (papers.ONE, paper.pk),
        (papers.ALL, paper.participation_id),
        (papers.WITH_OTHERS, paper.pk),
    ):
        for by in (student.user, other.user):
            found = papers.read(condition, key, by=by)
            assert shown(found) == shown(plain_papers.read(condition, key, by=by))
            assert bool(found) is (by == student.user)


def test_it_is_one_query_and_what_comes_can_be_saved(world: World, campaign: Campaign, at: datetime) -> None:
    student = world.students["own"][2]
    pk = begin(campaign, student, at=at)[0].pk
    with CaptureQueriesContext(connection) as asked:
        paper, both = papers.own_paper_with_others(pk=pk, by=student.user, lock=True)
        assert paper.participation.campaign.takes_answers(at.date())
        assert papers.consent_stands(paper)
    assert len(asked) == 1
    assert ("FOR UPDATE" in asked.captured_queries[0]["sql"]) is (connection.vendor == "postgresql")
    assert [row.position for row in both] == [1, 2]
    paper.answered = 3
    paper.save(update_fields=["answered"])
    assert Paper.objects.get(pk=pk).answered == 3
    assert paper.participation.consented_at == at


@pytest.mark.parametrize("ask", [papers.own_paper, papers.own_paper_with_others])
def test_the_paper_of_somebody_else_is_not_there(
    world: World, campaign: Campaign, at: datetime, ask: Callable[..., Any]
) -> None:
    pk = begin(campaign, world.students["own"][2], at=at)[0].pk
    with pytest.raises(Paper.DoesNotExist):
        ask(pk=pk, by=world.students["own"][3].user)
