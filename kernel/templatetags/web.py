"""Template filters of kernel/formatting.py, icons and charts. Built into every template."""

import base64
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext, pgettext
from lucide.templatetags.lucide import lucide as draw

from kernel import charts, formatting
from kernel.fragments import render_once

register = template.Library()

for name in (
    "age",
    "day",
    "due_tone",
    "due_word",
    "figure",
    "in_full",
    "long_day",
    "moment",
    "month_word",
    "percent",
    "prose",
    "share",
    "within",
):
    register.filter(name, getattr(formatting, name))


@register.simple_tag(takes_context=True)
def draft_key(context: Context) -> str:
    """The key of the signed-in user for drafts in the browser (frontend/js/drafts.js); empty for anybody else."""
    user = context.get("user")
    if user is None or not user.is_authenticated:
        return ""
    return base64.b64encode(salted_hmac("kernel.drafts", str(user.pk), algorithm="sha256").digest()).decode()


@register.simple_tag
@lru_cache(maxsize=512)
def lucide(name: str, *, size: int = 24, **attributes: str) -> str:
    """An icon, drawn once in a process."""
    return draw(name, size=size, **attributes)


@register.simple_tag
def kept(template: str, **words: Any) -> str:
    """A part of a page that depends on these words alone; it is rendered once for each of them."""
    plain = {name: str(word) for name, word in words.items()}
    return render_once(template, list(plain.items()), lambda: plain)


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
