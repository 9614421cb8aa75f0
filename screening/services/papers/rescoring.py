"""After a key is corrected: papers of earlier versions are scored again, in bulk, and what was before is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kernel import audit, jobs
from kernel.errors import Refused
from kernel.models import Job
from network.models import User
from screening import policies
from screening.models import Campaign, Participation, Result, ResultVersion, Scale
from screening.rules.interviews import urgency_of
from screening.rules.papers.answering import Sheet
from screening.rules.scoring.outcomes import Outcome, score
from screening.services.campaigns.critical_answers import call_help
from screening.services.campaigns.invitations import invite
from screening.services.figures.publication import publish_campaign
from screening.services.papers.results import sealed_text
from screening.services.scales.instruments import Instrument, instrument_of

JOB = "screening.rescore"
BATCH = 500
WRITTEN = ["outcome", "level", "is_valid", "scored_at"]


@dataclass
class Count:
    """How many papers were scored again, and for how many something else came out."""

    scored: int = 0
    changed: int = 0


class Scored:
    """A result as it stands, and what its paper comes to by the new key. `calls`, `invites`: what the old key did not
    ask for, an alarm and a talk."""

    def __init__(self, result: Result, sheet: Sheet, outcome: Outcome, text: str) -> None:
        self.result, self.sheet, self.outcome, self.text = result, sheet, outcome, text
        self.calls = outcome.critical and not sheet.rang
        urgency = urgency_of(outcome.interview, critical=False, valid=outcome.valid)
        is_sooner = urgency is not None and (result.level is None or urgency < result.level or not result.is_valid)
        self.invites = urgency if is_sooner else None


def earlier_results(scale: Scale) -> QuerySet[Result]:
    """Results at its school by other versions of the scale."""
    rows: QuerySet[Result] = Result.objects.filter(school=scale.school_id, scale__key=scale.key).exclude(scale=scale)
    return rows


@transaction.atomic
def start_rescoring(*, scale: Scale, by: User, at: datetime) -> Job:
    """Have the papers of earlier versions scored by this one. Refused unless it is in use and asks the same items."""
    _check(scale, by)
    return jobs.start(name=JOB, argument=str(scale.pk), by=by, at=at)


def rescore(*, scale: Scale, by: User, at: datetime, progress: Callable[[int, int], None]) -> Count:
    """Score again in batches, each in its own transaction: a run that breaks off goes on where it stopped. Whoever is
    in danger by the new key is called for as on the day of answering."""
    _check(scale, by)
    count, total, last = Count(), earlier_results(scale).count(), None
    while batch := _batch(scale, last):
        last = batch[-1]
        with transaction.atomic():
            _rescore(batch, instrument_of(scale.pk), count, by=by, at=at)
        progress(min(count.scored, total), total)
    school = scale.school
    assert school is not None
    for campaign in Campaign.objects.closed().filter(school=school, scales__key=scale.key).distinct():
        publish_campaign(campaign=campaign, at=at)
    detail = {"key": scale.key, "version": scale.version, "papers": count.scored, "changed": count.changed}
    audit.record(action="scale.rescore", by=by, at=at, obj=scale, unit=school.code, detail=detail)
    return count


def _batch(scale: Scale, last: Any) -> list[Any]:
    rows = earlier_results(scale).order_by("pk")
    return list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", flat=True)[:BATCH])


def _rescore(batch: Sequence[Any], instrument: Instrument, count: Count, *, by: User, at: datetime) -> None:
    rows = Result.objects.filter(pk__in=batch).select_for_update(of=("self",)).order_by("pk")
    scored = []
    for result in rows.select_related("paper"):
        if not result.paper.sheet:
            continue
        sheet = Sheet.read(result.paper.sheet)
        outcome = score(instrument.scale, sheet.answers, sheet.seconds or None)
        scored.append(Scored(result, sheet, outcome, sealed_text(outcome)))
    changed = [scoring for scoring in scored if scoring.result.outcome != scoring.text]
    count.scored += len(scored)
    count.changed += len(changed)
    _keep_versions(changed, at=at)
    _write(changed, at=at)
    Result.objects.filter(pk__in=[scoring.result.pk for scoring in scored]).update(scale=instrument.row)
    _act([scoring for scoring in changed if scoring.calls or scoring.invites is not None], by=by, at=at)


def _keep_versions(changed: Sequence[Scored], *, at: datetime) -> None:
    ResultVersion.objects.bulk_create(
        ResultVersion(
            result=scoring.result,
            scale_id=scoring.result.scale_id,
            level=scoring.result.level,
            is_valid=scoring.result.is_valid,
            outcome=scoring.result.outcome,
            scored_at=scoring.result.scored_at,
            replaced_at=at,
        )
        for scoring in changed
    )


def _write(changed: Sequence[Scored], *, at: datetime) -> None:
    if not changed:
        return
    for scoring in changed:
        result, outcome = scoring.result, scoring.outcome
        result.outcome, result.scored_at = scoring.text, at
        result.level, result.is_valid = outcome.interview, outcome.valid
    # All rows are there, and locked: every one of them meets its like and is changed in the same statement.
    Result.objects.bulk_create(
        [scoring.result for scoring in changed], update_conflicts=True, unique_fields=["pk"], update_fields=WRITTEN
    )
    _settle_validity([scoring.result.paper.participation_id for scoring in changed])


def _settle_validity(keys: Sequence[Any]) -> None:
    """A participation counts if each of its papers does."""
    spoiled = Exists(Result.objects.filter(paper__participation=OuterRef("pk"), is_valid=False))
    finished = Participation.objects.filter(pk__in=keys).exclude(finished_at=None)
    finished.filter(spoiled).update(is_valid=False)
    finished.filter(~Q(spoiled)).update(is_valid=True)


def _act(anew: Sequence[Scored], *, by: User, at: datetime) -> None:
    """Alarms and talks that the old key did not ask for; those few are looked at one by one."""
    for scoring in anew:
        paper = scoring.result.paper
        if scoring.calls:
            scoring.sheet.rang = True
            paper.sheet = scoring.sheet.write()
            paper.save(update_fields=["sheet"])
            call_help(paper=paper, by=by, at=at)
        if scoring.invites is not None:
            invite(participation=paper.participation, urgency=scoring.invites, at=at)


def _check(scale: Scale, by: User) -> None:
    if scale.school is None or not policies.may_manage_scales(by, scale.school):
        raise Refused(_("You may not change the scales of this school."), code="may-not-manage-scales")
    if scale.state != Scale.State.PUBLISHED:
        raise Refused(_("Put this version to use first."), code="not-in-use")
    versions = Scale.objects.filter(pk__in=earlier_results(scale).order_by().values("scale"))
    if any(version.parsed.items != scale.parsed.items for version in versions):
        raise Refused(_("An earlier version asks other items: its papers cannot be scored by this one."), code="items")
