from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.periods import academic_year
from network.forms.days import DayField
from network.models import DayPlan, Term
from network.rules.terms import MOST_EXAM_WEEKS, MOST_WEEKS, TermSpan

CLOSED = "closed"
WEEKDAYS = [
    (1, _("as a Monday")),
    (2, _("as a Tuesday")),
    (3, _("as a Wednesday")),
    (4, _("as a Thursday")),
    (5, _("as a Friday")),
    (6, _("as a Saturday")),
    (7, _("as a Sunday")),
]


class _CampusMixin(forms.Form):
    def __init__(self, *args: Any, campuses: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if campuses:
            self.fields["campus"] = forms.ChoiceField(
                label=_("Campus"), required=False, choices=[("", _("All campuses")), *((one, one) for one in campuses)]
            )


class TermForm(_CampusMixin):
    year = forms.RegexField(
        r"^\d{4}-\d{4}$",
        label=_("Academic year"),
        help_text=_("As 2026-2027."),
        error_messages={"invalid": _("Write the academic year as 2026-2027.")},
    )
    number = forms.TypedChoiceField(
        label=pgettext_lazy("calendar", "Term"), choices=[(1, _("Term 1")), (2, _("Term 2"))], coerce=int
    )
    first_monday = DayField(label=_("First Monday"), help_text=_("The Monday of teaching week 1."))
    weeks = forms.IntegerField(
        label=pgettext_lazy("term", "Weeks"),
        min_value=1,
        max_value=MOST_WEEKS,
        help_text=_("With the weeks of exams; usually 16 to 20."),
    )
    exam_weeks = forms.IntegerField(label=_("Weeks of exams at its end"), min_value=0, max_value=MOST_EXAM_WEEKS)

    @classmethod
    def of(cls, term: Term | None, *, on: date, campuses: list[str]) -> "TermForm":
        """Filled with a term, or with what a new one usually is."""
        usual = {"year": academic_year(on), "weeks": 18, "exam_weeks": 2}
        names = ("year", "number", "first_monday", "weeks", "exam_weeks", "campus")
        initial = {name: getattr(term, name) for name in names} if term else usual
        return cls(initial=initial, campuses=campuses)

    def span(self) -> TermSpan:
        return TermSpan(**self.cleaned_data)


class DayPlanForm(_CampusMixin):
    date = DayField(label=_("Date"))
    runs = forms.ChoiceField(
        label=_("The school"), choices=[(CLOSED, _("is closed")), *((f"{n}", word) for n, word in WEEKDAYS)]
    )
    name = forms.CharField(
        label=_("Occasion"), max_length=40, required=False, help_text=_("Shown beside the date, such as 校运会.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # On its page the form of a term has a campus, too.
        kwargs.setdefault("auto_id", "id_day_%s")
        super().__init__(*args, **kwargs)

    @classmethod
    def of(cls, plan: DayPlan | None, *, campuses: list[str], initial: dict[str, Any] | None = None) -> "DayPlanForm":
        """Filled with a planned date, or with what the national calendar says of it."""
        if plan is not None:
            runs = CLOSED if plan.runs_as is None else f"{plan.runs_as}"
            initial = {"date": plan.date, "runs": runs, "name": plan.name, "campus": plan.campus}
        return cls(initial=initial, campuses=campuses)

    def plan(self) -> dict[str, Any]:
        """What was asked for, as the service `plan_day` takes it."""
        data = self.cleaned_data
        weekday = None if data["runs"] == CLOSED else int(data["runs"])
        return {"day": data["date"], "weekday": weekday, "name": data["name"], "campus": data.get("campus", "")}
