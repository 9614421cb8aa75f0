from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.program_fields import DayField, SaveForm, StaffField, choice, staff_of, words
from activities.models import Activity
from activities.models.program_labels import OFFICE_LABELS, SOCIETY_KIND_LABELS
from network.models import Unit


class SocietyForm(SaveForm):
    unit = forms.ModelChoiceField(label=_("School or college"), queryset=Unit.objects.none())
    kind = choice(_("Kind"), SOCIETY_KIND_LABELS)
    name = words(_("Name of the society"), 60)
    purpose = words(_("What it is for"), 300, rows=3)
    adviser = StaffField(label=_("Adviser from the staff"))
    founded_on = DayField(label=_("Founded"))
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, *args: Any, units: Any, school_id: int, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = units
        adviser: Any = self.fields["adviser"]
        adviser.offer(staff_of(school_id, on))


class MemberForm(SaveForm):
    number = words(_("Student number"), 30)
    name = words(_("Name"), 40, hint=_("Both must be right, as on the student card."))
    office = choice(_("Office"), OFFICE_LABELS)
    starts_on = DayField(label=_("Member from"))


class LinkForm(SaveForm):
    activity = forms.ModelChoiceField(
        label=_("Activity"),
        queryset=Activity.objects.none(),
        help_text=_("Activities that you have planned and that belong to no society yet."),
    )

    def __init__(self, *args: Any, activities: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["activity"]
        field.queryset = activities
