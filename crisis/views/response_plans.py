"""Response plans, ticked off while an alarm is handled."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis.forms.response_plans import FIRST_STEPS, PlanVersionForm, TickForm
from crisis.models import Alarm, PlanStep, ResponsePlan
from crisis.services.center.response_plans import checklists, publish_plan, tick_step
from crisis.views.hospitals import school_of
from crisis.views.shared import require
from kernel.errors import Refused
from kernel.web import Request, perform, require_GET, require_POST
from network.access import requires
from network.rules import Ability
from network.scope import Scope

HERE = "crisis:plan-list"


def plan_of(alarm: Alarm) -> dict[str, Any]:
    """What the alarm's page shows of its plans."""
    return {"checklists": checklists(alarm)}


@requires(Ability.HANDLE_ALARM, Ability.CONFIGURE_CRISIS)
@require_GET
def plan_list(request: Request) -> HttpResponse:
    require(request, Ability.HANDLE_ALARM, Ability.CONFIGURE_CRISIS)
    first = {"situation": ResponsePlan.Situation.ANY, "steps": FIRST_STEPS}
    asked = request.GET.get("from", "")
    plans = ResponsePlan.objects.for_user(request.user).prefetch_related("steps")
    source = next((plan for plan in plans if str(plan.pk) == asked), None)
    if source is not None:
        steps = "\n".join(_written(step) for step in source.steps.all())
        first = {"situation": source.situation, "title": source.title, "steps": steps}
    return _page(request, PlanVersionForm(initial=first), 200)


@requires(Ability.CONFIGURE_CRISIS)
@require_POST
def plan_publish(request: Request) -> HttpResponse:
    form, school = PlanVersionForm(request.POST), school_of(request)

    def act() -> None:
        data = form.cleaned_data
        version = {"situation": data["situation"], "title": data["title"], "lines": data["steps"]}
        publish_plan(school=school, by=request.user, at=timezone.now(), **version)

    def page(status: int) -> HttpResponse:
        return _page(request, form, status)

    done = _("Published. From now on it stands on the page of each alarm.")
    return perform(request, form, act, done=done, to=reverse(HERE), page=page)


@requires(Ability.HANDLE_ALARM)
@require_POST
def plan_tick(request: Request, pk: UUID, step: UUID) -> HttpResponse:
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM)
    alarm: Alarm = get_object_or_404(alarms, pk=pk)
    form = TickForm(request.POST)
    row: PlanStep = get_object_or_404(PlanStep.objects.for_user(request.user).select_related("plan"), pk=step)
    remark = form.cleaned_data["remark"] if form.is_valid() else request.POST.get("remark", "")[:300]
    try:
        tick_step(alarm=alarm, step=row, remark=remark, by=request.user, at=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(f"{reverse('crisis:alarm-detail', args=[pk])}#checklist")


def _page(request: Request, form: PlanVersionForm, status: int) -> HttpResponse:
    plans = ResponsePlan.objects.for_user(request.user).prefetch_related("steps").select_related("published_by")
    context = {
        "plans": plans.filter(is_current=True),
        "former": plans.filter(is_current=False),
        "form": form,
        "may_configure": Ability.CONFIGURE_CRISIS in Scope.of(request.user).abilities,
    }
    return render(request, "crisis/plan_list.html", context, status=status)


def _written(step: PlanStep) -> str:
    """A step as one line of the form."""
    return f"{step.text} | {step.who} | {step.within_minutes or ''}".rstrip(" |")
