from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.program_fields import DayField, ProofField, SaveForm, StaffField, choice, staff_of, whole, words
from activities.models.program_labels import PILLAR_LABELS
from activities.rules.program import FIRST_YEAR, LAST_YEAR
from network.models import Unit


class PlanForm(SaveForm):
    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    year = whole(_("Year"), FIRST_YEAR, LAST_YEAR)
    aim = words(_("Aim of the year"), 300, rows=3)

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["unit"]
        field.queryset = units


class GoalForm(SaveForm):
    pillar = choice(_("Pillar"), PILLAR_LABELS)
    title = words(_("Goal"), 120)
    target = words(_("When is it reached"), 120, hint=_("A figure or a fact that anybody can check."))
    owner = StaffField(label=_("Who sees to it"))
    due_on = DayField(label=_("Due"))
    weight = whole(_("Weight"), 1, 100, initial=10)

    def __init__(self, *args: Any, school_id: int, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["owner"]
        field.offer(staff_of(school_id, on))


class StepForm(SaveForm):
    title = words(_("What is done"), 120)


class ProgressForm(SaveForm):
    progress = whole(_("Progress in percent"), 0, 100)
    note = words(_("How it went"), 300, required=False, rows=3)
    upload = ProofField(label=_("Evidence"), help_text=_("A picture or PDF."))
