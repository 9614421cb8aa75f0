"""A student's own papers with all that answering asks, in one statement written by hand.

Every request of a questionnaire asks this. The same question put by the ORM (`PaperQuerySet.to_answer`) takes several
times as long to compile and to plan as to answer, see docs/adr/0024. A test compares the two."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from network.models import User
from network.rules.consents import stands
from screening.models import Campaign, Paper, Participation

STATEMENT = """
SELECT paper.id, paper.participation_id, paper.scale_id, paper.position, paper.sheet, paper.revision, paper.answered,
    paper.started_at, paper.saved_at, paper.submitted_at,
    asked.campaign_id AS asked_campaign_id, asked.student_id AS asked_student_id, asked.school_id AS asked_school_id,
    asked.college_id AS asked_college_id, asked.school_class_id AS asked_school_class_id,
    asked.dorm_id AS asked_dorm_id, asked.consented_version AS asked_consented_version,
    asked.exempted_at AS asked_exempted_at, asked.finished_at AS asked_finished_at,
    campaign.name AS campaign_name, campaign.opens_on AS campaign_opens_on, campaign.closes_on AS campaign_closes_on,
    campaign.makeup_until AS campaign_makeup_until, campaign.text_version AS campaign_text_version,
    campaign.opened_at AS campaign_opened_at, campaign.closed_at AS campaign_closed_at,
    (SELECT consent.act || ':' || text.version
        FROM network_consent consent JOIN network_consenttext text ON text.id = consent.text_id
        WHERE consent.student_id = asked.student_id AND consent.purpose = 'screening'
        ORDER BY consent.at DESC, consent.id DESC LIMIT 1) AS consent,
    (SELECT MAX(text.version) FROM network_consenttext text
        WHERE text.school_id = asked.school_id AND text.purpose = 'screening' AND text.asks_again) AS binding_version
FROM screening_paper paper
    JOIN screening_participation asked ON asked.id = paper.participation_id
    JOIN screening_campaign campaign ON campaign.id = asked.campaign_id
WHERE asked.student_id = (SELECT id FROM network_student WHERE user_id = %s)
"""
ONE = "AND paper.id = %s"
ALL = "AND paper.participation_id = %s"
WITH_OTHERS = "AND paper.participation_id = (SELECT participation_id FROM screening_paper WHERE id = %s)"
ORDER = " ORDER BY paper.position"
# In the order of the models' own fields; all others are read when they are asked for.
PARTICIPATION_FIELDS = (
    "id",
    "campaign_id",
    "student_id",
    "school_id",
    "college_id",
    "school_class_id",
    "dorm_id",
    "consented_version",
    "exempted_at",
    "finished_at",
)
CAMPAIGN_FIELDS = (
    "id",
    "name",
    "opens_on",
    "closes_on",
    "makeup_until",
    "text_version",
    "opened_at",
    "closed_at",
)


def own_paper(*, pk: UUID, by: User) -> Paper:
    """A student's own paper as `save_answers` takes it; Paper.DoesNotExist for any other."""
    for paper in read(ONE, pk, by=by):
        return paper
    raise Paper.DoesNotExist


def own_papers(*, participation: UUID, by: User) -> list[Paper]:
    """The papers of a student's own participation, in their order."""
    return read(ALL, participation, by=by)


def own_paper_with_others(*, pk: UUID, by: User, lock: bool = False) -> tuple[Paper, list[Paper]]:
    """A student's own paper, and all of its participation in their order; Paper.DoesNotExist for any other."""
    papers = read(WITH_OTHERS, pk, by=by, lock=lock)
    for paper in papers:
        if paper.pk == pk:
            return paper, papers
    raise Paper.DoesNotExist


def consent_stands(paper: Any) -> bool:
    """Whether the student agreed to the texts in force and has not taken it back; `paper` is one of their own."""
    participation = paper.participation
    if participation.consented_version != participation.campaign.text_version:
        return False
    last = paper.last_consent or {"act": None, "version": 0}
    return stands(last["act"], last["version"], paper.binding_version or 1)


def read(condition: str, key: UUID, *, by: User, lock: bool = False) -> list[Paper]:
    """The papers of a student that meet a condition on one key, in their order."""
    # SQLite has no locks on rows: its transactions follow one another.
    locks = " FOR UPDATE OF paper" if lock and connection.vendor == "postgresql" else ""
    # Both databases read a key from its digits.
    papers: list[Any] = list(Paper.objects.raw(STATEMENT + condition + ORDER + locks, [by.pk, key.hex]))
    for paper in papers:
        paper.student_user = by.pk
        paper.last_consent = _last_consent(paper.consent)
        paper.participation = _participation(paper)
    return papers


def _last_consent(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    act, version = text.split(":")
    return {"act": act, "version": int(version)}


def _participation(paper: Any) -> Participation:
    campaign_id = _key(paper.asked_campaign_id)
    values = [
        paper.participation_id,
        campaign_id,
        _key(paper.asked_student_id),
        paper.asked_school_id,
        paper.asked_college_id,
        paper.asked_school_class_id,
        paper.asked_dorm_id,
        paper.asked_consented_version,
        _time(paper.asked_exempted_at),
        _time(paper.asked_finished_at),
    ]
    participation = Participation.from_db(connection.alias, PARTICIPATION_FIELDS, values)
    participation.campaign = Campaign.from_db(
        connection.alias,
        CAMPAIGN_FIELDS,
        [
            campaign_id,
            paper.campaign_name,
            paper.campaign_opens_on,
            paper.campaign_closes_on,
            paper.campaign_makeup_until,
            paper.campaign_text_version,
            _time(paper.campaign_opened_at),
            _time(paper.campaign_closed_at),
        ],
    )
    return participation


def _key(value: UUID | str) -> UUID:
    """SQLite gives a key as text."""
    return value if isinstance(value, UUID) else UUID(value)


def _time(value: datetime | None) -> datetime | None:
    """SQLite gives a time without its zone, which is UTC."""
    return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)
