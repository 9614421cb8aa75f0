"""Context for the care part of a case's page: watch, family, referral, talks, return."""

from datetime import datetime
from typing import Any

from crisis.models import Case, Referral
from crisis.services.care.referrals import now_due
from crisis.services.care.safety_watches import gaps_of
from crisis.views.referrals import KINDS

TALKS = 6


def care_of(case: Case, at: datetime) -> dict[str, Any]:
    """What the case's page shows of it."""
    watch = case.watches.filter(ended_at=None).prefetch_related("shifts__person").first()
    referrals = list(case.referrals.select_related("hospital").prefetch_related("steps")[:3])
    return {
        "watch": watch,
        "watch_gaps": [gap for gap in gaps_of(watch, at=at) if gap.ends > at] if watch else [],
        "watching": [row for row in watch.shifts.all() if row.span[0] <= at < row.span[1]] if watch else [],
        "family": case.guardian_notices.prefetch_related("attempts")[:5],
        "referrals": [(row, _now(row)) for row in referrals],
        "talks": case.talks.select_related("holder")[:TALKS],
        "student_returns": case.returns.all()[:3],
        "look": _look(case),
    }


def _now(referral: Referral) -> Any:
    step = now_due(referral)
    return KINDS[step.value] if step else None


def _look(case: Case) -> Any:
    """The next look that is owed after a return."""
    for student_return in case.returns.all()[:1]:
        return student_return.follow_ups.filter(done_at=None).first()
    return None
