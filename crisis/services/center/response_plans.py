"""Response plans (预案): published in versions, ticked off while an alarm is handled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Alarm, Case, CaseEvent, PlanStep, PlanTick, ResponsePlan
from crisis.services.cases.locking import lock
from crisis.services.cases.timeline import write_event
from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User


@dataclass(frozen=True)
class Line:
    """A step as it is written: what, by whom, within how many minutes."""

    text: str
    who: str = ""
    minutes: int | None = None


class Item(NamedTuple):
    """A step of the checklist and its tick, if there is one."""

    step: PlanStep
    tick: PlanTick | None


@transaction.atomic
def publish_plan(
    *, school: Unit, situation: str, title: str, lines: Sequence[Line], by: User, at: datetime
) -> ResponsePlan:
    """Publish the next version of a plan; the one before stays readable and is never changed."""
    if not policies.may_configure(by, school):
        raise Refused(_("Plans are published by the center's director."), code="may-not-configure")
    if not lines:
        raise Refused(_("A plan has at least one step."), code="no-step")
    Unit.objects.select_for_update().get(pk=school.pk)
    versions = ResponsePlan.objects.filter(school=school, situation=situation)
    newest = versions.order_by("-version").values_list("version", flat=True).first()
    versions.filter(is_current=True).update(is_current=False)
    plan = ResponsePlan.objects.create(
        school=school,
        situation=situation,
        version=(newest or 0) + 1,
        title=title,
        is_current=True,
        published_at=at,
        published_by=by,
        created_at=at,
    )
    PlanStep.objects.bulk_create(
        PlanStep(plan=plan, order=order, text=line.text, who=line.who, within_minutes=line.minutes)
        for order, line in enumerate(lines, start=1)
    )
    audit.record(
        action="response_plan.publish", by=by, at=at, unit=school.code, detail={"plan": situation, "n": plan.version}
    )
    return plan


@transaction.atomic
def tick_step(*, alarm: Alarm, step: PlanStep, remark: str, by: User, at: datetime) -> PlanTick:
    """Note that a step was done. Refused to those who may not handle the alarm and a second time; never taken back."""
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if not policies.may_acknowledge(by, alarm):
        raise Refused(_("You may not handle this alarm."), code="may-not-handle")
    if step.plan.school_id != alarm.school_id:
        raise Refused(_("This step is of another school's plan."), code="other-plan")
    before = PlanTick.objects.filter(step=step, alarm=alarm).select_related("by").first()
    if before is not None:
        raise Refused(_("%(name)s has done this already.") % {"name": before.by.name}, code="ticked")
    tick = PlanTick.objects.create(step=step, alarm=alarm, by=by, at=at, remark=remark)
    if alarm.case_id is not None:
        link = f"/alarms/{alarm.pk}/"
        title, params = gettext_noop("Step done: %(step)s"), {"step": step.text}
        entry: dict[str, Any] = {"text": remark, "link": link, "by": by, "at": at}
        case = lock(Case(pk=alarm.case_id))
        write_event(case=case, kind=CaseEvent.Kind.CHECKLIST, title=title, params=params, **entry)
    audit.record(action="response_plan.tick", by=by, at=at, obj=alarm, detail={"step": step.order})
    return tick


def checklists(alarm: Alarm) -> list[tuple[ResponsePlan, list[Item]]]:
    """The plans that an alarm is handled by: those in force, and those begun before a newer version came, in its place;
    the one for any alarm first, then those that were begun."""
    ticks = {tick.step_id: tick for tick in PlanTick.objects.filter(alarm=alarm).select_related("by")}
    begun = Q(steps__in=list(ticks))
    plans = ResponsePlan.objects.filter(Q(is_current=True) | begun, school=alarm.school_id).distinct()
    chosen: dict[str, tuple[ResponsePlan, list[Item]]] = {}
    for plan in plans.prefetch_related("steps").order_by("situation", "-version"):
        items = [Item(step, ticks.get(step.pk)) for step in plan.steps.all()]
        is_begun = any(item.tick for item in items)
        if plan.situation not in chosen or is_begun:
            chosen[plan.situation] = (plan, items)
    order = list(ResponsePlan.Situation.values)
    return sorted(chosen.values(), key=lambda pair: order.index(pair[0].situation))
