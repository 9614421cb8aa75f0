"""Screenings: scales, campaigns, who is asked, their papers, talks, and what a college is told."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from network.models import DualRelation, Post, Student, Unit, User
from network.rules import Level, Role
from screening.models import (
    Campaign,
    Exemption,
    Feedback,
    Interview,
    Participation,
    ResultImport,
    Scale,
)
from screening.models.campaigns import CampaignText
from tests.architecture.rows.crisis import fudaoyuan_of
from tests.architecture.rows.town import Row, Town, above, chain, keys, kind
from tests.screening.screenings import SCALES, begin, open_screening


@dataclass(frozen=True)
class Screening:
    """One campaign in each school, and somebody asked at each place with a talk ahead."""

    here: Campaign
    there: Campaign
    asked: list[Participation]
    interviews: list[Interview]


def screening(town: Town) -> Screening:
    if "screening" not in town.built:
        here = open_screening(town.world, at=town.at)
        there = _campaign(town.elsewhere, town, opened=True)
        asked = [_asked(one, here, there) for one in (*town.students(), town.world.students["own"][2])]
        talks = [_interview(town, number, row) for number, row in enumerate(asked)]
        town.built["screening"] = Screening(here, there, asked, talks)
    found: Screening = town.built["screening"]
    return found


def director_of(school: Unit) -> User:
    return Post.objects.get(unit=school, role=Role.CENTER_DIRECTOR).holder


def _campaign(school: Unit, town: Town, *, opened: bool) -> Campaign:
    by = director_of(school)
    opening: dict[str, Any] = {"opened_by": by, "opened_at": town.at} if opened else {}
    campaign = Campaign.objects.create(
        school=school, name="town", population={"grades": [2026]}, opens_on=date(2026, 11, 2), text_version=1,
        closes_on=date(2026, 11, 30), created_by=by, created_at=town.at, **opening,
    )  # fmt: skip
    said = {"purpose": "a", "explanation": "b", "written_by": by, "written_at": town.at}
    CampaignText.objects.create(campaign=campaign, version=1, **said)
    return campaign


def _asked(student: Student, here: Campaign, there: Campaign) -> Participation:
    if student.school == here.school:
        return Participation.objects.select_related("student__user").get(campaign=here, student=student)
    return Participation.objects.create(campaign=there, student=student, **keys(student))


def _interview(town: Town, number: int, row: Participation) -> Interview:
    """The first room's is the part-time counselor's, the second's the full-time counselor's, the others nobody's."""
    holders = (town.world.holder(Role.PART_TIME_COUNSELOR), town.world.holder(Role.FULL_TIME_COUNSELOR))
    given: dict[str, Any] = {"counselor": holders[number], "assigned_at": town.at} if number < len(holders) else {}
    return Interview.objects.create(
        participation=row, campaign=row.campaign, student=row.student, **keys(row.student), urgency=1,
        created_at=town.at, due_at=town.at + timedelta(days=14), **given,
    )  # fmt: skip


@kind("campaign")
def campaign_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Everybody in a school who follows its screening at all sees that there is one."""
    found = screening(town)
    for campaign in (found.here, found.there):
        yield _campaign_row(campaign)


@kind("drafted campaign")
def drafted_campaign_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        yield _campaign_row(_campaign(school, town, opened=False))


def _campaign_row(campaign: Campaign) -> Row:
    units = Unit.objects.filter(school=campaign.school).values_list("pk", flat=True)
    return Row(campaign.school.code, {"pk": campaign.pk}, units=frozenset({campaign.school_id, *units}))


@kind("somebody asked")
def somebody_asked_rows(town: Town, me: User | None) -> Iterator[Row]:
    for row in screening(town).asked:
        yield Row(str(row.student), {"pk": row.pk}, units=above(row), shows=row.student.name)


@kind("exemption")
def exemption_rows(town: Town, me: User | None) -> Iterator[Row]:
    by = town.world.holder(Role.FUDAOYUAN)
    for row in screening(town).asked:
        asked = Exemption.objects.create(participation=row, reason="town", asked_by=by, asked_at=town.at)
        yield Row(str(row.student), {"pk": asked.pk}, units=above(row))


@kind("relation")
def relation_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.COLLEGE, Level.CLASS):
        director = director_of(unit.school or unit)
        tie = DualRelation.objects.create(counselor=director, unit=unit, recorded_by=director, recorded_at=town.at)
        yield Row(unit.code, {"pk": tie.pk}, units=chain(unit))


@kind("interview")
def interview_rows(town: Town, me: User | None) -> Iterator[Row]:
    for talk in screening(town).interviews:
        mine = frozenset({talk.counselor_id or 0})
        yield Row(str(talk.student), {"pk": talk.pk}, units=above(talk), assigned=mine, shows=talk.student.name)


@kind("student of a talk")
def student_of_a_talk_rows(town: Town, me: User | None) -> Iterator[Row]:
    """A fudaoyuan opens this part of the file for all their students: it says what they were asked to do."""
    for talk in screening(town).interviews:
        near = frozenset({talk.counselor_id or 0, *(one.pk for one in fudaoyuan_of(talk.student))})
        yield Row(str(talk.student), {"pk": talk.student_id}, units=above(talk), assigned=near)


@kind("feedback")
def feedback_rows(town: Town, me: User | None) -> Iterator[Row]:
    """The fudaoyuan is asked to do something for each but the last."""
    talks = screening(town).interviews
    for talk in talks:
        tells = talk != talks[-1]
        told = Feedback.objects.create(
            interview=talk, campaign=talk.campaign, student=talk.student, **keys(talk.student), level=2, action="care",
            tells_fudaoyuan=tells, given_by=director_of(talk.school), given_at=town.at,
        )  # fmt: skip
        near = frozenset(one.pk for one in fudaoyuan_of(talk.student) if tells)
        yield Row(str(talk.student), {"pk": told.pk}, units=above(talk), assigned=near)


@kind("participation")
def participation_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, student in _answering(town, me):
        row = Participation.objects.get(campaign=screening(town).here, student=student)
        yield Row(whose, {"pk": row.pk}, owner=student.user_id)


@kind("paper")
def paper_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, student in _answering(town, me):
        paper = begin(screening(town).here, student, at=town.at)[0]
        yield Row(whose, {"pk": paper.pk}, owner=student.user_id)


def _answering(town: Town, me: User | None) -> Iterator[tuple[str, Student]]:
    mine = Student.objects.filter(user=me, school=town.world.school).first() if me else None
    if mine is not None:
        yield "mine", mine
    yield "theirs", town.world.students["far"][2]


@kind("scale")
def scale_rows(town: Town, me: User | None) -> Iterator[Row]:
    """A draft of each school."""
    file = json.loads((SCALES / "gad7.json").read_text())
    for school in town.units(Level.SCHOOL):
        scale = Scale.objects.create(
            key="gad7", version=9, school=school, definition=file["definition"], wording=file["wording"],
            made_by=director_of(school), made_at=town.at,
        )  # fmt: skip
        yield Row(school.code, {"pk": scale.pk}, units=chain(school))


@kind("results of another system")
def results_of_another_system_rows(town: Town, me: User | None) -> Iterator[Row]:
    found = screening(town)
    scale = found.here.parts.select_related("scale")[0].scale
    for campaign in (found.here, found.there):
        kept = ResultImport.objects.create(
            school=campaign.school, scale=scale, source="old", file_name="old.xlsx", headers=["a"], sheet="[]",
            uploaded_by=campaign.created_by, uploaded_at=town.at,
        )  # fmt: skip
        yield Row(campaign.school.code, {"pk": kept.pk}, units=chain(campaign.school), shows="old.xlsx")
