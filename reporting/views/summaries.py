from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kernel import audit
from kernel.periods import Month
from kernel.web import Request, page_of, require_GET
from network.access import requires
from network.models import Unit
from network.rules import LEVELS, Ability, Level
from reporting import policies
from reporting.forms.summaries import BELOW_CLEAR, LineFilter
from reporting.models import Cycle, Line
from reporting.models.labels import EVENT_LABELS, HELP_LABELS, SIGN_LABELS
from reporting.services import plots, rows
from reporting.services.narrative import sentences
from reporting.services.summaries import MonthSummary, summarize

BESIDE = 20
LINE_KEYS = {Level.SCHOOL: "school", Level.COLLEGE: "college", Level.CLASS: "school_class"}
# Then class by class and room by room: the order of the index, since a whole school has 40,000 lines.
WORST_FIRST = ("-status", "school_class_id", "dorm_id", "pk")
FLAG_TITLES = {
    "signs": gettext_lazy("Signs seen, in students"),
    "events": gettext_lazy("Events in the lives of students"),
    "helps": gettext_lazy("Help given, in students"),
    "topics": gettext_lazy("Hot topics, in classes"),
}


@requires(Ability.VIEW_STATS)
@require_GET
def summary_page(request: Request) -> HttpResponse:
    unit = chosen_unit(request)
    month = chosen_month(request, unit)
    sight = policies.sight_of(request.user, unit)
    summary = None if month is None else summarize(unit=unit, month=month, sight=sight)
    context = {
        "unit": unit,
        "month": month,
        "may_list": policies.may_read_lines(request.user, unit),
        "sight": sight,
        **_around(request, unit),
    }
    return render(request, "reporting/summary_page.html", {**context, **(_told(summary) if summary else {})})


@requires(Ability.VIEW_LINES, Ability.VIEW_LINE_SUMMARY)
@require_GET
def line_list(request: Request) -> HttpResponse:
    unit = chosen_unit(request)
    if not policies.may_read_lines(request.user, unit):
        raise Http404
    cycle = _cycle(request, unit)
    form = LineFilter(request.GET, with_signs=policies.may_read_signs(request.user, unit))
    page = page_of(request, _lines(request, unit, cycle, form))
    detail = {**form.cleaned_data, "month": str(cycle), "page": page.number, "rows": len(page)}
    audit.record(action="line.list", by=request.user, at=timezone.now(), obj=unit, unit=unit.code, detail=detail)
    with_signs = "sign" in form.fields
    listed = [{"line": line, **(_words(line) if with_signs else {})} for line in page]
    context = {
        "unit": unit,
        "month": cycle.period,
        "form": form,
        "page": page,
        "lines": listed,
        "with_signs": with_signs,
        "with_words": policies.may_list_words(request.user, unit),
    }
    return render(request, "reporting/summary_lines.html", context)


def chosen_unit(request: Request) -> Unit:
    """The unit of the address, or the highest that the reader has figures of."""
    units = Unit.objects.visible_to(request.user, Ability.VIEW_STATS).exclude(level=Level.DORM)
    units = units.select_related("school", "college")
    if "unit" in request.GET:
        unit: Unit = get_object_or_404(units, code=request.GET["unit"])
        return unit
    for level in LEVELS:
        highest: Unit | None = units.filter(level=level).first()
        if highest is not None:
            return highest
    raise PermissionDenied


def chosen_month(request: Request, unit: Unit) -> Month | None:
    """The month of the address, or the last one opened; None for what is no month."""
    try:
        return Month.parse(request.GET["month"]) if request.GET.get("month") else latest_month(unit)
    except ValueError:
        return None


def latest_month(unit: Unit) -> Month:
    """The last month that was opened, or the present one."""
    opened = Cycle.objects.filter(school=unit.root_id).order_by("-month").values_list("month", flat=True).first()
    return Month.of(opened or timezone.now())


def _around(request: Request, unit: Unit) -> dict[str, Any]:
    """The ways on from a unit: up, or sideways for who holds several and nothing above them."""
    seen = Unit.objects.visible_to(request.user, Ability.VIEW_STATS)
    above = seen.filter(pk=unit.parent_id).first()
    beside = [] if above else seen.filter(level=unit.level)[:BESIDE]
    tabs = [{"label": other.name, "url": plots.page_url(other.code, ""), "active": other == unit} for other in beside]
    return {
        "above": above,
        "tabs": tabs if len(tabs) > 1 else [],
        "latest": latest_month(unit),
        "may_export": policies.may_export(request.user, unit),
        "sees_reports": policies.sees_reports(request.user),
    }


def _told(summary: MonthSummary) -> dict[str, Any]:
    flags = {name: rows.flag_rows(summary, name) for name in rows.FLAGS}
    return {
        "summary": summary,
        "tiles": rows.tiles(summary),
        "weather": rows.weather_rows(summary),
        "levels": rows.level_rows(summary.figures, summary.before),
        "sentences": sentences(summary),
        "parts": [(part, rows.level_rows(part.figures)) for part in summary.parts],
        "weather_chart": plots.weather_chart(summary),
        "concerned_chart": plots.concerned_chart(summary),
        "arrived_chart": plots.arrived_chart(summary),
        "parts_chart": plots.parts_chart(summary) if summary.parts else None,
        "flag_charts": [
            (name, FLAG_TITLES[name], plots.flags_chart(str(FLAG_TITLES[name]), counts))
            for name, counts in flags.items()
            if counts
        ],
    }


def _cycle(request: Request, unit: Unit) -> Cycle:
    month = chosen_month(request, unit)
    if month is None:
        raise Http404
    cycle: Cycle = get_object_or_404(Cycle.objects.visible_to(request.user), school=unit.root_id, month=month.first)
    return cycle


def _lines(request: Request, unit: Unit, cycle: Cycle, form: LineFilter) -> QuerySet[Line]:
    lines = Line.objects.visible_to(request.user, Ability.VIEW_LINES, Ability.VIEW_LINE_SUMMARY).current()
    lines = lines.filter(cycle=cycle, **{LINE_KEYS[Level(unit.level)]: unit})
    lines = lines.select_related("student", "school_class", "dorm").order_by(*WORST_FIRST)
    if not form.is_valid():
        return lines.none()
    status = form.cleaned_data["status"]
    if status == BELOW_CLEAR:
        lines = lines.concerned()
    elif status:
        lines = lines.filter(status=status)
    if form.cleaned_data.get("sign"):
        lines = lines.annotate(signed=F("signs").bitand(int(form.cleaned_data["sign"]))).filter(signed__gt=0)
    return lines


def _words(line: Line) -> dict[str, str]:
    masks = ((SIGN_LABELS, line.signs), (EVENT_LABELS, line.events), (HELP_LABELS, line.helps))
    words = (_(", ").join(str(label) for flag, label in labels.items() if value & flag) for labels, value in masks)
    return dict(zip(("signs", "events", "helps"), words, strict=True))
