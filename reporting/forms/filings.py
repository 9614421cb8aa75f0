from typing import Any
from uuid import uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from reporting.forms.lines import Flags
from reporting.models import Report
from reporting.models.labels import TOPIC_LABELS
from reporting.services import ClassEntry, LineEntry

MOODS = [
    (1, _("1 · very low")),
    (2, _("2 · low")),
    (3, _("3 · so-so")),
    (4, _("4 · good")),
    (5, _("5 · very good")),
]
LONG = 500


class FilingForm(forms.Form):
    """What every filing carries: the revision it was written on, and an id made when the page was."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    def sent(self) -> dict[str, Any]:
        return {"revision": self.cleaned_data["revision"], "client_id": self.cleaned_data["client_id"]}

    def renew(self, report: Report) -> None:
        """After a refusal the next sending is a new one, on top of what is filed now."""
        assert isinstance(self.data, QueryDict)
        data = self.data.copy()
        data["revision"], data["client_id"] = str(report.revision), str(uuid4())
        self.data = data


def first_filing(report: Report) -> dict[str, object]:
    """The hidden fields of a fresh page."""
    return {"revision": report.revision, "client_id": uuid4()}


class ClassForm(FilingForm):
    mood_index = forms.TypedChoiceField(
        label=_("Mood of the class"),
        help_text=_("How the class feels on the whole this month."),
        choices=MOODS,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    topics = Flags(TOPIC_LABELS, label=_("What people talk about"))
    activity = forms.CharField(
        label=_("Activity held"),
        help_text=_("For example a class meeting about sleep. Leave it empty if there was none."),
        max_length=200,
        required=False,
    )
    requests = forms.CharField(
        label=_("What the class wishes for"),
        help_text=_("The fudaoyuan and the college read this."),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-private": True}),
    )
    missing_reason = forms.CharField(
        label=_("Why are reports missing?"),
        help_text=_("Only if dorm reports are missing and you file all the same."),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-private": True}),
    )

    @classmethod
    def blank(cls, report: Report) -> "ClassForm":
        names = ("mood_index", "topics", "activity", "requests", "missing_reason")
        return cls(initial={**first_filing(report), **{name: getattr(report, name) for name in names}})

    def entry(self, lines: list[LineEntry]) -> ClassEntry:
        names = ("mood_index", "topics", "activity", "requests", "missing_reason")
        return ClassEntry(**{name: self.cleaned_data[name] for name in names}, lines=lines)


class CollegeForm(FilingForm):
    narrative = forms.CharField(
        label=_("How the month was"),
        help_text=_("A suggestion made from the figures; change it freely. No names of students."),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 9, "data-private": True}),
    )
    missing_reason = forms.CharField(
        label=_("Why are reports missing?"),
        help_text=_("Only if class reports are missing and you file all the same."),
        max_length=LONG,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-private": True}),
    )

    @classmethod
    def blank(cls, report: Report, suggestion: str) -> "CollegeForm":
        texts = {"narrative": report.narrative or suggestion, "missing_reason": report.missing_reason}
        return cls(initial={**first_filing(report), **texts})

    def texts(self) -> dict[str, Any]:
        return {"narrative": self.cleaned_data["narrative"], "missing_reason": self.cleaned_data["missing_reason"]}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONG,
        error_messages={"required": _("Say in a few words what should be added or put right.")},
        widget=forms.Textarea(attrs={"rows": 3}),
    )
