from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reporting.models.labels import SIGN_LABELS, STATUS_LABELS

ANY = [("", pgettext_lazy("filter", "All"))]
BELOW_CLEAR = "below"
BELOW = (BELOW_CLEAR, _("Below clear weather"))
STATUSES = [(str(int(status)), label) for status, label in STATUS_LABELS.items()]
SIGNS = [(str(int(sign)), label) for sign, label in SIGN_LABELS.items()]


class LineFilter(forms.Form):
    """Which lines behind a figure are listed; signs only for who may read them."""

    unit = forms.CharField(widget=forms.HiddenInput, required=False)
    month = forms.CharField(widget=forms.HiddenInput, required=False)
    status = forms.ChoiceField(label=_("Weather"), choices=[*ANY, BELOW, *STATUSES], required=False)
    sign = forms.ChoiceField(label=_("Sign"), choices=[*ANY, *SIGNS], required=False)

    def __init__(self, *args: Any, with_signs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_signs:
            # SECURITY: a filter would tell what the columns do not show.
            del self.fields["sign"]
