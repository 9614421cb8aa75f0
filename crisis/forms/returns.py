from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.forms.fields import ScanField, day, words
from crisis.services.care.returns import Decision


class StartLeaveForm(forms.Form):
    left_on = day(_("On leave from"))
    expected_on = day(_("Expected back"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("left_on") and data.get("expected_on") and data["expected_on"] < data["left_on"]:
            self.add_error("expected_on", _("The end comes after the beginning."))
        return data


class ApplicationForm(forms.Form):
    applied_on = day(_("Applied on"))
    opinion = words(_("The hospital's opinion, quoted"), rows=4, hint=_("Word for word, with who gave it and when."))
    letter = ScanField(
        label=_("The hospital's letter"),
        required=False,
        help_text=_("A photo or PDF of at most 10 MB, kept encrypted."),
    )


class InterviewForm(forms.Form):
    interview = words(
        _("What the interview brought"), rows=5, hint=_("How the student is, what they wish, what carries.")
    )


class CommitmentForm(forms.Form):
    commitment = words(
        _("What the family commits itself to"),
        longest=1000,
        hint=_("For example: treatment goes on; somebody lives near."),
    )


class DecideReturnForm(forms.Form):
    comes_back = forms.TypedChoiceField(
        label=_("Your decision"),
        choices=[("1", pgettext_lazy("return", "The student comes back")), ("0", pgettext_lazy("return", "Not yet"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = words(_("Why"), rows=2, longest=1000)
    returned_on = day(_("Back since or from"), required=False, hint=_("Leave it empty for today."))
    support_plan = words(_("What the school does from the first day on"), rows=4, required=False)

    @property
    def decision(self) -> Decision:
        return Decision(**self.cleaned_data)


class FollowUpForm(forms.Form):
    text = words(_("How the student is"), rows=4, hint=_("Sleep, studies, people, treatment; what is needed."))
