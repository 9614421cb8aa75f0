from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.plans import GoalForm, PlanForm, ProgressForm, StepForm
from activities.models import Goal, Step, WorkPlan
from activities.services.work_plans import (
    add_step,
    drop_goal,
    figure_of,
    move_step,
    progress_of,
    set_goal,
    write_plan,
)
from activities.views.program_pages import PLAN, VIEW, allow, form_page, proof, year_of, years_around
from kernel import audit
from kernel.web import Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import own, requires
from network.models import Unit
from network.rules import Level

FIELDS = ("pillar", "title", "target", "owner", "due_on", "weight")
GOAL = ("plan__unit__school", "owner")
PLANNED_LEVELS = [Level.SCHOOL.value, Level.COLLEGE.value, Level.CLASS.value]


@requires(VIEW, PLAN)
@require_GET
def plan_list(request: Request) -> HttpResponse:
    year = year_of(request)
    plans = WorkPlan.objects.visible_to(request.user, VIEW, PLAN).filter(year=year).select_related("unit")
    page = page_of(
        request, plans.order_by("-unit__level", "unit__code").prefetch_related("goals__steps", "goals__owner")
    )
    context = {
        "page": page,
        "rows": [{"plan": plan, "figure": figure_of(progress_of(plan))} for plan in page],
        "may_plan": Unit.objects.visible_to(request.user, PLAN).exists(),
        **years_around(year),
    }
    return render(request, "activities/plan_list.html", context)


@requires(PLAN)
@require_http_methods(["GET", "POST"])
def plan_new(request: Request) -> HttpResponse:
    units = Unit.objects.visible_to(request.user, PLAN).active().filter(level__in=PLANNED_LEVELS)
    form = PlanForm(request.POST or None, units=units.order_by("-level", "code"), initial={"year": localdate().year})
    return form_page(
        request,
        form,
        lambda: write_plan(by=request.user, at=now(), **form.values),
        title=_("Begin a work plan"),
        done=_("The plan has begun. Now set its goals."),
        back=reverse("activities:plan-list"),
        back_label=_("Work plans"),
        to=lambda row: row.get_absolute_url(),
    )


@requires(VIEW, PLAN)
@require_GET
def plan_detail(request: Request, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    rows = progress_of(plan)
    context = {
        "plan": plan,
        "rows": rows,
        "figure": figure_of(rows),
        "may_plan": policies.may_plan(request.user, plan.unit),
        "today": localdate(),
    }
    return render(request, "activities/plan_detail.html", context)


@requires(PLAN, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def goal_new(request: Request, pk: int) -> HttpResponse:
    plan = _plan(request, pk)
    allow(policies.may_plan(request.user, plan.unit))
    form = GoalForm(request.POST or None, school_id=plan.unit.root_id, on=localdate())
    return form_page(
        request,
        form,
        lambda: set_goal(plan=plan, by=request.user, at=now(), **form.values),
        title=_("Set a goal"),
        done=_("The goal is set. Its owner finds it among what is to do."),
        back=plan.get_absolute_url(),
        back_label=_("Work plan"),
    )


@requires(PLAN, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def goal_edit(request: Request, pk: int) -> HttpResponse:
    goal = _planned_goal(request, pk)
    initial = {name: getattr(goal, name) for name in FIELDS}
    form = GoalForm(request.POST or None, initial=initial, school_id=goal.plan.unit.root_id, on=localdate())
    return form_page(
        request,
        form,
        lambda: set_goal(plan=goal.plan, goal=goal, by=request.user, at=now(), **form.values),
        title=_("Change the goal"),
        done=_("Saved."),
        back=goal.get_absolute_url(),
        back_label=_("Work plan"),
    )


@requires(PLAN, seen_by=[VIEW])
@require_POST
def goal_drop(request: Request, pk: int) -> HttpResponse:
    goal = _planned_goal(request, pk)
    done = _("The goal is out of the plan.")
    return act(request, drop_goal, done=done, to=goal.plan, goal=goal, by=request.user, at=now())


@own
@require_GET
def goal_detail(request: Request, pk: int) -> HttpResponse:
    """One's own goal, for owners who do not see the whole plan."""
    goal: Goal = get_object_or_404(Goal.objects.visible_to(request.user, VIEW, PLAN).select_related(*GOAL), pk=pk)
    row = next(row for row in progress_of(goal.plan) if row.goal.pk == goal.pk)
    context = {"row": row, "goal": goal, "plan": goal.plan, "today": localdate()}
    return render(request, "activities/goal_detail.html", context)


@own
@require_http_methods(["GET", "POST"])
def step_new(request: Request, pk: int) -> HttpResponse:
    goal: Goal = get_object_or_404(Goal.objects.visible_to(request.user, VIEW, PLAN).select_related(*GOAL), pk=pk)
    allow(policies.may_move_goal(request.user, goal))
    form = StepForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: add_step(goal=goal, by=request.user, at=now(), **form.values),
        title=_("Add a step"),
        done=_("The step is in the plan."),
        back=reverse("activities:goal-detail", args=[goal.pk]),
        back_label=goal.title,
    )


@own
@require_http_methods(["GET", "POST"])
def step_move(request: Request, pk: UUID) -> HttpResponse:
    step = _step(request, pk)
    allow(policies.may_move_goal(request.user, step.goal))
    initial = {"progress": step.progress, "note": step.note}
    form = ProgressForm(request.POST or None, request.FILES or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: move_step(step=step, by=request.user, at=now(), **form.values),
        title=step.title,
        done=_("Noted."),
        back=reverse("activities:goal-detail", args=[step.goal_id]),
        back_label=step.goal.title,
    )


@own
@require_GET
def step_evidence(request: Request, pk: UUID) -> HttpResponse:
    step = _step(request, pk)
    audit.record(action="step.evidence", by=request.user, at=now(), obj=step)
    return proof(step.evidence)


def _plan(request: Request, pk: int) -> WorkPlan:
    rows = WorkPlan.objects.visible_to(request.user, VIEW, PLAN).select_related("unit__school", "written_by")
    row: WorkPlan = get_object_or_404(rows, pk=pk)
    return row


def _planned_goal(request: Request, pk: int) -> Goal:
    plans = WorkPlan.objects.visible_to(request.user, VIEW, PLAN)
    row: Goal = get_object_or_404(Goal.objects.filter(plan__in=plans).select_related(*GOAL), pk=pk)
    allow(policies.may_plan(request.user, row.plan.unit))
    return row


def _step(request: Request, pk: UUID) -> Step:
    rows = Step.objects.visible_to(request.user, VIEW, PLAN)
    row: Step = get_object_or_404(rows.select_related("goal__plan__unit__school", "evidence"), pk=pk)
    return row
