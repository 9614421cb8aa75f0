"""Dates that cannot be right are refused, with the days that can."""

from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from crisis.rules.dates import Reach
from kernel.errors import Refused


def check_date(value: date | None, reach: Reach, *, at: datetime) -> None:
    """Refused when a date or moment lies further back or ahead than its meaning allows."""
    if value is None or reach.covers(value, at):
        return
    first, last = reach.span(localdate(at))
    raise Refused(
        _("This day cannot be right. Choose one between %(first)s and %(last)s.") % {"first": first, "last": last},
        code="date",
    )
