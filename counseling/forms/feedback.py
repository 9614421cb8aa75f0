from typing import Any

from django import forms
from django.utils.translation import pgettext_lazy

from counseling.services.feedback import Answers

SCALE = [
    ("5", pgettext_lazy("feedback", "fully")),
    ("4", pgettext_lazy("feedback", "mostly")),
    ("3", pgettext_lazy("feedback", "partly")),
    ("2", pgettext_lazy("feedback", "hardly")),
    ("1", pgettext_lazy("feedback", "not at all")),
]
LABELS = {
    "heard": pgettext_lazy("feedback", "I felt heard"),
    "goals": pgettext_lazy("feedback", "We talked about what matters to me"),
    "way": pgettext_lazy("feedback", "The way of working suits me"),
    "overall": pgettext_lazy("feedback", "All in all it was good for me"),
}


class FeedbackForm(forms.Form):
    """Four lines, each from fully to not at all."""

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, label in LABELS.items():
            self.fields[name] = forms.TypedChoiceField(label=label, choices=SCALE, coerce=int, widget=forms.RadioSelect)

    @property
    def answers(self) -> Answers:
        return Answers(**self.cleaned_data)
