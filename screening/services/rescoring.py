"""After a key is corrected: papers of earlier versions are scored again, in bulk, and what was before is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from network.models import User
from portal.kernel import audit, jobs
from portal.kernel.errors import Refused
from portal.kernel.fields import Ciphertext
from portal.kernel.models import Job
from screening import policies
from screening.models import Participation, Result, ResultVersion, Scale
from screening.rules.answering import Sheet
from screening.rules.interviews import urgency_of
from screening.rules.scoring import Outcome, score
from screening.services.calls import call_help
from screening.services.instruments import Instrument, instrument_of
from screening.services.invitations import invite
from screening.services.results import sealed_text

JOB = "screening.rescore"
BATCH = 500
OUTCOME: Any = Result._meta.get_field("outcome")
Scored = tuple[Result, Sheet, Outcome]


@dataclass
class Count:
    """How many papers were scored again, and for how many something else came out."""

    scored: int = 0
    changed: int = 0


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
            _rescore(batch, instrument_of(scale), count, by=by, at=at)
        progress(min(count.scored, total), total)
    school = scale.school
    assert school is not None
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
        scored.append((result, sheet, score(instrument.scale, sheet.answers, sheet.seconds or None)))
    changed = [(result, sheet, outcome) for result, sheet, outcome in scored if result.outcome != sealed_text(outcome)]
    count.scored += len(scored)
    count.changed += len(changed)
    _keep_versions(changed, at=at)
    _write(changed, at=at)
    Result.objects.filter(pk__in=[result.pk for result, _sheet, _outcome in scored]).update(scale=instrument.row)
    _act(changed, by=by, at=at)


def _keep_versions(changed: Sequence[Scored], *, at: datetime) -> None:
    ResultVersion.objects.bulk_create(
        ResultVersion(
            result=result,
            scale_id=result.scale_id,
            level=result.level,
            is_valid=result.is_valid,
            outcome=result.outcome,
            scored_at=result.scored_at,
            replaced_at=at,
        )
        for result, _sheet, _outcome in changed
    )


def _write(changed: Sequence[Scored], *, at: datetime) -> None:
    if not changed:
        return
    sealed: list[tuple[Any, Ciphertext]] = [
        (result.pk, OUTCOME.write(result, sealed_text(outcome))) for result, _sheet, outcome in changed
    ]
    texts = Case(*[When(pk=pk, then=Value(token, output_field=OUTCOME)) for pk, token in sealed], output_field=OUTCOME)
    Result.objects.filter(pk__in=[pk for pk, _token in sealed]).update(outcome=texts, scored_at=at)
    groups: dict[tuple[int | None, bool], list[Any]] = {}
    for result, _sheet, outcome in changed:
        groups.setdefault((outcome.interview, outcome.valid), []).append(result.pk)
    for (level, valid), keys in groups.items():
        Result.objects.filter(pk__in=keys).update(level=level, is_valid=valid)
    _settle_validity([result.paper.participation_id for result, _sheet, _outcome in changed])


def _settle_validity(keys: Sequence[Any]) -> None:
    """A participation counts if each of its papers does."""
    spoiled = Exists(Result.objects.filter(paper__participation=OuterRef("pk"), is_valid=False))
    finished = Participation.objects.filter(pk__in=keys).exclude(finished_at=None)
    finished.filter(spoiled).update(is_valid=False)
    finished.filter(~Q(spoiled)).update(is_valid=True)


def _act(changed: Sequence[Scored], *, by: User, at: datetime) -> None:
    """Alarms and talks that the old key did not ask for; those few are looked at one by one."""
    for result, sheet, outcome in changed:
        paper = result.paper
        if outcome.critical and not sheet.rang:
            sheet.rang = True
            paper.sheet = sheet.write()
            paper.save(update_fields=["sheet"])
            call_help(paper=paper, by=by, at=at)
        urgency = urgency_of(outcome.interview, critical=False, valid=outcome.valid)
        if urgency is not None and (result.level is None or urgency < result.level or not result.is_valid):
            invite(participation=paper.participation, urgency=urgency, at=at)


def _check(scale: Scale, by: User) -> None:
    if scale.school is None or not policies.may_manage_scales(by, scale.school):
        raise Refused(_("You may not change the scales of this school."), code="may-not-manage-scales")
    if scale.state != Scale.State.PUBLISHED:
        raise Refused(_("Put this version to use first."), code="not-in-use")
    versions = Scale.objects.filter(pk__in=earlier_results(scale).order_by().values("scale"))
    if any(one.parsed.items != scale.parsed.items for one in versions):
        raise Refused(_("An earlier version asks other items: its papers cannot be scored by this one."), code="items")
