from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from network.forms.filters import FilterForm, search_field
from network.models.labels import LEVEL_LABELS
from network.models.units import UnitQuerySet


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
