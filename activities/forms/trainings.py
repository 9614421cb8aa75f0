import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from activities.forms.program_fields import DayField, NumberField, ProofField, SaveForm, choice, words
from activities.models.program_labels import AUDIENCE_LABELS, ORGANIZER_LABELS, TRAINING_KIND_LABELS
from activities.rules.program import TrainingKind

BETWEEN = re.compile(r"[\s,，、;；]+")
NUMBER = re.compile(r"[0-9A-Za-z_-]{1,30}")
MOST_NUMBERS = 2000


class TrainingForm(SaveForm):
    """A training of one's own."""

    kind = choice(_("Kind"), TRAINING_KIND_LABELS, widget=forms.RadioSelect)
    title = words(_("Title of the training"), 120)
    organizer = words(_("Organizer"), 80)
    level = choice(
        _("Kind of organizer"),
        ORGANIZER_LABELS,
        help_text=_(
            "Conferences count when a provincial authority or above holds them, or a learned society of second level"
            " or above."
        ),
    )
    day = DayField(label=_("Last day"))
    hours = NumberField(
        label=_("Hours"), least="0.5", most="200", places=1, required=False, help_text=_("For trainings, in halves.")
    )
    upload = ProofField(label=_("Certificate"), help_text=_("A picture or PDF."))

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("kind") == TrainingKind.HOURS and given.get("hours") is None and "hours" not in self.errors:
            self.add_error("hours", _("Give the hours of the training."))
        return given


class LessonForm(SaveForm):
    """A training that the center held."""

    title = words(_("Title of the training"), 120)
    audience = choice(_("For"), AUDIENCE_LABELS)
    day = DayField(label=_("Day"))
    hours = NumberField(label=_("Hours"), least="0.5", most="200", places=1)


class AttendanceForm(SaveForm):
    numbers = forms.CharField(
        label=_("Numbers of those who took part"),
        help_text=_("Staff or student numbers, with spaces or on lines of their own."),
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=60_000,
    )

    def clean_numbers(self) -> list[str]:
        numbers = [number for number in BETWEEN.split(self.cleaned_data["numbers"]) if number]
        wrong = next((number for number in numbers if not NUMBER.fullmatch(number)), None)
        if wrong is not None:
            raise forms.ValidationError(_("“%(value)s” is no number."), params={"value": wrong[:20]})
        if len(numbers) > MOST_NUMBERS:
            raise forms.ValidationError(_("Give at most %(most)s numbers at once."), params={"most": MOST_NUMBERS})
        return numbers
