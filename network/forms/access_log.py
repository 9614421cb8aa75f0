from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.forms.days import DayField
from network.models.labels import LOOK_PURPOSE_LABELS
from network.rules.access_log import DEFAULT_PURPOSE

LONG = 500


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(
        label=_("Why are you looking?"), choices=list(LOOK_PURPOSE_LABELS.items()), initial=DEFAULT_PURPOSE
    )


class DelayForm(forms.Form):
    ends_on = DayField(
        label=_("Not before"),
        help_text=_("Until this day the student does not see who looked at what belongs to a crisis. Today ends it."),
    )
    reason = forms.CharField(
        label=_("Why should the student not be told yet?"),
        help_text=_("For example: in the first weeks after discharge it could frighten them."),
        max_length=LONG,
        widget=forms.Textarea({"rows": 3, "data-private": True}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ends_on"].widget.attrs["min"] = f"{today:%Y-%m-%d}"


class BreakGlassForm(forms.Form):
    is_emergency = forms.BooleanField(
        label=_("A life may be at risk"),
        help_text=_("Then a word is enough as a reason. Call for help first; you explain at the review."),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why must you read this?"),
        help_text=_("At least 20 characters. The reviewer reads it: no diagnosis, no details about others."),
        max_length=LONG,
        widget=forms.Textarea({"rows": 4, "data-private": True}),
    )


class BreakGlassReviewForm(forms.Form):
    verdict = forms.TypedChoiceField(
        label=_("Was it justified?"),
        choices=[("yes", _("Yes, it was needed")), ("no", _("No, it should not have happened"))],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=_("What do you think of it?"), max_length=LONG, widget=forms.Textarea({"rows": 3, "data-private": True})
    )
