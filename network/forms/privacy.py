from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.forms.days import DayField
from network.models import DataRequest, Student, User
from network.rules import Ability

LONG = {"rows": 4, "data-private": True}


class PeriodForm(forms.Form):
    kind = forms.CharField(max_length=60)
    months = forms.IntegerField(min_value=1, max_value=600)


class RequestForm(forms.Form):
    words = forms.CharField(
        label=_("What should be put right, or what went wrong?"), max_length=1000, widget=forms.Textarea(attrs=LONG)
    )

    def __init__(self, data: Any = None, *, kind: DataRequest.Kind) -> None:
        super().__init__(data)
        if kind == DataRequest.Kind.ERASURE:
            self.fields["words"].label = _("Would you like to say why?")
            self.fields["words"].required = False


class StudentForm(forms.Form):
    """Names one student whose data the reader decides about, by the whole number."""

    number = forms.CharField(label=_("Student number"), max_length=30, widget=forms.TextInput({"autocomplete": "off"}))

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data)
        self.by = by
        self.student: Student | None = None

    def clean_number(self) -> str:
        number: str = self.cleaned_data["number"].strip()
        visible = Student.objects.visible_to(self.by, Ability.DECIDE_ERASURE)
        self.student = visible.select_related("school", "school_class").filter(number=number).first()
        if self.student is None:
            raise forms.ValidationError(_("No student of your university has this number."))
        return number


class EnteredRequestForm(StudentForm):
    kind = forms.ChoiceField(label=_("What is asked"), choices=DataRequest.Kind.choices)
    words = forms.CharField(
        label=_("In the student's words"),
        help_text=_("Also how and when it was asked: by letter, by phone, in person."),
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


class HoldForm(StudentForm):
    case_number = forms.CharField(label=_("File number of the case"), max_length=40, required=False)
    ends_on = DayField(label=_("In force until"), help_text=_("The last day on which nothing is deleted."))
    reason = forms.CharField(label=_("Reason"), max_length=500, widget=forms.Textarea(attrs=LONG))


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer to the student"),
        help_text=_("What was put right, or why not, and whom to turn to."),
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )


class DecisionForm(forms.Form):
    grant = forms.ChoiceField(
        label=_("Decision"),
        choices=[("yes", _("Erase what may be erased")), ("no", _("Do not erase"))],
        widget=forms.RadioSelect,
    )
    erase_on = DayField(
        label=_("From which day"),
        required=False,
        help_text=_("Today erases at once. What is erased does not come back, not even from a backup."),
    )
    reason = forms.CharField(
        label=_("Reason, as the student reads it"),
        help_text=_("Name what stays and on what ground; the list is on this page."),
        max_length=1000,
        widget=forms.Textarea(attrs=LONG),
    )

    def clean(self) -> dict[str, Any]:
        entered = self.cleaned_data
        if entered.get("grant") == "yes" and not entered.get("erase_on") and "erase_on" not in self.errors:
            self.add_error("erase_on", _("Choose the day on which it is erased."))
        return entered
