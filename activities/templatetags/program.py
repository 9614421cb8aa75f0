"""Filters of the yearly program: money in yuan, exact figures rounded down."""

from decimal import Decimal
from fractions import Fraction

from django import template
from django.utils import formats
from django.utils.translation import pgettext

from activities.rules.indicators import Indicator, rounded_down
from activities.rules.money import to_yuan

register = template.Library()

TENTH, CENT = Decimal("0.1"), Decimal("0.01")


@register.filter
def yuan(fen: int) -> str:
    """1234550 → ¥12,345.50."""
    return f"{'-' if fen < 0 else ''}¥{formats.number_format(abs(to_yuan(fen)), force_grouping=True)}"


@register.filter
def as_share(indicator: Indicator) -> str:
    """The value in percent with one decimal, rounded down: what is not reached never shows as 100."""
    if indicator.ratio is None:
        return pgettext("rate", "N/A")
    return f"{formats.number_format(rounded_down(indicator.ratio * 100, TENTH))}%"


@register.filter
def as_amount(indicator: Indicator) -> str:
    """The value with two decimals, rounded down."""
    if indicator.ratio is None:
        return pgettext("rate", "N/A")
    return str(formats.number_format(rounded_down(indicator.ratio, CENT)))


@register.filter
def exact(value: Fraction) -> str:
    """A count as such; anything else with two decimals, rounded down."""
    if value.denominator == 1:
        return str(formats.number_format(value.numerator, force_grouping=True))
    return str(formats.number_format(rounded_down(value, CENT), force_grouping=True))


@register.filter
def in_percent(value: Fraction) -> str:
    """A target that is a share, in percent."""
    return f"{formats.number_format(rounded_down(value * 100, TENTH).normalize())}%"
