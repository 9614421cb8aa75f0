"""The weather in words and as an icon. Built into every template."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

register = template.Library()

WEATHER_WORDS: dict[int, Promise] = {
    1: pgettext_lazy("weather", "Clear"),
    2: pgettext_lazy("weather", "Cloudy"),
    3: pgettext_lazy("weather", "Overcast"),
    4: pgettext_lazy("weather", "Rain"),
    5: pgettext_lazy("weather", "Thunder"),
}
WEATHER_NAMES = {1: "clear", 2: "cloudy", 3: "overcast", 4: "rain", 5: "thunder"}


@register.filter
def weather_word(status: int | str | None) -> str:
    return str(WEATHER_WORDS[int(status)]) if status else ""


@register.filter
def weather_name(status: int | str | None) -> str:
    return WEATHER_NAMES[int(status)] if status else ""


@register.inclusion_tag("ui/weather.html")
def weather(status: int | str, *, size: int = 20, word: bool = True) -> dict[str, object]:
    return {
        "status": int(status),
        "name": weather_name(status),
        "label": weather_word(status),
        "size": size,
        "word": word,
    }
