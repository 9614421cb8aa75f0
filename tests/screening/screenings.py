"""Screenings for tests: a scale, a campaign as the center opens it, and students who answer."""

import copy
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from network.models import Student, Unit, User
from network.rules import Role
from network.rules.consents import Purpose, Wording
from network.services import current_version, publish_text
from screening.models import Campaign, Paper, Participation, Result, Scale
from screening.rules.papers.answering import SentAnswer
from screening.services import (
    Message,
    Plan,
    Text,
    agree,
    draft_campaign,
    open_campaign,
    own_papers,
    record_training,
    save_answers,
    submit_paper,
)
from tests.conftest import World

SCALES = Path(settings.BASE_DIR, "screening", "scales")
TEXT = Text(purpose="了解同学们入学以来的状态", explanation="大约十分钟，随时可以停下。")
CONSENT = Wording("心理普查知情同意", "我愿意参加。", "Consent to screening", "I agree to take part.")
SLOW = 5.0


def make_scale(key: str = "phq9", *, at: datetime, wording: bool = True) -> Scale:
    """An instrument that the school has put to use, by a key that the portal brings; with words for every question."""
    file = json.loads((SCALES / f"{key}.json").read_text())
    school = Unit.objects.get(code="MD")
    scale = Scale(key=key, school=school, version=1, definition=file["definition"], state=Scale.State.PUBLISHED)
    scale.made_at = scale.published_at = at
    scale.wording = file["wording"]
    for words in scale.wording.values() if wording else ():
        words.setdefault("items", {item.code: f"Question {item.code}" for item in scale.parsed.items})
        words.setdefault(
            "choices", {name: _labels(name, values) for name, values in file["definition"]["choices"].items()}
        )
    scale.save()
    return scale


def next_version(scale: Scale, *, at: datetime, published_at: datetime | None = None, **changed: Any) -> Scale:
    """The next version of a scale of the school, put to use in its place, with a changed definition."""
    Scale.objects.filter(pk=scale.pk).update(state=Scale.State.RETIRED, retired_at=at)
    fresh = Scale(key=scale.key, school=scale.school, version=scale.version + 1, state=Scale.State.PUBLISHED)
    fresh.definition, fresh.wording = {**copy.deepcopy(scale.definition), **changed}, scale.wording
    fresh.made_at, fresh.published_at = at, published_at or at
    fresh.save()
    return fresh


def _labels(name: str, values: Sequence[int]) -> dict[str, str]:
    return {str(value): f"{name} {value}" for value in values}


def train(user: User, school: Unit, *, by: User, at: datetime) -> None:
    record_training(
        user=user, course="普查操作培训", completed_on=at.date(), valid_until=None, school=school, by=by, at=at
    )


def plan(world: World, *scales: Scale, **changed: Any) -> Plan:
    planned: dict[str, Any] = {
        "name": "2026 级新生心理普查",
        "scales": scales,
        "population": {"grades": [2026]},
        "opens_on": date(2026, 11, 2),
        "closes_on": date(2026, 11, 30),
        "makeup_until": date(2026, 12, 10),
        "tells_students": True,
    }
    return Plan(**planned | changed)


def publish(school: Unit, *, at: datetime) -> None:
    """The school's consent text for screening is out."""
    if current_version(school, Purpose.SCREENING) is None:
        publish_text(school=school, purpose=Purpose.SCREENING, wording=CONSENT, asks_again=False, by=None, at=at)


def publish_consent(world: World, *, at: datetime) -> None:
    publish(world.school, at=at)


def open_screening(world: World, *scales: Scale, at: datetime, **changed: Any) -> Campaign:
    """A campaign that the director has prepared and opened."""
    director = world.holder(Role.CENTER_DIRECTOR)
    publish_consent(world, at=at)
    train(director, world.school, by=director, at=at)
    drafted = draft_campaign(
        school=world.school,
        plan=plan(world, *(scales or (make_scale(at=at),)), **changed),
        text=TEXT,
        by=director,
        at=at,
    )
    return open_campaign(campaign=drafted, by=director, at=at)


def begin(campaign: Campaign, student: Student, *, at: datetime) -> list[Paper]:
    """The student agrees; their papers, ready to answer."""
    row = Participation.objects.get(campaign=campaign, student=student)
    text = current_version(row.school, Purpose.SCREENING)
    assert text is not None
    agree(participation=row, text_version=campaign.text_version, consent_version=text.version, by=student.user, at=at)
    return own_papers(participation=row.pk, by=student.user)


def said(values: Sequence[Any], *, first: int = 1, seconds: float = SLOW) -> list[SentAnswer]:
    return [SentAnswer(str(n), value, seconds) for n, value in enumerate(values, start=first)]


def message(*values: Any, device: str = "phone", number: int = 1, first: int = 1, seconds: float = SLOW) -> Message:
    return Message(said(values, first=first, seconds=seconds), device, number)


def save(paper: Paper, *values: Any, at: datetime, **sent: Any) -> Paper:
    return save_answers(paper=paper, message=message(*values, **sent), by=paper.participation.student.user, at=at)


def submit(paper: Paper, *values: Any, at: datetime, **sent: Any) -> Result:
    return submit_paper(paper=paper.pk, message=message(*values, **sent), by=paper.participation.student.user, at=at)


WELL = (0, 1, 0, 0, 1, 0, 0, 0, 0)
STRAINED = (2, 1, 2, 1, 1, 2, 2, 0, 0)
HEAVY = (2, 2, 2, 2, 2, 2, 2, 2, 0)
IN_DANGER = (1, 1, 1, 0, 0, 1, 0, 0, 2)
