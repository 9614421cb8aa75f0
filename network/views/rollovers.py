from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from kernel import audit, xlsx
from kernel.errors import Refused
from kernel.web import Request, act, page_of, perform, require_GET, require_http_methods, require_POST, status_of
from network.access import requires
from network.forms.rollovers import STEP_FORMS, ConfirmPlanForm, PlanChangeForm, PlanForm, YearsForm
from network.forms.rosters import XLSX
from network.models import Rollover, RolloverStep, Unit
from network.models.rollovers import STEP_LABELS
from network.models.units import UnitQuerySet
from network.rules import Ability, Level
from network.rules.rollover_plans import StepKind
from network.services import rollover as services
from network.services.rollover.lists import sample_lists
from network.services.rollover.obstacles import obstacles_of
from network.services.rollover.preview import TABS, rows_of, summary, tab_counts
from network.services.rollover.study_lengths import lengths_of, set_years
from network.services.rollover.wording import message

A_PAGE = 20
PROBLEMS_SHOWN = 100
State = Rollover.State


@requires(Ability.IMPORT_ROSTER)
@require_http_methods(["GET", "POST"])
def rollover_list(request: Request) -> HttpResponse:
    form = PlanForm(request.POST or None, schools=_schools(request))

    def page(status: int) -> HttpResponse:
        plans = Rollover.objects.visible_to(request.user).without_texts().select_related("created_by", "school")
        context = {"form": form, "page": page_of(request, plans, A_PAGE)}
        return render(request, "network/rollovers/rollover_list.html", context, status=status)

    if request.method != "POST":
        return page(200)
    return perform(
        request,
        form,
        lambda: services.create_rollover(**form.cleaned_data, by=request.user, at=now()),
        done=_("The plan is there. Add its steps."),
        to=lambda rollover: rollover.get_absolute_url(),
        page=page,
    )


@requires(Ability.IMPORT_ROSTER)
@require_GET
def rollover_sample(request: Request) -> HttpResponse:
    _schools(request)
    name = "rollover-lists.xlsx"
    content = xlsx.write_workbook(sample_lists())
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@requires(Ability.IMPORT_ROSTER)
@require_http_methods(["GET", "POST"])
def rollover_years(request: Request) -> HttpResponse:
    school: Unit = _schools(request)[0]
    form = YearsForm(request.POST or None, school=school)

    def page(status: int) -> HttpResponse:
        context = {"form": form, "rows": lengths_of(school), "school": school}
        return render(request, "network/rollovers/years.html", context, status=status)

    if request.method != "POST":
        return page(200)
    entered = form.cleaned_data if form.is_valid() else {}
    return perform(
        request,
        form,
        lambda: set_years(
            unit=form.chosen(), grade=entered["grade"], years=entered["years"], by=request.user, at=now()
        ),
        done=_("The length of study is entered."),
        to=reverse("network:rollover-years"),
        page=page,
    )


@requires(Ability.IMPORT_ROSTER)
@require_GET
def rollover_detail(request: Request, pk: UUID) -> HttpResponse:
    rollover = _rollover(request, pk)
    audit.record(action="rollover.read", by=request.user, at=now(), obj=rollover, unit=rollover.school.code)
    job = services.newest_job(rollover)
    # The job may have ended between the two readings: what it wrote is read after it.
    rollover.refresh_from_db(fields=["state", "outcome", "applied_at", "undone_at"])
    is_at_work = job is not None and job.state in ("queued", "running")
    context: dict[str, Any] = {
        "rollover": rollover,
        "job": job if job is not None and job.by_id == request.user.pk else None,
        "is_at_work": is_at_work,
        "is_open": rollover.state == State.PLANNED and not is_at_work,
        "steps": _steps(rollover),
    }
    if rollover.state in (State.PLANNED, State.SCHEDULED) and not is_at_work:
        context |= _preview(request, rollover)
        context |= {"kinds": STEP_LABELS.items(), "change_form": _change_form(rollover)}
    elif rollover.state == State.APPLIED:
        context["undo_refusal"] = _undo_refusal(rollover)
    return render(request, "network/rollovers/rollover_detail.html", context)


@requires(Ability.IMPORT_ROSTER)
@require_POST
def rollover_change(request: Request, pk: UUID) -> HttpResponse:
    rollover = _rollover(request, pk)
    form = PlanChangeForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(next(iter(form.errors.values()))[0]))
        return redirect(rollover)
    return act(
        request,
        services.change_plan,
        done=_("The plan is changed."),
        to=rollover,
        rollover=rollover,
        **form.cleaned_data,
        by=request.user,
        at=now(),
    )


@requires(Ability.IMPORT_ROSTER)
@require_http_methods(["GET", "POST"])
def rollover_step_add(request: Request, pk: UUID, kind: str) -> HttpResponse:
    rollover = _rollover(request, pk)
    if kind not in STEP_FORMS:
        raise Http404
    chosen = StepKind(kind)
    form = STEP_FORMS[chosen](request.POST or None, request.FILES or None, school=rollover.school)

    def page(status: int) -> HttpResponse:
        context = {"rollover": rollover, "form": form, "label": STEP_LABELS[chosen], "kind": kind}
        return render(request, "network/rollovers/step_add.html", context, status=status)

    if request.method != "POST":
        return page(status_of(form))
    return perform(
        request,
        form,
        lambda: services.add_step(rollover=rollover, kind=chosen, params=form.params(), by=request.user, at=now()),
        done=_("The step is added."),
        to=rollover.get_absolute_url(),
        page=page,
    )


@requires(Ability.IMPORT_ROSTER)
@require_POST
def rollover_step_drop(request: Request, pk: UUID, step: UUID) -> HttpResponse:
    rollover = _rollover(request, pk)
    row = get_object_or_404(rollover.steps, pk=step)
    return act(
        request,
        services.drop_step,
        done=_("The step is taken out."),
        to=rollover,
        rollover=rollover,
        step=row,
        by=request.user,
        at=now(),
    )


@requires(Ability.IMPORT_ROSTER)
@require_POST
def rollover_confirm(request: Request, pk: UUID) -> HttpResponse:
    rollover = _rollover(request, pk)
    form = ConfirmPlanForm(request.POST)
    form.is_valid()
    entered = form.cleaned_data
    try:
        services.confirm_rollover(
            rollover=rollover,
            digest=entered.get("digest", ""),
            number=entered.get("number"),
            by=request.user,
            at=now(),
        )
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(rollover)


@requires(Ability.IMPORT_ROSTER)
@require_POST
def rollover_recall(request: Request, pk: UUID) -> HttpResponse:
    rollover = _rollover(request, pk)
    done = _("The confirmation is taken back. The plan can be changed.")
    return act(request, services.recall_rollover, done=done, to=rollover, rollover=rollover, by=request.user, at=now())


@requires(Ability.IMPORT_ROSTER)
@require_POST
def rollover_discard(request: Request, pk: UUID) -> HttpResponse:
    rollover = _rollover(request, pk)
    done = _("Discarded. Nothing of it has been applied.")
    return act(
        request,
        services.discard_rollover,
        done=done,
        to="network:rollover-list",
        rollover=rollover,
        by=request.user,
        at=now(),
    )


@requires(Ability.IMPORT_ROSTER)
@require_POST
def rollover_undo(request: Request, pk: UUID) -> HttpResponse:
    rollover = _rollover(request, pk)
    try:
        services.ask_undo(rollover=rollover, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(rollover)


def _schools(request: Request) -> UnitQuerySet:
    schools = Unit.objects.schools().visible_to(request.user, Ability.IMPORT_ROSTER)
    if not schools:
        raise PermissionDenied
    return schools


def _rollover(request: Request, pk: UUID) -> Rollover:
    plans = Rollover.objects.visible_to(request.user).without_texts().select_related("school")
    rollover: Rollover = get_object_or_404(plans, pk=pk)
    return rollover


def _change_form(rollover: Rollover) -> PlanChangeForm:
    names = ("title", "effective_on", "in_open_month")
    return PlanChangeForm(initial={name: getattr(rollover, name) for name in names})


def _steps(rollover: Rollover) -> list[dict[str, Any]]:
    rows: list[RolloverStep] = list(rollover.steps.all())
    units = Unit.objects.filter(school=rollover.school).exclude(level=Level.DORM).order_by("pk")
    names = dict(units.values_list("code", "name")) if rows else {}
    return [{"step": row, "label": row.label(), "summary": summary(row, names)} for row in rows]


def _preview(request: Request, rollover: Rollover) -> dict[str, Any]:
    """What the plan would do, or what is wrong with it, and what is in its way."""
    difference = services.compare_plan(rollover, today=localdate(), by=request.user)
    if difference.problems or difference.is_empty:
        problems = [message(problem) for problem in difference.problems]
        return {"problems": problems[:PROBLEMS_SHOWN], "more_problems": max(len(problems) - PROBLEMS_SHOWN, 0)}
    met = obstacles_of(difference.meeting(), request.user)
    blocking = [obstacle for obstacle in met if services.is_blocking(obstacle, rollover)]
    counts = tab_counts(difference)
    chosen = request.GET.get("tab", "")
    if not counts.get(chosen):
        chosen = next((name for name in TABS if counts[name]), "units")
    tabs = [
        {"label": label, "url": f"?tab={name}", "active": name == chosen, "count": counts[name]}
        for name, label in TABS.items()
        if counts[name]
    ]
    rows = rows_of(difference, chosen)
    return {
        "difference": difference,
        "figures": difference.counts(),
        "digest": difference.digest(),
        "blocking": blocking,
        "warnings": [obstacle for obstacle in met if obstacle not in blocking],
        "assumed": [difference.school.units[pk].name for pk in difference.outcome.assumed],
        "tabs": tabs,
        "rows": rows,
        "left_out": max(counts[chosen] - len(rows), 0),
    }


def _undo_refusal(rollover: Rollover) -> str:
    try:
        services.check_newest(rollover)
    except Refused as refused:
        return str(refused.message)
    return ""
