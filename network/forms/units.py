from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.forms.days import DayField
from network.forms.filters import FilterForm, search_field
from network.models.labels import LEVEL_LABELS
from network.models.units import UnitQuerySet
from network.rules import Level


class UnitFilter(FilterForm):
    q = search_field(_("Name or code"))
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("All")), *LEVEL_LABELS.items()])

    def apply(self, units: UnitQuerySet) -> UnitQuerySet:
        asked = self.asked
        if "q" in asked:
            units = units.filter(Q(name__icontains=asked["q"]) | Q(code__istartswith=asked["q"]))
        return units.filter(level=asked["level"]) if "level" in asked else units


class SchoolForm(forms.Form):
    name = forms.CharField(
        label=_("Name of the school"),
        max_length=80,
        help_text=_("It heads every page that is printed and every export."),
    )

    def clean_name(self) -> Any:
        return " ".join(self.cleaned_data["name"].split())


class UnitNameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=80)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())


class ClassForm(UnitNameForm):
    major = forms.CharField(label=_("Major"), max_length=80, required=False)
    grade = forms.IntegerField(label=_("Grade"), min_value=1980, max_value=2099, required=False)


class DormForm(forms.Form):
    campus = forms.CharField(label=_("Campus"), max_length=40, required=False)
    building = forms.CharField(label=_("Building"), max_length=40)
    room = forms.CharField(label=_("Room number"), max_length=20)


OPENING: dict[str, type[forms.Form]] = {Level.SCHOOL: UnitNameForm, Level.COLLEGE: ClassForm, Level.CLASS: DormForm}


class CloseForm(forms.Form):
    last_day = DayField(
        label=_("Last day"), help_text=_("Posts end with it, open duties are withdrawn; the history stays.")
    )
