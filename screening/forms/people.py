from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.models import Unit, User
from screening.forms.days import DayField
from screening.rules.days import LONGEST_TRAINING


class PersonField(forms.CharField):
    """Somebody of the school, by staff number."""

    school: Unit

    def clean(self, value: Any) -> User:
        number = super().clean(value)
        user = User.objects.filter(number=number.strip(), school=self.school, is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("Nobody of your school has this number."), code="not-found")
        return user


class TrainingForm(forms.Form):
    user = PersonField(label=_("Staff number"), max_length=30)
    course = forms.CharField(label=pgettext_lazy("operator training", "Course"), max_length=80)
    completed_on = DayField(label=_("Completed on"))
    valid_until = DayField(label=_("Valid until"), required=False)

    def __init__(self, *args: Any, school: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].school = school  # type: ignore[attr-defined]
        self.fields["completed_on"].initial = localdate

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        completed_on, valid_until = cleaned.get("completed_on"), cleaned.get("valid_until")
        if completed_on and valid_until and valid_until < completed_on:
            self.add_error("valid_until", _("This lies before the day of the training."))
        if completed_on and valid_until and valid_until > completed_on + LONGEST_TRAINING:
            self.add_error("valid_until", _("A training is valid for at most ten years from its day on."))
        return cleaned


class RelationForm(forms.Form):
    counselor = PersonField(label=_("Counselor's staff number"), max_length=30)
    unit = forms.CharField(label=_("Class or college"), max_length=80, help_text=_("Its name or code."))

    def __init__(self, *args: Any, school: Unit, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.school = school
        self.fields["counselor"].school = school  # type: ignore[attr-defined]

    def clean_unit(self) -> Unit:
        words = self.cleaned_data["unit"].strip()
        units = Unit.objects.of_school(self.school).active().filter(level__in=["class", "college"])
        unit: Unit | None = units.filter(name=words).first() or units.filter(code=words).first()
        if unit is None:
            raise forms.ValidationError(_("There is no such class or college in your school."), code="not-found")
        return unit


class ExemptionForm(forms.Form):
    reason = forms.CharField(
        label=_("Why need they not take part?"),
        max_length=300,
        widget=forms.Textarea({"rows": 3, "data-private": True}),
        help_text=_("For example: on exchange this term. The center decides."),
    )
