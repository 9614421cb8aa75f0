from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import day, words
from crisis.models import UnitReport
from network.models import Unit


class SpanForm(forms.Form):
    """Which unit, week or month."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=UnitReport.Kind.choices)
    day = day(_("A day within"))

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class NarrativeForm(forms.Form):
    narrative = words(_("In words"), rows=4, required=False, hint=_("What moved, what is needed. No names."))
