from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kernel.errors import Refused
from kernel.periods import Month
from kernel.web import Request, page_of, require_GET, require_POST
from network.access import requires
from network.models import Unit
from network.models.labels import LEVEL_LABELS
from network.rules import Ability, Level
from reporting import policies
from reporting.models import Cycle, Report
from reporting.rules.filing import ARRIVED, FILING_LEVELS, READING, State
from reporting.services import open_cycle

KEYS = {Level.COLLEGE: "college", Level.CLASS: "school_class"}
BELOW = {Level.COLLEGE: Level.CLASS, Level.CLASS: Level.DORM}
SHOWN = {
    "arrived": pgettext_lazy("reports", "Arrived"),
    "timely": pgettext_lazy("reports", "On time"),
    "late": gettext_lazy("Late"),
    "missing": gettext_lazy("Not there yet"),
    "returned": gettext_lazy("Sent back"),
    "waiting": gettext_lazy("Waiting for a check"),
}


@requires(*READING, Ability.CONFIGURE)
@require_GET
def month_board(request: Request) -> HttpResponse:
    at = timezone.now()
    month = chosen_month(request, at)
    cycle = Cycle.objects.visible_to(request.user).select_related("school").filter(month=month.first).first()
    context = {"month": month, "now_month": Month.of(at), "cycle": cycle, "may_open": _may_open(request), "at": at}
    if cycle is None:
        return render(request, "reporting/month_board.html", context)
    return render(request, "reporting/month_board.html", {**context, **_board(request, cycle, at)})


@requires(Ability.CONFIGURE)
@require_POST
def month_open(request: Request) -> HttpResponse:
    school = get_object_or_404(Unit.objects.visible_to(request.user).schools(), pk=request.user.school_id)
    if not policies.may_open_cycle(request.user, school):
        raise PermissionDenied
    month = chosen_month(request, timezone.now())
    try:
        open_cycle(school=school, month=month, by=request.user, at=timezone.now())
        messages.success(request, _("The month is open: everybody who owes a report sees it now."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect(f"{reverse('reporting:month-board')}?month={month}")


def chosen_month(request: Request, at: datetime) -> Month:
    text = request.POST.get("month") or request.GET.get("month")
    try:
        return Month.parse(text) if text else Month.of(at)
    except ValueError as error:
        raise Http404 from error


def _may_open(request: Request) -> bool:
    school = request.user.school
    return school is not None and policies.may_open_cycle(request.user, school)


def _board(request: Request, cycle: Cycle, at: datetime) -> dict[str, Any]:
    """The units of one level, narrowed to one unit above and to what needs somebody."""
    visible = Report.objects.visible_to(request.user).current().filter(cycle=cycle)
    inside = _inside(request)
    if inside is not None:
        visible = visible.filter(**{KEYS[Level(inside.level)]: inside})
    tally = {row["level"]: row for row in visible.tally("level")}
    level = _level(request, inside, tally)
    show = request.GET.get("show", "")
    rows = _narrow(visible.filter(level=level), show, at, cycle).select_related("unit").order_by("unit__code")
    page = page_of(request, rows)
    return {
        "inside": inside,
        "top_url": f"?month={cycle.period}",
        "level": level,
        "tabs": [_tab(request, tab, level, tally[tab]["due"]) for tab in reversed(FILING_LEVELS) if tab in tally],
        "filters": [_filter(request, name, label, show) for name, label in SHOWN.items()],
        "page": page,
        "rows": _with_below(cycle, level, list(page)),
        "tally": tally.get(level),
        "urls": {name or "all": _url(request, show=name) for name in ("", "arrived", "timely", "returned")},
        "due_at": cycle.due_at(Level(level)) if level else None,
        "below_label": LEVEL_LABELS.get(BELOW[Level(level)]) if level in BELOW else None,
    }


def _inside(request: Request) -> Unit | None:
    code = request.GET.get("unit")
    if not code:
        return None
    unit: Unit = get_object_or_404(Unit.objects.visible_to(request.user), code=code, level__in=KEYS)
    return unit


def _level(request: Request, inside: Unit | None, tally: dict[str, Any]) -> str:
    wanted = request.GET.get("level") or (BELOW[Level(inside.level)] if inside else "")
    if wanted in tally:
        return str(wanted)
    return next((str(level) for level in reversed(FILING_LEVELS) if level in tally), "")


def _narrow(reports: QuerySet[Report], show: str, at: datetime, cycle: Cycle) -> QuerySet[Report]:
    missing = ~Q(state__in=ARRIVED)
    overdue = [level for level in FILING_LEVELS if (due := cycle.due_at(level)) is not None and due < at]
    conditions = {
        "late": Q(on_time=False) | (missing & Q(level__in=overdue)),
        "missing": missing,
        "arrived": ~missing,
        "timely": ~missing & Q(on_time=True),
        "returned": Q(state=State.RETURNED),
        "waiting": Q(state=State.FILED),
    }
    return reports.filter(conditions[show]) if show in conditions else reports


def _with_below(cycle: Cycle, level: str, reports: list[Report]) -> list[dict[str, Any]]:
    """Each report with how far the level below it has come."""
    tallies: dict[int, dict[str, Any]] = {}
    if level in BELOW:
        key = KEYS[Level(level)]
        below = cycle.reports.current().filter(level=BELOW[Level(level)])
        tally = below.filter(**{f"{key}__in": [report.unit_id for report in reports]}).tally(key)
        tallies = {row[key]: row for row in tally}
    return [{"report": report, "below": tallies.get(report.unit_id)} for report in reports]


def _tab(request: Request, level: Level, chosen: str, count: int) -> dict[str, Any]:
    url = _url(request, level=level.value)
    return {"url": url, "label": LEVEL_LABELS[level], "active": level == chosen, "count": count}


def _filter(request: Request, name: str, label: Any, chosen: str) -> dict[str, Any]:
    active = name == chosen
    return {"url": _url(request, show="" if active else name), "label": label, "active": active}


def _url(request: Request, **changed: str) -> str:
    """This page with a part of its address changed; a page number never survives that."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changed.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"?{query.urlencode()}"
