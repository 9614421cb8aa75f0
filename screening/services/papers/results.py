"""What a paper comes to is kept with it: scored by the rules of its scale version, sealed, and acted upon."""

import json
from collections.abc import Sequence
from datetime import datetime

from kernel import audit
from network.models import User
from screening.models import Paper, Result
from screening.rules.interviews import urgency_of
from screening.rules.papers.answering import Sheet
from screening.rules.scoring.outcomes import Outcome, plain, score
from screening.services.campaigns.critical_answers import call_help
from screening.services.campaigns.invitations import invite
from screening.services.scales.instruments import Instrument, instrument_of

WRITTEN = ("sheet", "answered", "revision", "saved_at", "submitted_at")


def keep_result(
    *, paper: Paper, papers: Sequence[Paper], sheet: Sheet, instrument: Instrument, by: User, at: datetime
) -> Result:
    """Hand a complete paper in, within the caller's transaction: the answers, the result, the end of the participation
    if it was the last one, and whoever must be called. `papers`: all of the participation, locked."""
    outcome = score(instrument.scale, sheet.answers, sheet.seconds or None)
    calls = outcome.critical and not sheet.rang
    if calls:
        sheet.rang = True
        paper.sheet = sheet.write()
    result = result_of(paper, outcome, at=at)
    paper.save(update_fields=WRITTEN)
    result.save()
    _end(paper, papers, result, at=at)
    audit.record(action="paper.submit", by=by, at=at, obj=paper, detail={"valid": outcome.valid})
    if calls:
        call_help(paper=paper, by=by, at=at)
    urgency = urgency_of(outcome.interview, critical=False, valid=outcome.valid)
    if urgency is not None:
        invite(participation=paper.participation, urgency=urgency, at=at)
    return result


def outcome_of(result: Result) -> Outcome:
    """The outcome with the rules that gave it, worked out again from the sealed answers: a scale version never changes,
    so neither does this."""
    sheet = Sheet.read(result.paper.sheet)
    return score(instrument_of(result.scale_id).scale, sheet.answers, sheet.seconds or None)


def sealed_text(outcome: Outcome) -> str:
    """The outcome as it is kept; the rules are worked out anew for those who may read answers."""
    return json.dumps(plain(outcome), ensure_ascii=False, separators=(",", ":"))


def result_of(paper: Paper, outcome: Outcome, *, at: datetime) -> Result:
    """The result of a paper with its participation's keys, not written yet."""
    participation = paper.participation
    return Result(
        paper=paper,
        campaign_id=participation.campaign_id,
        scale_id=paper.scale_id,
        student_id=participation.student_id,
        school_id=participation.school_id,
        college_id=participation.college_id,
        school_class_id=participation.school_class_id,
        dorm_id=participation.dorm_id,
        level=outcome.interview,
        is_valid=outcome.valid,
        outcome=sealed_text(outcome),
        scored_at=at,
    )


def _end(paper: Paper, papers: Sequence[Paper], result: Result, *, at: datetime) -> None:
    """End the participation, unless another paper is missing."""
    others = [other for other in papers if other.pk != paper.pk]
    if any(other.submitted_at is None for other in others):
        return
    spoiled = bool(others) and Result.objects.filter(paper__in=others, is_valid=False).exists()
    participation = paper.participation
    participation.finished_at, participation.is_valid = at, result.is_valid and not spoiled
    participation.save(update_fields=["finished_at", "is_valid"])
