"""The figures of a month as the director reads them; what is small is not shown."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from counseling.models.labels import BOOKING_STATE_LABELS, SESSION_KIND_LABELS
from counseling.rules.kinds import BookingState, SessionKind
from counseling.services.figures import figures_of
from counseling.views.center.shared import directed_school
from kernel.charts import Chart, Kind, Series
from kernel.formatting import figure
from kernel.periods import Month
from kernel.suppression import HIDDEN
from kernel.web import Request, require_GET
from network.access import requires
from network.rules import Ability

STAR = "*"
MONTHS_SHOWN = 12
RATIOS = (
    ("no_show", gettext_lazy("Did not come")),
    ("late", gettext_lazy("Cancelled late")),
    ("urgent", gettext_lazy("Asked for today and were seen by the next working day")),
    ("utilisation", gettext_lazy("Minutes taken of minutes offered")),
    ("filled", gettext_lazy("Freed times that were taken again")),
    ("referrals", gettext_lazy("Referrals that have ended")),
)


@requires(Ability.ARRANGE_COUNSELING)
@require_GET
def center_figures(request: Request) -> HttpResponse:
    school = directed_school(request)
    months = _months()
    month = next((one for one in months if str(one) == request.GET.get("month")), months[0])
    figures = figures_of(school=school, month=month)
    context = {
        "month": month,
        "months": [{"word": str(one), "is_current": one == month} for one in months],
        "tiles": _tiles(figures),
        "waits": _waits(figures),
        "ratios": [(label, _ratio(figures[key])) for key, label in RATIOS],
        "persons": _persons(figures["persons"]["rows"]),
        "sessions": _sessions(figures["sessions"]),
        "outcomes": [BOOKING_STATE_LABELS[BookingState(state)] for state in figures["sessions"]["column_totals"]],
    }
    return render(request, "counseling/center/figures.html", context)


def _months() -> list[Month]:
    """This month and those before it, the newest first."""
    found = [Month.of(localdate(now()))]
    while len(found) < MONTHS_SHOWN:
        found.append(found[-1].previous())
    return found


def _value(cell: Any) -> Any:
    return HIDDEN if cell == STAR else cell


def _tiles(figures: dict[str, Any]) -> list[dict[str, str]]:
    persons, groups = figures["persons"], figures["groups"]
    return [
        {"label": _("Students who came"), "value": figure(_value(persons["total"])), "hint": _coverage(persons)},
        {"label": _("Talks that were held"), "value": figure(_value(figures["sessions"]["column_totals"]["attended"]))},
        {"label": _("Attendances in groups"), "value": figure(_value(groups["attendances"]))},
        {"label": _("Students per 24 clinical hours"), "value": figure(_value(persons["load"]))},
    ]


def _coverage(persons: dict[str, Any]) -> str:
    return _("%(rate)s of all students") % {"rate": _ratio(persons["coverage"])}


def _waits(figures: dict[str, Any]) -> list[tuple[str, str]]:
    rows = (
        (_("Until the first talk"), figures["wait"]),
        (_("Until a time was offered from the list"), figures["first_offer"]),
        (_("Still waiting at the end of the month"), figures["wait"]["still_waiting"]),
    )
    return [(label, _wait(row)) for label, row in rows]


def _wait(row: dict[str, Any]) -> str:
    count = _value(row["count"])
    if count is HIDDEN or not count:
        return figure(count) if count is HIDDEN else pgettext("rate", "N/A")
    half = ngettext("half within %(n)s working day", "half within %(n)s working days", row["median"] or 0)
    most = ngettext("nine of ten within %(n)s", "nine of ten within %(n)s", row["p90"] or 0)
    return f"{half % {'n': row['median']}} · {most % {'n': row['p90']}}"


def _ratio(row: dict[str, Any]) -> str:
    """The share with what it is a share of; in words where it is hidden or there is nothing."""
    if STAR in (row["count"], row["of"]):
        return figure(HIDDEN)
    if not row["of"] or row["permille"] is None:
        return pgettext("rate", "N/A")
    return f"{row['permille'] / 10:g} % ({row['count']} / {row['of']})"


def _persons(rows: dict[str, dict[str, Any]]) -> Chart:
    values = [_value(cells["persons"]) for cells in rows.values()]
    return Chart(Kind.BARS, list(rows), [Series(_("Students who came"), values)])


def _sessions(table: dict[str, Any]) -> list[tuple[str, list[str]]]:
    return [
        (str(SESSION_KIND_LABELS[SessionKind(kind)]), [figure(_value(cell)) for cell in cells.values()])
        for kind, cells in table["rows"].items()
    ]
