"""Planning and approving: the board, the plan form, and the acts that lead to the day itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.activities import (
    OccasionFormSet,
    PlanForm,
    ReasonForm,
    chosen_keys,
    first_values,
    occasions_of,
    values_of,
)
from activities.models import Activity, Festival
from activities.services import (
    approve_activity,
    cancel_activity,
    choose_participants,
    credit_hours,
    draw_places,
    edit_activity,
    pages,
    plan_activity,
    send_back_activity,
    submit_activity,
)
from activities.services.afterwards import voices_of
from activities.services.drawing import verify_draw
from activities.services.pages import BOARD
from activities.views.fetching import fetch_activity, fetch_to, fetch_to_run
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability, Level
from network.scope import Scope

ORGANIZE = Ability.ORGANIZE_ACTIVITIES
STATES = ("submitted", "draft", "published", "past", "cancelled")


@requires(*BOARD)
@require_GET
def activity_board(request: Request) -> HttpResponse:
    at = now()
    state = request.GET.get("state", "")
    rows = Activity.objects.visible_to(request.user, *BOARD).select_related("unit", "festival")
    festival = Festival.objects.of_school_of(request.user).filter(pk__in=_keys(request.GET.get("festival"))).first()
    if festival is not None:
        rows = rows.filter(festival=festival)
    page = page_of(request, _in_state(rows, state, at))
    nearby = pages.discreet_nearby(request.user).exclude(pk__in=Activity.objects.run_by(request.user).values("pk"))
    scope = Scope.of(request.user)
    context = {
        "page": page,
        "rows": pages.board_of(request.user, page.object_list),
        "discreet": pages.board_of(request.user, nearby.select_related("unit").order_by("-starts_at", "pk")[:20]),
        "state": state,
        "states": STATES,
        "festival": festival,
        "may_plan": ORGANIZE in scope.abilities,
        "may_festival": bool(scope.units([Ability.APPROVE_ACTIVITIES]).get(Level.SCHOOL)),
    }
    return render(request, "activities/activity_board.html", context)


@requires(ORGANIZE)
@require_http_methods(["GET", "POST"])
def activity_plan(request: Request) -> HttpResponse:
    at = now()
    form = PlanForm(request.POST or None, units=_units(request), school=_school(request), initial=first_values(at))
    times = OccasionFormSet(request.POST or None, prefix="times")
    if request.method == "POST":
        try:
            if form.is_valid() and times.is_valid():
                activity = plan_activity(plan=form.plan(occasions_of(times)), by=request.user, at=at)
                messages.success(request, _("Kept as a draft. Look through it, then ask for approval."))
                return redirect("activities:activity-run", pk=activity.pk)
        except Refused as refused:
            form.add_error(None, str(refused.message))
    return _form_page(request, form, times)


@requires(ORGANIZE, Ability.OVERSEE_ACTIVITIES, seen_by=BOARD)
@require_http_methods(["GET", "POST"])
def activity_edit(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to_run(request, pk)
    units = _units(request) | Unit.objects.filter(pk=activity.unit_id)
    form = PlanForm(request.POST or None, units=units, school=_school(request), initial=values_of(activity))
    initial = [
        {"starts_at": row.starts_at, "ends_at": row.ends_at, "place": row.place, "hours": row.hours}
        for row in activity.occasions.all()
    ]
    times = OccasionFormSet(request.POST or None, prefix="times", initial=initial)
    if request.method == "POST":
        try:
            if form.is_valid() and times.is_valid():
                plan = form.plan(occasions_of(times))
                edit_activity(activity=activity, plan=plan, by=request.user, at=now())
                messages.success(request, _("The plan is changed."))
                return redirect("activities:activity-run", pk=activity.pk)
        except Refused as refused:
            form.add_error(None, str(refused.message))
    return _form_page(request, form, times, activity)


@requires(*BOARD)
@require_GET
def activity_run(request: Request, pk: UUID) -> HttpResponse:
    at = now()
    activity = fetch_activity(request, pk)
    runs = policies.may_run_activity(request.user, activity)
    roster = pages.roster_of(activity, request.user)
    context: dict[str, Any] = {
        "activity": activity,
        "occasions": activity.occasions.all(),
        "runs": runs,
        "may_approve": policies.may_approve_activity(request.user, activity),
        "reads_names": runs or Ability.FOLLOW_ACTIVITIES in Scope.of(request.user).abilities,
        "roster": page_of(request, roster, 100),
        "figures": pages.board_of(request.user, [activity])[0],
        "is_over": activity.ends_at <= at,
        "has_begun": activity.starts_at <= at,
        "draw_is_due": activity.is_by_lot and activity.drawn_at is None and at > activity.enrol_until,
        "summary": getattr(activity, "summary", None),
        "pictures": activity.pictures.defer("content"),
    }
    if runs and context["is_over"]:
        context["voices"] = voices_of(activity)
    if activity.drawn_at is not None:
        context["draw"] = verify_draw(activity)
    return render(request, "activities/activity_run.html", context)


@requires(ORGANIZE, Ability.OVERSEE_ACTIVITIES, seen_by=BOARD)
@require_POST
def activity_submit(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to_run(request, pk)
    done = _("It waits for approval. Whoever may approve it has a notice.")
    return act(request, submit_activity, done=done, to=_run(activity), activity=activity, by=request.user, at=now())


@requires(Ability.APPROVE_ACTIVITIES, seen_by=BOARD)
@require_POST
def activity_approve(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to(request, pk, _covers_approval)
    done = _("It is approved and published.")
    return act(request, approve_activity, done=done, to=_run(activity), activity=activity, by=request.user, at=now())


@requires(Ability.APPROVE_ACTIVITIES, seen_by=BOARD)
@require_POST
def activity_send_back(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to(request, pk, _covers_approval)
    reason = _reason(request)
    done = _("It is back with its author.")
    return act(
        request,
        send_back_activity,
        done=done,
        to=_run(activity),
        activity=activity,
        reason=reason,
        by=request.user,
        at=now(),
    )


@requires(ORGANIZE, Ability.OVERSEE_ACTIVITIES, seen_by=BOARD)
@require_POST
def activity_cancel(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to_run(request, pk)
    reason = _reason(request)
    done = _("Cancelled. Whoever had a place or waited has a notice.")
    return act(
        request,
        cancel_activity,
        done=done,
        to=_run(activity),
        activity=activity,
        reason=reason,
        by=request.user,
        at=now(),
    )


@requires(ORGANIZE, Ability.OVERSEE_ACTIVITIES, seen_by=BOARD)
@require_POST
def activity_draw(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to_run(request, pk)
    done = _("The draw is held. Seed and order stand on the page, and everybody has a notice.")
    return act(request, draw_places, done=done, to=_run(activity), activity=activity, by=request.user, at=now())


@requires(ORGANIZE, Ability.OVERSEE_ACTIVITIES, seen_by=BOARD)
@require_POST
def activity_choose(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to_run(request, pk)
    chosen = [key for text in chosen_keys(request.POST) for key in _keys(text)]
    done = _("The chosen have their places and a notice.")
    return act(
        request,
        choose_participants,
        done=done,
        to=_run(activity),
        activity=activity,
        chosen=chosen,
        by=request.user,
        at=now(),
    )


@requires(ORGANIZE, Ability.OVERSEE_ACTIVITIES, seen_by=BOARD)
@require_POST
def activity_credit(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to_run(request, pk)
    done = _("The hours are credited. Students find them with their certificate under “My activities”.")
    return act(request, credit_hours, done=done, to=_run(activity), activity=activity, by=request.user, at=now())


def _in_state(rows: Any, state: str, at: Any) -> Any:
    if state == "past":
        return rows.published().past(at)
    rows = rows.filter(state=state) if state in STATES else rows.exclude(state="cancelled")
    return rows.upcoming(at) if state in ("", "published") else rows.order_by("starts_at", "pk")


def _form_page(request: Request, form: PlanForm, times: Any, activity: Activity | None = None) -> HttpResponse:
    context = {"form": form, "times": times, "activity": activity}
    return render(request, "activities/activity_form.html", context, status=UNPROCESSABLE if form.is_bound else 200)


def _units(request: Request) -> Any:
    """The units at which the user holds the post itself, and the colleges below a school: no list of all classes."""
    granted = Scope.of(request.user).units([ORGANIZE])
    ids = frozenset().union(*granted.values())
    units = Unit.objects.active().filter(pk__in=ids)
    if granted.get(Level.SCHOOL):
        units = units | Unit.objects.active().filter(level=Level.COLLEGE, school__in=granted[Level.SCHOOL])
    return units.order_by("code")


def _school(request: Request) -> Unit:
    school: Unit = get_object_or_404(Unit, pk=request.user.school_id)
    return school


def _covers_approval(user: Any, activity: Activity) -> bool:
    return Scope.of(user).covers(Ability.APPROVE_ACTIVITIES, activity.unit)


def _reason(request: Request) -> str:
    form = ReasonForm(request.POST)
    return str(form.cleaned_data["reason"]) if form.is_valid() else ""


def _run(activity: Activity) -> str:
    return reverse("activities:activity-run", args=[activity.pk])


def _keys(text: str | None) -> list[UUID]:
    try:
        return [UUID(text or "")]
    except ValueError:
        return []
