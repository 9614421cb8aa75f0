"""The care plan of a student (一生一策): every saving is a version; nothing is overwritten."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis.models import CareGoal, CarePlan, Case, CaseEvent
from crisis.rules.dates import PLANNED
from crisis.services.cases.locking import lock_to_manage
from crisis.services.cases.timeline import write_event
from crisis.services.dates import check_date
from kernel import audit
from kernel.errors import Refused
from network.models import User

LONGEST_GOAL = 300


@transaction.atomic
def save_plan(
    *,
    case: Case,
    supports: str,
    risks: str,
    goals: Sequence[str],
    review_on: date | None,
    version: int,
    by: User,
    at: datetime,
) -> CarePlan:
    """Save the next version of the plan. `version`: the one it was written on, 0 for none. Refused for a closed case,
    and when somebody saved another version meanwhile."""
    case = lock_to_manage(case, by=by)
    check_date(review_on, PLANNED, at=at)
    newest = case.care_plans.order_by("-version").first()
    if (newest.version if newest else 0) != version:
        raise Refused(
            _("Somebody has saved another version while you were writing. Compare both, then send yours again."),
            code="changed-meanwhile",
        )
    plan = CarePlan.objects.create(
        case=case, version=version + 1, supports=supports, risks=risks, review_on=review_on, saved_by=by, saved_at=at
    )
    CareGoal.objects.bulk_create(
        CareGoal(plan=plan, order=order, text=text[:LONGEST_GOAL]) for order, text in enumerate(goals, start=1)
    )
    title = gettext_noop("Care plan, version %(number)s")
    params = {"number": plan.version}
    link = f"/cases/{case.pk}/#plan"
    write_event(case=case, kind=CaseEvent.Kind.PLAN, title=title, params=params, link=link, by=by, at=at)
    audit.record(action="case.plan", by=by, at=at, obj=case, detail={"version": plan.version})
    return plan
