from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from screening.rules.days import EARLIEST, LATEST, is_plausible


class DayField(forms.DateField):
    """A day, chosen from the browser's calendar, within the years that can be meant."""

    widget = forms.DateInput({"type": "date", "min": EARLIEST.isoformat(), "max": LATEST.isoformat()}, "%Y-%m-%d")

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not is_plausible(day):
            message = _("Give a day between %(first)s and %(last)s.")
            raise forms.ValidationError(message, params={"first": EARLIEST, "last": LATEST}, code="implausible-day")
        return day
