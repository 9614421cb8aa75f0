import re

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import words
from crisis.models import ResponsePlan
from crisis.services.center.response_plans import Line

BETWEEN = re.compile(r"\s*[|｜]\s*")
MOST_STEPS = 40
LONGEST_STEP, LONGEST_WHO = 200, 60
MOST_MINUTES = 100_000
# What a school may begin with.
FIRST_STEPS = _(
    "Go to the student, do not leave them alone | whoever is nearest | 5\n"
    "Phone 120 or 110 if life is in danger | whoever is there | 5\n"
    "Take away means, clear the place | whoever is there | 10\n"
    "Tell fudaoyuan, college and center by phone | who took the alarm on | 10\n"
    "Two people stay; begin the safety watch | fudaoyuan | 30\n"
    "Tell the family, unless abuse at home is feared | fudaoyuan | 120\n"
    "Open the case and write the immediate report | counselor | 120"
)


class PlanVersionForm(forms.Form):
    situation = forms.ChoiceField(label=_("Situation"), choices=ResponsePlan.Situation.choices)
    title = forms.CharField(label=_("Title"), max_length=80)
    steps = words(
        _("Steps, one a line"),
        rows=10,
        longest=8000,
        hint=_("What is done | by whom | within how many minutes. The last two may be left out."),
    )

    def clean_steps(self) -> list[Line]:
        lines = [_line(text) for text in self.cleaned_data["steps"].splitlines() if text.strip()]
        if len(lines) > MOST_STEPS:
            raise forms.ValidationError(_("At most 40 steps, so that they can be followed in need."))
        return lines


class TickForm(forms.Form):
    remark = forms.CharField(required=False, max_length=300)


def _line(text: str) -> Line:
    what, who, minutes = [*BETWEEN.split(text.strip()), "", ""][:3]
    if len(what) > LONGEST_STEP:
        raise forms.ValidationError(_("A step is longer than 200 characters. Make two of it."))
    if minutes and not (minutes.isdecimal() and int(minutes) <= MOST_MINUTES):
        raise forms.ValidationError(_("“%(minutes)s” is no number of minutes.") % {"minutes": minutes})
    return Line(what, who[:LONGEST_WHO], int(minutes) if minutes else None)
