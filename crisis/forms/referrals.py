from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.fields import ScanField, moment, words
from crisis.models import Hospital
from crisis.rules.referrals import Step
from crisis.services.care.referrals import Stamp

HINTS = {
    Step.APPROVED: _("Why the center or the college agrees, and what it asks to be observed."),
    Step.GUARDIAN_TOLD: _("Who of the family was told and what they say; if nobody could be told, why."),
    Step.ESCORTED: _("Who goes along, how, from when on."),
    Step.ARRIVED: _("When, at which desk or ward, who took over."),
    Step.REPLIED: _("Quote the hospital's opinion word for word and name who gave it. Nothing is added here."),
    Step.PLANNED: _("What the school does from now on: who, what, from when."),
    Step.FOLLOWED_UP: _("How the student is now and what stays to be done."),
    Step.BROKEN_OFF: _("Why it does not go on, and what is done instead."),
}


class StartReferralForm(forms.Form):
    hospital = forms.ModelChoiceField(label=_("Hospital"), queryset=Hospital.objects.none(), empty_label=None)
    reason = words(
        _("Assessment: why a hospital"), rows=5, hint=_("What was seen and said. No diagnosis; that is the hospital's.")
    )

    def __init__(self, hospitals: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hospital"].queryset = hospitals  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """What is said at one step; it carries which one, for another may have come up meanwhile."""

    step = forms.CharField(widget=forms.HiddenInput, required=False)
    text = words(_("In words"), rows=4)
    happened_at = moment(_("When"), required=False, hint=_("Leave it empty for now."))
    letter = ScanField(
        label=_("Letter or form"), required=False, help_text=_("A photo or PDF of at most 10 MB, kept encrypted.")
    )

    def __init__(self, step: Step, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["step"].initial = step.value
        self.fields["text"].help_text = HINTS.get(step, "")
        if step == Step.REPLIED:
            self.fields["text"].label = _("The hospital's opinion, quoted")

    @property
    def stamp(self) -> Stamp:
        return Stamp(**{name: value for name, value in self.cleaned_data.items() if name != "step"})


class HospitalForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Hospital
        fields = ("name", "department", "address", "phone", "green_channel", "is_active")
