from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from crisis.forms.figures import NarrativeForm, SpanForm
from crisis.models import UnitReport
from crisis.rules import AlertLevel
from crisis.services.center.figures import file_unit_report, span_of
from crisis.services.center.report_printing import KIND, about_report, report_contents, reporting_units
from crisis.views.shared import require
from kernel import audit
from kernel.web import Request, perform, require_http_methods, require_POST, start_printing
from network.access import requires
from network.rules import Ability, Level


@requires(Ability.VIEW_CASES)
@require_http_methods(["GET", "POST"])
def figures(request: Request) -> HttpResponse:
    require(request, Ability.VIEW_CASES)
    at = timezone.now()
    units = reporting_units(request.user)
    first = units.order_by("-level", "code").first()
    if first is None:
        raise PermissionDenied
    usual = {"unit": first.pk, "kind": UnitReport.Kind.MONTHLY, "day": timezone.localdate(at)}
    asked = SpanForm(units, request.GET if "unit" in request.GET else usual)
    data = asked.cleaned_data if asked.is_valid() else usual | {"unit": first}
    unit, kind, span = data["unit"], data["kind"], span_of(data["kind"], data["day"])
    form = NarrativeForm(request.POST if request.method == "POST" else None)

    def act() -> None:
        text = form.cleaned_data["narrative"]
        file_unit_report(unit=unit, kind=UnitReport.Kind(kind), day=data["day"], narrative=text, by=request.user, at=at)

    def page(status: int) -> HttpResponse:
        contents = report_contents(unit=unit, kind=kind, span=span, by=request.user, at=at)
        rows = [(*row, _cases_url(contents, row[0])) for row in contents["rows"]]
        context = contents | {"asked": asked, "form": form, "rows": rows}
        audit.record(action="case.list", by=request.user, at=at, obj=unit, unit=unit.code, detail={"page": "figures"})
        return render(request, "crisis/figures.html", context, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, form, act, done=_("Filed, thank you."), to=request.get_full_path(), page=page)


@requires(Ability.VIEW_CASES)
@require_POST
def figures_print(request: Request) -> HttpResponse:
    """Have the report that the page shows printed."""
    asked = SpanForm(reporting_units(request.user), request.POST)
    if not asked.is_valid():
        if request.POST.get("unit"):
            raise Http404
        # Nothing was chosen: back to where one chooses.
        return redirect("crisis:figures")
    data = asked.cleaned_data
    about = about_report(unit=data["unit"], kind=data["kind"], span=span_of(data["kind"], data["day"]))
    return start_printing(request, kind=KIND, about=about, to="crisis:figures")


def _cases_url(contents: dict[str, Any], word: str) -> str:
    """The open cases of a level that are counted as standing now; "" where the report tells of an earlier time."""
    if not contents["stands_now"]:
        return ""
    unit = contents["unit"]
    query = {"level": int(AlertLevel[word.upper()])} | ({"college": unit.pk} if unit.level == Level.COLLEGE else {})
    return f"{reverse('crisis:case-list')}?{urlencode(query)}"
