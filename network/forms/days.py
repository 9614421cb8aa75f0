from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.models.bounds import FIRST_DAY, LAST_DAY


class DayField(forms.DateField):
    """A day between the years 2000 and 2099, chosen from the browser's calendar."""

    default_error_messages = {"out_of_reach": _("Choose a day between the years 2000 and 2099.")}

    def __init__(self, **kwargs: Any) -> None:
        bounds = {"type": "date", "min": f"{FIRST_DAY}", "max": f"{LAST_DAY}"}
        super().__init__(**{"widget": forms.DateInput(bounds, "%Y-%m-%d")} | kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day is not None and not FIRST_DAY <= day <= LAST_DAY:
            raise forms.ValidationError(self.error_messages["out_of_reach"], code="out_of_reach")
        return day
