from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.models import Calendar
from reporting.services.calendars import CalendarEntry

MONTHS = [(number, pgettext_lazy("month number", "%d") % number) for number in range(1, 13)]


class CalendarForm(forms.Form):
    dorm_day = forms.IntegerField(label=_("Dorms file by day"), min_value=1, max_value=31)
    class_day = forms.IntegerField(label=_("Classes file by day"), min_value=1, max_value=31)
    college_day = forms.IntegerField(
        label=_("Colleges file by day"),
        min_value=1,
        max_value=31,
        help_text=_("23:59 of that day; in a shorter month its last day."),
    )
    vacation_months = forms.TypedMultipleChoiceField(
        label=_("Vacation months"),
        help_text=_(
            "Dorms and classes owe nothing in these months; colleges still file, if only that there is nothing."
        ),
        choices=MONTHS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    vacation_starts = forms.CharField(
        label=_("First days of vacations"),
        help_text=_("One day a line, like 2027-01-18. In that month dorms and classes file before they leave."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "inputmode": "numeric"}),
    )
    duty_phone = forms.CharField(
        label=_("The center's duty phone"),
        help_text=_("Shown wherever somebody may need help at once."),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
    )
    apply_to_open = forms.BooleanField(
        label=_("Apply this to the month that is open now"),
        help_text=_("Otherwise it counts from the next month on."),
        required=False,
    )

    @classmethod
    def of(cls, calendar: Calendar) -> "CalendarForm":
        names = ("dorm_day", "class_day", "college_day", "vacation_months", "duty_phone")
        starts = "\n".join(calendar.vacation_starts)
        return cls(initial={**{name: getattr(calendar, name) for name in names}, "vacation_starts": starts})

    def clean_vacation_starts(self) -> list[date]:
        return [_day(text) for text in self.cleaned_data["vacation_starts"].split()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        days = [data[name] for name in ("dorm_day", "class_day", "college_day") if name in data]
        if days != sorted(days):
            self.add_error(
                "college_day", _("Dorms file first, then classes, then colleges: put the days in this order.")
            )
        return data

    def entry(self) -> CalendarEntry:
        fields = {name: value for name, value in self.cleaned_data.items() if name != "apply_to_open"}
        return CalendarEntry(**fields)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise forms.ValidationError(
            _("“%(text)s” is not a day; write it like 2027-01-18."), params={"text": text}
        ) from None
