from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import moment, words
from crisis.models import Incident
from network.models import Unit


class IncidentForm(forms.Form):
    unit = forms.ModelChoiceField(label=_("School or college"), queryset=Unit.objects.none(), empty_label=None)
    kind = forms.ChoiceField(label=_("Kind"), choices=Incident.Kind.choices)
    happened_at = moment(_("When"))
    place = forms.CharField(label=_("Where"), required=False, max_length=200)
    account = words(
        _("What happened"), rows=4, longest=4000, hint=_("Facts without names; everything else is written in the case.")
    )
    measures = words(_("What was done"), longest=4000, required=False)
    lessons = words(_("What we learned"), longest=4000, required=False)

    def __init__(self, units: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
