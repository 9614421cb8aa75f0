from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.forms.cases import CandidatesMixin
from crisis.forms.fields import PersonField, ScanField, moment, words
from crisis.models import GuardianAttempt, GuardianNotice
from crisis.models.guardians import Channel
from crisis.rules.guardians import Whom
from crisis.services.care.guardians import Attempt, FamilyContact

NOW = _("Leave it empty for now.")


class StartNoticeForm(forms.Form):
    legal_ground = forms.ChoiceField(
        label=_("Legal ground"),
        help_text=_("Without danger to life, ask the student first whether the family may be told."),
        choices=GuardianNotice.LegalGround.choices,
        widget=forms.RadioSelect,
    )


class AttemptForm(forms.Form):
    whom = forms.ChoiceField(label=_("Who was tried"), choices=GuardianAttempt.Whom.choices, widget=forms.RadioSelect)
    channel = forms.ChoiceField(label=_("How"), choices=Channel.choices, initial=Channel.PHONE)
    number = forms.CharField(
        label=_("Number or address"), required=False, max_length=60, widget=forms.TextInput({"autocomplete": "off"})
    )
    was_reached = forms.TypedChoiceField(
        label=pgettext_lazy("attempt", "What came of it"),
        choices=[("0", pgettext_lazy("attempt", "Nobody reached")), ("1", pgettext_lazy("attempt", "Reached"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    happened_at = moment(_("When"), required=False, hint=NOW)
    remark = words(_("Remark"), rows=2, longest=500, required=False)

    @property
    def attempt(self) -> Attempt:
        data = self.cleaned_data
        return Attempt(**data | {"whom": Whom(data["whom"])})


class ReachedForm(CandidatesMixin):
    caller = PersonField(label=_("Who called"), empty_label=None)
    witness = forms.CharField(label=_("Who listened in"), required=False, max_length=60)
    reached_name = forms.CharField(label=_("Who was reached"), max_length=60)
    relation = forms.CharField(label=_("Relation to the student"), max_length=30)
    channel = forms.ChoiceField(label=_("How"), choices=Channel.choices, initial=Channel.PHONE)
    happened_at = moment(_("When"), required=False, hint=NOW)
    facts = words(
        pgettext_lazy("family", "What was told"),
        hint=_("What was seen and said, where the student is now. No diagnosis."),
    )
    advice = words(_("What was advised"), hint=_("For example: come today; go to a hospital together."))
    reply = words(_("What the family said"))
    decision = forms.ChoiceField(
        label=_("What the family decided"), choices=GuardianNotice.Decision.choices, widget=forms.RadioSelect
    )

    @property
    def contact(self) -> FamilyContact:
        return FamilyContact(**self.cleaned_data)


class SignatureForm(forms.Form):
    is_signed = forms.TypedChoiceField(
        label=_("Signature of the family"),
        choices=[("1", pgettext_lazy("signature", "signed")), ("0", pgettext_lazy("signature", "refused to sign"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    page = ScanField(
        label=_("Signed page"), required=False, help_text=_("A photo or PDF of at most 10 MB, kept encrypted.")
    )
    witness = forms.CharField(
        label=_("If refused: who was there"), required=False, max_length=60, help_text=_("Name and post.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        # What belongs to the other answer is not kept.
        return data | ({"witness": ""} if data.get("is_signed") else {"page": None})
