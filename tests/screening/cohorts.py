"""Whole cohorts with results, written at once: what they come to is given, not answered."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from network.models import Student
from screening.models import Campaign, Paper, Participation, Result
from screening.rules.papers.answering import Sheet
from screening.services import close_campaign


def finish(
    campaign: Campaign,
    students: Iterable[Student],
    levels: Sequence[int | None],
    *,
    at: datetime,
    total: int = 4,
    valid: bool = True,
    factors: dict[str, float] | None = None,
    answers: dict[str, Any] | None = None,
) -> list[Result]:
    """Each student has handed in the campaign's first scale; levels in turn."""
    scale = campaign.parts.select_related("scale")[0].scale
    rows = {row.student_id: row for row in Participation.objects.filter(campaign=campaign, student__in=list(students))}
    times: dict[str, Any] = {"started_at": at, "saved_at": at, "submitted_at": at}
    sheet = Sheet(answers=answers or {}).write()
    papers = [Paper(participation=row, scale=scale, position=1, sheet=sheet, **times) for row in rows.values()]
    Paper.objects.bulk_create(papers)
    kept = {"total": total, "standard": None, "factors": factors, "band": None, "positives": None, "psdi": None}
    results = [
        Result(
            paper=paper,
            campaign=campaign,
            scale=scale,
            student_id=row.student_id,
            school_id=row.school_id,
            college_id=row.college_id,
            school_class_id=row.school_class_id,
            level=levels[number % len(levels)],
            is_valid=valid,
            outcome=json.dumps({**kept, "valid": valid}),
            scored_at=at,
        )
        for number, (paper, row) in enumerate(zip(papers, rows.values(), strict=True))
    ]
    Result.objects.bulk_create(results)
    Participation.objects.filter(pk__in=[row.pk for row in rows.values()]).update(
        consented_at=at, consented_version=1, finished_at=at, is_valid=valid
    )
    return results


def close(campaign: Campaign, *, at: datetime) -> Campaign:
    """The campaign as it is once its last day has passed."""
    close_campaign(campaign=campaign, by=None, at=at)
    campaign.refresh_from_db()
    return campaign
