"""The report of a college or school on its watchlist, as its page and a document show it. Figures alone, no name."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.models import UnitReport
from crisis.rules.durations import Span
from crisis.services.center.figures import LEVELS, figures_of, is_zero, receipts, span_of
from kernel import audit
from kernel.errors import Refused
from kernel.printing import Document
from network.models import Unit, User
from network.models.units import UnitQuerySet
from network.rules import Ability, Level

KIND = "crisis.unit_report"
About = Mapping[str, Any]


def reporting_units(user: User) -> UnitQuerySet:
    """The schools and colleges whose figures the user sees: a college's people do not see the school's."""
    units: UnitQuerySet = Unit.objects.visible_to(user, Ability.VIEW_CASES).filter(
        Q(level=Level.SCHOOL) | Q(level=Level.COLLEGE)
    )
    return units


def report_contents(*, unit: Unit, kind: str, span: Span, by: User, at: datetime) -> dict[str, Any]:
    """What the page and the document show: the figures as filed, or as they stand now."""
    filed = UnitReport.objects.visible_to(by, Ability.VIEW_CASES).exclude(filed_at=None)
    report = filed.filter(unit=unit, kind=kind, starts_on=span.first).select_related("filed_by").first()
    counted = report.figures if report else figures_of(unit=unit, span=span, at=at)
    colleges = Unit.objects.colleges().visible_to(by, Ability.VIEW_CASES).active().filter(school=unit.pk)
    words = [level.word for level in reversed(LEVELS)]
    return {
        "unit": unit,
        "kind": kind,
        "span": span,
        "at": at,
        "report": report,
        "figures": counted,
        "rows": [(word, counted["new"][word], counted["closed"][word], counted["current"][word]) for word in words],
        # Only what stands now has its rows in the watchlist; what stood then does not.
        "stands_now": report is None and at < span.ends,
        "zero": is_zero(counted),
        "receipts": receipts(units=list(colleges.order_by("code")), kind=kind, span=span),
        "is_over": at >= span.ends,
        "print_fields": list(about_report(unit=unit, kind=kind, span=span).items()),
        "may_file": policies.may_report_unit(by, unit) and report is None and at >= span.ends,
    }


def about_report(*, unit: Unit, kind: str, span: Span) -> About:
    return {"unit": unit.pk, "kind": kind, "day": span.first.isoformat()}


def check_reader(about: About, by: User) -> None:
    _unit(about, by)


def compose_report(about: About, by: User, at: datetime) -> Document:
    """The report as a document; the printing is recorded."""
    unit, kind = _unit(about, by), str(about["kind"])
    span = span_of(kind, date.fromisoformat(about["day"]))
    contents = report_contents(unit=unit, kind=kind, span=span, by=by, at=at)
    rows = [(*row, "") for row in contents["rows"]]
    html = render_to_string("pdf/crisis.html", contents | {"by": by, "rows": rows})
    audit.record(action="unit_report.print", by=by, at=at, obj=unit, unit=unit.code, detail={"kind": kind})
    return Document(html, render_to_string("pdf/crisis.css"), f"crisis-{unit.code}-{span.first}.pdf")


def _unit(about: About, by: User) -> Unit:
    unit: Unit | None = reporting_units(by).filter(pk=about["unit"]).first()
    if unit is None:
        raise Refused(_("You cannot see the figures of this unit any more."), code="out-of-sight")
    return unit
