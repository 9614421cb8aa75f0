from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from crisis.forms.cases import CandidatesMixin
from crisis.forms.fields import PeopleField, moment, words
from crisis.services.care.safety_watches import Turn


class TurnForm(CandidatesMixin):
    people = PeopleField(label=_("Who is there"), required=False, help_text=_("Two people at a time at least."))
    others = words(
        _("Others, one a line: name and phone"),
        rows=2,
        longest=300,
        required=False,
        hint=_("Relatives, guards, colleagues without an account. Never room-mates."),
    )
    starts_at = moment(_("From"))
    ends_at = moment(_("To"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end comes after the beginning."))
        if not data.get("people") and not data.get("others"):
            self.add_error("people", _("Name the people who are there, if possible two."))
        return data

    @property
    def turn(self) -> Turn:
        data = self.cleaned_data
        others = [line.strip() for line in data["others"].splitlines() if line.strip()]
        return Turn(data["starts_at"], data["ends_at"], list(data["people"]), others)


class StartWatchForm(TurnForm):
    place = forms.CharField(label=_("Where the student is"), max_length=200)
    instructions = words(
        _("What to look after"),
        longest=1000,
        required=False,
        hint=_("For example: no balcony, no knives; phone 120 if …"),
    )
    field_order = ("place", "instructions", "people", "others", "starts_at", "ends_at")


class HandOverForm(forms.Form):
    handover = words(
        _("What the next one must know"), longest=1000, hint=_("Sleep, food, mood, what was said, medicine taken.")
    )


class EndWatchForm(forms.Form):
    handed_to = words(
        _("To whom the student was handed over"),
        rows=2,
        longest=300,
        hint=_("Family or hospital: name, relation or ward, phone."),
    )
