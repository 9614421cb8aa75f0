"""One student's line on a form, and the sheet that holds a line for everybody who is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from network.models import Student
from reporting.models import Line
from reporting.models.labels import EVENT_LABELS, HELP_LABELS, SIGN_LABELS, STATUS_LABELS
from reporting.rules.dorm_lines import OBSERVATION_LENGTH, Status, mask
from reporting.services import LineEntry

WHEREABOUTS_LENGTH = 100


class Flags(forms.TypedMultipleChoiceField):
    """Ticked flags, cleaned to their mask."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, labels: Mapping[Any, Any], **options: Any) -> None:
        self.flags = [int(flag) for flag in labels]
        choices = [(int(flag), label) for flag, label in labels.items()]
        super().__init__(choices=choices, coerce=int, required=False, **options)

    def clean(self, value: Any) -> int:
        return mask(super().clean(value))

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, int):
            return value
        return [flag for flag in self.flags if value & flag]


class LineForm(forms.Form):
    status = forms.TypedChoiceField(
        label=_("Weather"),
        coerce=lambda value: Status(int(value)),
        choices=[(int(status), label) for status, label in STATUS_LABELS.items()],
        widget=forms.RadioSelect,
        initial=int(Status.CLEAR),
        error_messages={"required": _("Choose the weather.")},
    )
    observation = forms.CharField(
        label=_("What did you see or hear?"),
        help_text=_("What you saw or heard, in your own words. No diagnosis, no guesses."),
        max_length=OBSERVATION_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-private": True, "autocomplete": "off"}),
    )
    where = forms.CharField(
        label=_("Where is the person now?"),
        max_length=WHEREABOUTS_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"data-private": True, "autocomplete": "off"}),
    )
    company = forms.CharField(
        label=_("Is somebody with them? Who?"),
        max_length=WHEREABOUTS_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"data-private": True, "autocomplete": "off"}),
    )
    signs = Flags(SIGN_LABELS, label=_("Signs"))
    events = Flags(EVENT_LABELS, label=_("Something happened"))
    helps = Flags(HELP_LABELS, label=_("Help given"))

    def __init__(
        self, student: Student, data: Any = None, *, line: Line | None = None, prefix: str | None = None
    ) -> None:
        names = ("status", "observation", "signs", "events", "helps")
        initial = {name: getattr(line, name) for name in names} if line else {}
        super().__init__(data, prefix=prefix or str(student.pk), initial=initial)
        self.student = student

    @property
    def chosen(self) -> int:
        """The weather the page shows: what was typed, what was filed, or clear."""
        value = self["status"].value()
        return int(value) if str(value).isdigit() else int(Status.CLEAR)

    @property
    def is_open(self) -> bool:
        """Whether the details stand open when the page arrives."""
        return self.chosen > Status.CLEAR or bool(self.errors)

    @property
    def evidence(self) -> str:
        """What an alarm says, however much of it is there yet."""
        texts = [self.data.get(self.add_prefix(name), "").strip() for name in ("observation", "where", "company")]
        observation, where, company = texts
        parts = (observation, whereabouts(where, company))
        # A character that the database does not take must not stop an alarm.
        return "\n".join(part[:OBSERVATION_LENGTH].replace("\x00", "") for part in parts if part)

    def entry(self) -> LineEntry:
        data = self.cleaned_data
        # Fair weather needs no words: what was ticked before somebody thought better of it is not kept.
        if data["status"] == Status.CLEAR:
            return LineEntry(self.student.pk, Status.CLEAR)
        thunder = data["status"] == Status.THUNDER
        return LineEntry(
            self.student.pk,
            data["status"],
            signs=data["signs"],
            events=data["events"],
            helps=data["helps"],
            observation=data["observation"],
            whereabouts=whereabouts(data["where"], data["company"]) if thunder else "",
        )


class AlarmForm(LineForm):
    """The three fields of an alarm alone, for one of those who are there."""

    student_id = forms.ChoiceField(label=_("Who needs help?"), error_messages={"required": _("Choose who needs help.")})
    field_order = ["student_id", "observation", "where", "company"]

    def __init__(self, residents: Iterable[Student], data: Any = None) -> None:
        forms.Form.__init__(self, data)
        for name in ("status", "signs", "events", "helps"):
            del self.fields[name]
        who = self.fields["student_id"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = [("", "—"), *((str(student.pk), student.name) for student in residents)]


class Sheet:
    """A filing with a line form for each present student; bound for those the sender had on the page."""

    def __init__(
        self, head: forms.Form, residents: Iterable[Student], lines: Iterable[Line] = (), data: QueryDict | None = None
    ) -> None:
        self.head, self.data = head, data
        filed = {line.student_id: line for line in lines}
        sent = data.getlist("student") if data is not None else []
        self.lines = [
            LineForm(student, data if str(student.pk) in sent else None, line=filed.get(student.pk))
            for student in residents
        ]
        present = {form.student.pk for form in self.lines}
        self.gone = {UUID(pk) for pk in sent if is_uuid(pk)} - present

    def is_valid(self) -> bool:
        # Every part is looked at, so that all its errors are shown at once.
        return all([self.head.is_valid(), *(form.is_valid() for form in self.lines if form.is_bound)])

    def entries(self) -> list[LineEntry]:
        """What was sent; somebody who left meanwhile is kept in it, so that the service sees the difference."""
        left = [LineEntry(pk, Status.CLEAR) for pk in self.gone]
        return [form.entry() for form in self.lines if form.is_bound] + left

    def in_thunder(self) -> list[LineForm]:
        """Those for whom help must come now, whatever else is wrong with the form."""
        return [form for form in self.lines if form.is_bound and form.chosen == Status.THUNDER]

    def left_in_thunder(self) -> list[UUID]:
        """Those whom the page showed in thunder and who have left meanwhile."""
        if self.data is None:
            return []
        return [pk for pk in self.gone if self.data.get(f"{pk}-status") == str(int(Status.THUNDER))]

    def calmed(self) -> frozenset[UUID]:
        """Those for whom an alarm went out, and of whom the sender says that everything is clear."""
        return calmed_in(self.data)

    @property
    def opened(self) -> bool:
        """Whether the lines stand open: somebody was below clear weather, or something was typed."""
        return any(form.is_bound or form.is_open for form in self.lines)

    def faulty(self) -> list[LineForm]:
        return [form for form in self.lines if form.errors]


def whereabouts(where: str, company: str) -> str:
    parts = [(_("Where: %(text)s"), where), (_("With them: %(text)s"), company)]
    return "\n".join(str(label % {"text": text}) for label, text in parts if text)


def is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def calmed_in(data: QueryDict | None) -> frozenset[UUID]:
    """The students that a form names as clear again after an alarm."""
    return frozenset(UUID(pk) for pk in data.getlist("calmed") if is_uuid(pk)) if data is not None else frozenset()
