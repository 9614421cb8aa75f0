"""How dates, rates and weather are put into words, and icons drawn. Formatting only: nothing here reads the clock or a
database."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from math import floor
from typing import Any

from django import template
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy
from lucide.templatetags.lucide import lucide as draw

from kernel import charts

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
A_DAY = timedelta(days=1)
TENTH = Decimal("0.1")


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


def _days_left(due_at: datetime, now: datetime) -> int:
    return (timezone.localtime(due_at).date() - timezone.localtime(now).date()).days


@register.filter
def within(minutes: int) -> str:
    """A span that something must be done in: in hours where these are whole."""
    hours, rest = divmod(minutes, 60)
    if hours and not rest:
        return ngettext("within %(hours)d hour", "within %(hours)d hours", hours) % {"hours": hours}
    return ngettext("within %(minutes)d minute", "within %(minutes)d minutes", minutes) % {"minutes": minutes}


@register.simple_tag
@lru_cache(maxsize=512)
def lucide(name: str, *, size: int = 24, **attributes: str) -> str:
    """An icon, drawn once in a process."""
    return draw(name, size=size, **attributes)


@register.filter
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
    """Hours, or minutes within the hour. What is left is not told as more than it is, nor what is past."""
    past = floor((now - due_at).total_seconds() / 60)
    hours, minutes = divmod(abs(past), 60)
    if past == 0:
        return gettext("due now")
    if past > 0:
        told = ngettext("%(minutes)d minute overdue", "%(minutes)d minutes overdue", minutes)
        if hours:
            told = ngettext("%(hours)d hour overdue", "%(hours)d hours overdue", hours)
    else:
        told = ngettext("%(minutes)d minute left", "%(minutes)d minutes left", minutes)
        if hours:
            told = ngettext("%(hours)d hour left", "%(hours)d hours left", hours)
    return told % {"hours": hours, "minutes": minutes}


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
def chart(data: charts.Chart, *, key: str, title: str, note: str = "") -> dict[str, object]:
    """A chart on a page: caption, legend, picture, and the same figures as a table."""
    style = charts.Style(f"chart-{key}", _chart_words())
    return {
        "id": key,
        "title": title,
        "is_empty": data.is_empty,
        "note": note,
        "keys": charts.legend(data, style),
        "picture": charts.draw(data, title=title, style=style),
        "is_wide": charts.is_wide(data),
        "table": charts.table(data, style.words),
    }


@register.inclusion_tag("ui/chart_story.html")
def chart_story(line: charts.Timeline, *, key: str, title: str) -> dict[str, object]:
    """How long each state lasted and what happened when; the states also as a table."""
    style = charts.Style(f"chart-{key}", _chart_words())
    return {
        "id": key,
        "title": title,
        "picture": charts.draw_story(line, title=title, style=style),
        "rows": [(line.lanes[span.lane].name, span.word) for span in line.spans],
    }


@register.inclusion_tag("pdf/chart.html")
def print_chart(data: charts.Chart, *, key: str, title: str) -> dict[str, object]:
    """The same chart in print, where a table stands beside it anyway."""
    style = charts.Style(f"chart-{key}", _chart_words(), prints=True)
    return {
        "title": title,
        "is_empty": data.is_empty,
        "keys": charts.legend(data, style),
        "picture": charts.draw(data, title=title, style=style),
    }


def _chart_words() -> charts.Words:
    return charts.Words(
        not_shown=pgettext("figure", "not shown"),
        missing="–",
        see_table=gettext("The same figures stand in the table below."),
    )
