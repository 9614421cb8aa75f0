"""How dates, rates and weather are put into words. Formatting only: nothing here reads the clock or the database."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy

register = template.Library()

WEATHER_WORDS: dict[int, Promise] = {
    1: pgettext_lazy("weather", "Clear"),
    2: pgettext_lazy("weather", "Cloudy"),
    3: pgettext_lazy("weather", "Overcast"),
    4: pgettext_lazy("weather", "Rain"),
    5: pgettext_lazy("weather", "Thunder"),
}
WEATHER_NAMES = {1: "clear", 2: "cloudy", 3: "overcast", 4: "rain", 5: "thunder"}
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
SECONDS_AN_HOUR = 3600
TENTH = Decimal("0.1")


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _days_left(due_at: datetime, now: datetime) -> int:
    return (timezone.localtime(due_at).date() - timezone.localtime(now).date()).days


@register.filter
def due_word(due_at: datetime | None, now: datetime) -> str:
    if not due_at:
        return ""
    days = _days_left(due_at, now)
    if days < 0:
        return ngettext("%(days)d day overdue", "%(days)d days overdue", -days) % {"days": -days}
    if days > 0:
        return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    if now <= due_at:
        return gettext("due today")
    hours = max(1, int((now - due_at).total_seconds() // SECONDS_AN_HOUR))
    return ngettext("%(hours)d hour overdue", "%(hours)d hours overdue", hours) % {"hours": hours}


@register.filter
def due_tone(due_at: datetime | None, now: datetime) -> str:
    if not due_at:
        return "neutral"
    if now > due_at:
        return "late"
    return "wait" if _days_left(due_at, now) <= NEAR_DAYS else "neutral"


def _with_weekday(value: date, pattern: str) -> str:
    words = {"day": formats.date_format(value, pattern), "weekday": WEEKDAYS[value.weekday()]}
    return pgettext("day", "%(weekday)s %(day)s") % words


@register.filter
def day(value: date | None) -> str:
    return _with_weekday(_local(value), "MONTH_DAY_FORMAT") if value else ""


@register.filter
def long_day(value: date | None) -> str:
    return _with_weekday(_local(value), "DATE_FORMAT") if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    return f"{day(value)} {formats.date_format(_local(value), 'TIME_FORMAT')}" if value else ""


@register.filter
def in_full(value: Any) -> Any:
    """A value of any kind as a person reads it: times and days with their year, the rest as it is."""
    if isinstance(value, datetime):
        return f"{long_day(value)} {formats.date_format(_local(value), 'TIME_FORMAT')}"
    return long_day(value) if isinstance(value, date) else value


@register.filter
def month_word(value: object) -> str:
    """Takes a Month, a date or the text "2026-11"."""
    if not value:
        return ""
    if isinstance(value, date):
        return formats.date_format(_local(value), "YEAR_MONTH_FORMAT")
    year, month = str(value).split("-")[:2]
    return formats.date_format(date(int(year), int(month), 1), "YEAR_MONTH_FORMAT")


@register.filter
def weather_word(status: int | str | None) -> str:
    return str(WEATHER_WORDS[int(status)]) if status else ""


@register.filter
def weather_name(status: int | str | None) -> str:
    return WEATHER_NAMES[int(status)] if status else ""


@register.filter
def percent(part: int | None, whole: int | None) -> str:
    """One decimal at most; never rounds up to 100 % nor down to 0 %, and is never a figure when there is no whole."""
    if part is None or not whole:
        return pgettext("rate", "N/A")
    rate = (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)
    if 0 < part < whole:
        rate = min(max(rate, TENTH), 100 - TENTH)
    return f"{rate.normalize():f}%"


@register.filter
def share(part: int | None, whole: int | None) -> str:
    if part is None or not whole:
        return pgettext("rate", "N/A")
    return gettext("%(part)s of %(whole)s") % {
        "part": formats.number_format(part, force_grouping=True),
        "whole": formats.number_format(whole, force_grouping=True),
    }


@register.filter
def prose(sentences: Iterable[str]) -> str:
    """Sentences one after the other; Chinese ones stand without a space between them."""
    between = "" if (get_language() or "").startswith("zh") else " "
    return between.join(sentences)


@register.inclusion_tag("ui/weather.html")
def weather(status: int | str, *, size: int = 20, word: bool = True) -> dict[str, object]:
    return {
        "status": int(status),
        "name": weather_name(status),
        "label": weather_word(status),
        "size": size,
        "word": word,
    }


@register.inclusion_tag("ui/chart.html")
def chart(data: dict[str, Any], *, key: str, title: str, note: str = "", tall: bool = False) -> dict[str, object]:
    """`data`: kind (line, bar, heatmap), x labels, series of {name, values}, unit; one shape for chart and table."""
    return {"data": data, "id": key, "title": title, "note": note, "tall": tall}
