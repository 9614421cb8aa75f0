from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.forms.cases import CandidatesMixin
from crisis.forms.fields import PersonField, moment, words


class PlanTalkForm(CandidatesMixin):
    holder = PersonField(label=_("Who talks with the student"), empty_label=None)
    planned_at = moment(_("When"))
    purpose = words(_("What it is for"), rows=2, longest=300, required=False)


class SumUpForm(forms.Form):
    was_held = forms.TypedChoiceField(
        label=_("The talk"),
        choices=[("1", pgettext_lazy("talk", "was held")), ("0", pgettext_lazy("talk", "did not come about"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    held_at = moment(_("When"), required=False, hint=_("Leave it empty for now."))
    summary = words(_("Summed up"), rows=5, hint=_("What was said, how the student is; or why it did not come about."))
    next_step = words(_("Next step"), rows=2, longest=500, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        return data if data.get("was_held") else data | {"held_at": None}
