from typing import Any

from django import forms
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models import Counselor, Session
from counseling.models.course_labels import CLOSING_LABELS, PHRASE_LABELS
from counseling.rules.courses import CHOSEN, LEAST_LIMIT, MOST_LIMIT, NOTE_MOST, SUMMARY_MOST, Closing, Phrase
from counseling.rules.measures import GOALS_MOST, SUDS_MOST, WHO5_ITEMS, WHO5_MOST, Goal
from crisis.forms.fields import words


class SessionField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{localtime(obj.starts_at):%Y-%m-%d %H:%M}"


class CounselorField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user.name)


class OpenCourseForm(forms.Form):
    limit = forms.IntegerField(
        label=_("Sessions at most"),
        min_value=LEAST_LIMIT,
        max_value=MOST_LIMIT,
        initial=8,
        help_text=_("It can be changed later."),
    )


class NoteForm(forms.Form):
    session = SessionField(
        queryset=Session.objects.none(), label=pgettext_lazy("note", "Of which session"), required=False
    )
    text = words(
        pgettext_lazy("note", "Note"),
        rows=8,
        longest=NOTE_MOST,
        hint=_("You alone read it. It cannot be changed; a correction is another note. No diagnosis."),
    )

    def __init__(self, sessions: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["session"].queryset = sessions  # type: ignore[attr-defined]


class LimitForm(forms.Form):
    limit = forms.IntegerField(label=_("Sessions at most"), min_value=LEAST_LIMIT, max_value=MOST_LIMIT)


class CloseForm(forms.Form):
    closing = forms.TypedChoiceField(
        label=_("Why it ends"),
        choices=[(reason.value, CLOSING_LABELS[reason]) for reason in CHOSEN],
        coerce=Closing,
        widget=forms.RadioSelect,
    )


class TransferForm(forms.Form):
    to = CounselorField(queryset=Counselor.objects.none(), label=_("To whom"))
    summary = words(
        _("Summary for the new counselor"),
        rows=6,
        longest=SUMMARY_MOST,
        hint=_("The student reads it before saying yes. Your notes do not pass on."),
    )

    def __init__(self, counselors: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["to"].queryset = counselors  # type: ignore[attr-defined]


class MessageForm(forms.Form):
    phrase = forms.TypedChoiceField(
        label=_("What fudaoyuan and college would read"),
        help_text=_("It goes out if the student says yes. Nothing says whether or how often somebody comes."),
        choices=[(phrase.value, label) for phrase, label in PHRASE_LABELS.items()],
        coerce=Phrase,
        widget=forms.RadioSelect,
    )


class Who5Form(forms.Form):
    """The five answers by number: the portal holds no text of the scale."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, WHO5_ITEMS + 1):
            label = _("Item %(number)s") % {"number": number}
            self.fields[f"item{number}"] = forms.IntegerField(label=label, min_value=0, max_value=WHO5_MOST)

    @property
    def items(self) -> list[int]:
        return [self.cleaned_data[f"item{number}"] for number in range(1, WHO5_ITEMS + 1)]


class SudsForm(forms.Form):
    value = forms.IntegerField(label=_("Distress now, 0 to 10"), min_value=0, max_value=SUDS_MOST)

    @property
    def items(self) -> list[int]:
        return [self.cleaned_data["value"]]


class GoalsForm(forms.Form):
    """Up to five goals; the goals themselves stand in the notes."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for number in range(1, GOALS_MOST + 1):
            names = {"number": number}
            self.fields[f"weight{number}"] = forms.IntegerField(
                label=_("Goal %(number)s: weight 1 to 5") % names, min_value=1, max_value=5, required=number == 1
            )
            self.fields[f"level{number}"] = forms.IntegerField(
                label=_("Goal %(number)s: −2 to +2") % names, min_value=-2, max_value=2, required=number == 1
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for number in range(1, GOALS_MOST + 1):
            pair = [data.get(f"weight{number}"), data.get(f"level{number}")]
            if (pair[0] is None) != (pair[1] is None) and not self.errors:
                self.add_error(f"level{number}", _("A goal needs both numbers."))
        return data

    @property
    def items(self) -> list[Goal]:
        pairs = [(self.cleaned_data.get(f"weight{n}"), self.cleaned_data.get(f"level{n}")) for n in range(1, 6)]
        return [Goal(weight, level) for weight, level in pairs if weight is not None and level is not None]


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Your answer"),
        choices=[("yes", pgettext_lazy("answer", "Yes, I agree")), ("no", pgettext_lazy("answer", "No, please not"))],
        widget=forms.RadioSelect,
    )

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data["answer"] == "yes")


class TakeOnForm(forms.Form):
    answer = forms.ChoiceField(
        label=_("Do you take this client on?"),
        choices=[
            ("yes", pgettext_lazy("answer", "Yes, I take them on")),
            ("no", pgettext_lazy("answer", "No, I cannot")),
        ],
        widget=forms.RadioSelect,
    )

    @property
    def agrees(self) -> bool:
        return bool(self.cleaned_data["answer"] == "yes")
