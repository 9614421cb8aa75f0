from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kernel.periods import holiday_name
from kernel.web import Request, act, perform, require_GET, require_POST
from network.access import requires
from network.forms.terms import CLOSED, WEEKDAYS, DayPlanForm, TermForm
from network.models import DayPlan, Term, Unit
from network.rules import Ability
from network.rules.terms import DayRun, SchoolCalendar, national_days, national_run
from network.services.terms import calendar_of, campuses_of, drop_day_plan, drop_term, plan_day, set_term

HERE = "network:term-list"
# From a month before today, so that what has just been is still seen, to the end of the next academic year.
BACK, AHEAD = timedelta(days=31), timedelta(days=400)


@requires(Ability.CONFIGURE)
@require_GET
def term_list(request: Request) -> HttpResponse:
    school = _school(request)
    campuses = campuses_of(school)
    term = Term.objects.of_school(school).filter(pk=_number(request.GET.get("term"))).first()
    day = _day(request.GET.get("day"))
    plan = DayPlan.objects.of_school(school).filter(pk=_number(request.GET.get("plan"))).first()
    forms_shown = {
        "term": TermForm.of(term, on=localdate(), campuses=campuses),
        "plan": DayPlanForm.of(plan, campuses=campuses, initial=_initial(day) if day else None),
        "edits_term": term is not None,
        "edits_day": plan is not None or day is not None,
    }
    return _page(request, school, 200, **forms_shown)


@requires(Ability.CONFIGURE)
@require_POST
def term_set(request: Request) -> HttpResponse:
    school = _school(request)
    form = TermForm(request.POST, campuses=campuses_of(school))
    return _perform(
        request,
        school,
        form,
        lambda: set_term(school=school, term=form.span(), by=request.user, at=now()),
        done=_("The term is in the calendar."),
        shown={"term": form, "edits_term": True},
    )


@requires(Ability.CONFIGURE)
@require_POST
def term_drop(request: Request, pk: int) -> HttpResponse:
    term = get_object_or_404(Term.objects.visible_to(request.user, Ability.CONFIGURE).select_related("school"), pk=pk)
    return act(request, drop_term, done=_("The term is taken out."), to=HERE, term=term, by=request.user, at=now())


@requires(Ability.CONFIGURE)
@require_POST
def day_plan_set(request: Request) -> HttpResponse:
    school = _school(request)
    form = DayPlanForm(request.POST, campuses=campuses_of(school))
    return _perform(
        request,
        school,
        form,
        lambda: plan_day(school=school, by=request.user, at=now(), **form.plan()),
        done=_("The date is planned."),
        shown={"plan": form, "edits_day": True},
    )


@requires(Ability.CONFIGURE)
@require_POST
def day_plan_drop(request: Request, pk: int) -> HttpResponse:
    plans = DayPlan.objects.visible_to(request.user, Ability.CONFIGURE).select_related("school")
    plan = get_object_or_404(plans, pk=pk)
    done = _("The date runs again as the national calendar says.")
    return act(request, drop_day_plan, done=done, to=HERE, plan=plan, by=request.user, at=now())


def _perform(
    request: Request,
    school: Unit,
    form: forms.BaseForm,
    service: Callable[[], Any],
    *,
    done: Any,
    shown: dict[str, Any],
) -> HttpResponse:
    campuses = campuses_of(school)
    blank = {
        "term": TermForm.of(None, on=localdate(), campuses=campuses),
        "plan": DayPlanForm.of(None, campuses=campuses),
    }

    def page(status: int) -> HttpResponse:
        return _page(request, school, status, **blank | shown)

    return perform(request, form, service, done=done, to=reverse(HERE), page=page)


def _school(request: Request) -> Unit:
    school: Unit | None = Unit.objects.schools().visible_to(request.user, Ability.CONFIGURE).first()
    if school is None:
        raise PermissionDenied
    return school


def _page(request: Request, school: Unit, status: int, **shown: Any) -> HttpResponse:
    today = localdate()
    terms = list(Term.objects.of_school(school))
    context = {
        "school": school,
        "terms": terms,
        "days": _days(school, today),
        "week": calendar_of(school, first=today, last=today).week_of(today),
        **shown,
    }
    return render(request, "network/term_list.html", context, status=status)


def _days(school: Unit, today: date) -> list[dict[str, Any]]:
    """The dates of the year ahead that do not run as their weekday: planned ones and those of the national calendar."""
    first, last = today - BACK, today + AHEAD
    plans = list(DayPlan.objects.of_school(school).between(first, last))
    calendar = calendar_of(school, first=first, last=last)
    planned = {plan.date for plan in plans if not plan.campus}
    rows = [_row(plan.date, calendar.run(plan.date, plan.campus), calendar, plan) for plan in plans]
    nation = [day for day in national_days(first, last) if day not in planned]
    rows += [_row(day, national_run(day), calendar, None) for day in nation]
    return sorted(rows, key=lambda row: (row["day"], row["plan"].campus if row["plan"] else ""))


def _row(day: date, run: DayRun, calendar: SchoolCalendar, plan: DayPlan | None) -> dict[str, Any]:
    language = "zh_CN" if (get_language() or "").startswith("zh") else "en_US"
    words = dict(WEEKDAYS)
    campus = plan.campus if plan else ""
    return {
        "day": day,
        "plan": plan,
        "runs": _("is closed") if run.weekday is None else words[run.weekday],
        "name": run.name if run.is_own else holiday_name(day, language),
        "worked_for": run.worked_for,
        "week": calendar.week_of(day, campus),
    }


def _initial(day: date) -> dict[str, Any]:
    run = national_run(day)
    return {"date": day, "runs": CLOSED if run.weekday is None else f"{run.weekday}", "name": run.name}


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
