"""How dates, spans and rates are put into words. Nothing here reads the clock or a database; kernel/templatetags/web.py
makes them template filters."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from math import floor
from typing import Any

from django.utils import formats, timezone
from django.utils.timesince import timesince
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy

from kernel.suppression import Hidden

WEEKDAYS = (
    pgettext_lazy("short weekday", "Mon"),
    pgettext_lazy("short weekday", "Tue"),
    pgettext_lazy("short weekday", "Wed"),
    pgettext_lazy("short weekday", "Thu"),
    pgettext_lazy("short weekday", "Fri"),
    pgettext_lazy("short weekday", "Sat"),
    pgettext_lazy("short weekday", "Sun"),
)
# The last day on which a due time counts as near.
NEAR_DAYS = 2
A_DAY = timedelta(days=1)
TENTH = Decimal("0.1")


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _days_left(due_at: datetime, now: datetime) -> int:
    return (timezone.localtime(due_at).date() - timezone.localtime(now).date()).days


def within(minutes: int) -> str:
    """A span that something must be done in: in hours where these are whole."""
    hours, rest = divmod(minutes, 60)
    if hours and not rest:
        return ngettext("within %(hours)d hour", "within %(hours)d hours", hours) % {"hours": hours}
    return ngettext("within %(minutes)d minute", "within %(minutes)d minutes", minutes) % {"minutes": minutes}


def due_word(due_at: datetime | None, now: datetime) -> str:
    if not due_at:
        return ""
    if _is_to_the_minute(due_at) and abs(due_at - now) < A_DAY:
        return _due_to_the_minute(due_at, now)
    days = _days_left(due_at, now)
    if days < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return gettext("due today")


def _is_to_the_minute(due_at: datetime) -> bool:
    """Whether it is due at a time of the day, not with the end of a day."""
    local = timezone.localtime(due_at)
    return (local.hour, local.minute) != (23, 59)


def _due_to_the_minute(due_at: datetime, now: datetime) -> str:
    """Hours, or minutes within the hour. Both are rounded down."""
    past = floor((now - due_at).total_seconds() / 60)
    hours, minutes = divmod(abs(past), 60)
    if past == 0:
        return gettext("due now")
    if past > 0:
        words = ngettext("%(minutes)d minute overdue", "%(minutes)d minutes overdue", minutes)
        if hours:
            words = ngettext("%(hours)d hour overdue", "%(hours)d hours overdue", hours)
    else:
        words = ngettext("%(minutes)d minute left", "%(minutes)d minutes left", minutes)
        if hours:
            words = ngettext("%(hours)d hour left", "%(hours)d hours left", hours)
    return words % {"hours": hours, "minutes": minutes}


def due_tone(due_at: datetime | None, now: datetime) -> str:
    if not due_at:
        return "neutral"
    if now > due_at:
        return "late"
    return "wait" if _days_left(due_at, now) <= NEAR_DAYS else "neutral"


def _with_weekday(value: date, pattern: str) -> str:
    words = {"day": formats.date_format(value, pattern), "weekday": WEEKDAYS[value.weekday()]}
    return pgettext("day", "%(weekday)s %(day)s") % words


def day(value: date | None) -> str:
    return _with_weekday(_local(value), "MONTH_DAY_FORMAT") if value else ""


def long_day(value: date | None) -> str:
    return _with_weekday(_local(value), "DATE_FORMAT") if value else ""


def moment(value: datetime | None) -> str:
    return f"{day(value)} {formats.date_format(_local(value), 'TIME_FORMAT')}" if value else ""


def age(since: datetime | None, now: datetime) -> str:
    """How long something has lasted: 1 hour 52 minutes."""
    return timesince(since, now).replace(", ", " ").replace("，", " ") if since else ""


def in_full(value: Any) -> Any:
    """A value of any kind as a person reads it: times and days with their year, the rest as it is."""
    if isinstance(value, datetime):
        return f"{long_day(value)} {formats.date_format(_local(value), 'TIME_FORMAT')}"
    return long_day(value) if isinstance(value, date) else value


def month_word(value: object) -> str:
    """Takes a Month, a date or the text "2026-11"."""
    if not value:
        return ""
    if isinstance(value, date):
        return formats.date_format(_local(value), "YEAR_MONTH_FORMAT")
    year, month = str(value).split("-")[:2]
    return formats.date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT")


def figure(count: int | Hidden | None) -> str:
    """A count with its groups of three; in words where it is hidden, so that nobody takes it for nothing."""
    if isinstance(count, Hidden):
        return pgettext("figure", "not shown")
    return "–" if count is None else str(formats.number_format(count, force_grouping=True))


def percent(part: int | Hidden | None, whole: int | Hidden | None) -> str:
    """One decimal at most; never rounds up to 100 % nor down to 0 %, and is never a figure when there is no whole."""
    if isinstance(part, Hidden) or isinstance(whole, Hidden):
        return pgettext("figure", "not shown")
    if part is None or not whole:
        return pgettext("rate", "N/A")
    rate = (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)
    if 0 < part < whole:
        rate = min(max(rate, TENTH), 100 - TENTH)
    return f"{rate.normalize():f}%"


def share(part: int | Hidden | None, whole: int | Hidden | None) -> str:
    if isinstance(part, Hidden) or isinstance(whole, Hidden):
        return pgettext("figure", "not shown")
    if part is None or not whole:
        return pgettext("rate", "N/A")
    return gettext("%(part)s of %(whole)s") % {
        "part": formats.number_format(part, force_grouping=True),
        "whole": formats.number_format(whole, force_grouping=True),
    }


def prose(sentences: Iterable[str]) -> str:
    """Sentences one after the other; Chinese ones stand without a space between them."""
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(sentences)
