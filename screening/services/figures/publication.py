"""Figures are published when a screening is closed, and afterwards in batches: one changed paper never shows."""

import hashlib
import json
from collections import defaultdict
from datetime import datetime
from typing import Any

from django.db import transaction

from network.models import Unit
from screening.models import Campaign, ImportedResult, PublishedFigures, Result
from screening.rules.figures import province_of
from screening.rules.tallies import Tally, due_colleges

TOTAL = "total"
CHUNK = 2000
DIGEST = 16
READ = ("level", "outcome", "college", "school_class", "student__sex", "student__origin")


@transaction.atomic
def publish_campaign(*, campaign: Campaign, at: datetime) -> None:
    """Publish the valid papers of a closed campaign, scale by scale; again only colleges with ten changes."""
    for scale in campaign.scales.all():
        papers = Result.objects.filter(campaign=campaign, scale__key=scale.key, is_valid=True)
        _publish({"school": campaign.school, "scale_key": scale.key, "campaign": campaign}, papers, at=at)


@transaction.atomic
def publish_imported(*, school: Unit, source: str, scale_key: str, year: int, at: datetime) -> None:
    """Publish what another system found in a year; again only colleges with ten changes."""
    results = ImportedResult.objects.current().filter(
        school=school, came_in__source=source, scale__key=scale_key, day__year=year
    )
    _publish({"school": school, "scale_key": scale_key, "source": source, "year": year}, results, at=at)


def _publish(named: dict[str, Any], rows: Any, *, at: datetime) -> None:
    tallies, papers = _count(rows)
    standing = PublishedFigures.objects.select_for_update().filter(**named).first()
    if standing is None:
        PublishedFigures.objects.create(
            **named, tallies=json.dumps(tallies), papers=json.dumps(papers), published_at=at
        )
        return
    old_tallies, old_papers = json.loads(standing.tallies), json.loads(standing.papers)
    due = list(due_colleges(old_papers, papers))
    if not due:
        return
    for college in due:
        for old, new in ((old_tallies, tallies), (old_papers, papers)):
            old.pop(college, None)
            if college in new:
                old[college] = new[college]
    standing.tallies, standing.papers, standing.published_at = json.dumps(old_tallies), json.dumps(old_papers), at
    standing.save(update_fields=["tallies", "papers", "published_at"])


def _count(rows: Any) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Tallies and digests of papers by college; the key of a college is a text, as in JSON."""
    tallies: defaultdict[str, Tally] = defaultdict(Tally)
    papers: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for row in rows.select_related("student").only(*READ).order_by().iterator(chunk_size=CHUNK):
        kept = json.loads(row.outcome)
        figures = None if kept["total"] is None else {TOTAL: kept["total"], **(kept.get("factors") or {})}
        groups = (row.school_class_id, str(row.student.sex), province_of(row.student.origin))
        college = str(row.college_id or "")
        tallies[college].add(row.level, figures, groups)
        told = f"{row.level} {row.outcome}"
        papers[college][row.pk.hex] = hashlib.sha256(told.encode()).hexdigest()[:DIGEST]
    return {college: tally.write() for college, tally in tallies.items()}, dict(papers)
