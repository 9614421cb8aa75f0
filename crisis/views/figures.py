from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms.figures import NarrativeForm, SpanForm
from crisis.models import UnitReport
from crisis.services.center.figures import figures_of, file_unit_report, is_zero, print_report, receipts, span_of
from crisis.views.shared import require
from kernel import audit
from kernel.web import Request, perform, require_http_methods
from network.access import requires
from network.models import Unit
from network.rules import Ability, Level


@requires(Ability.VIEW_CASES)
@require_http_methods(["GET", "POST"])
def figures(request: Request) -> HttpResponse:
    require(request, Ability.VIEW_CASES)
    at = timezone.now()
    # The granted units are above the classes they are held on: a college's people do not see the school's figures.
    units = Unit.objects.visible_to(request.user, Ability.VIEW_CASES).filter(
        Q(level=Level.SCHOOL) | Q(level=Level.COLLEGE)
    )
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
        context = _context(request, unit, kind, span, at) | {"asked": asked, "form": form}
        if request.GET.get("format") == "pdf":
            content = print_report(unit=unit, kind=kind, span=span, context=context, by=request.user, at=at)
            name = f"crisis-{unit.code}-{span.first}.pdf"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(content, content_type="application/pdf", headers=headers)
        audit.record(action="case.list", by=request.user, at=at, obj=unit, unit=unit.code, detail={"page": "figures"})
        return render(request, "crisis/figures.html", context, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, form, act, done=_("Filed, thank you."), to=request.get_full_path(), page=page)


def _context(request: Request, unit: Unit, kind: str, span: Any, at: Any) -> dict[str, Any]:
    filed = UnitReport.objects.visible_to(request.user, Ability.VIEW_CASES).exclude(filed_at=None)
    report = filed.filter(unit=unit, kind=kind, starts_on=span.first).select_related("filed_by").first()
    counted = report.figures if report else figures_of(unit=unit, span=span, at=at)
    colleges = Unit.objects.colleges().visible_to(request.user, Ability.VIEW_CASES).active().filter(school=unit.pk)
    levels = ("red", "orange", "yellow")
    rows = [(level, counted["new"][level], counted["closed"][level], counted["current"][level]) for level in levels]
    return {
        "unit": unit,
        "kind": kind,
        "span": span,
        "at": at,
        "report": report,
        "figures": counted,
        "rows": rows,
        "zero": is_zero(counted),
        "receipts": receipts(units=list(colleges.order_by("code")), kind=kind, span=span),
        "is_over": at >= span.ends,
        "may_file": policies.may_report_unit(request.user, unit) and report is None and at >= span.ends,
    }
