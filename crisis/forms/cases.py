from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.forms.fields import CriteriaField, PeopleField, PersonField, day, level_field, moment, words
from crisis.models import Case
from crisis.models.labels import GROUND_LABELS, LEVEL_LABELS
from crisis.rules import CLOSED, AlertLevel, Ground, one_step_down
from crisis.services.cases.lifecycle import Opening
from crisis.services.cases.lowering import Reassessment
from network.models import Unit, User


class CandidatesMixin(forms.Form):
    """A form that lets one choose among the people who may answer for the case."""

    def __init__(self, candidates: Iterable[User], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(pk__in=[person.pk for person in candidates]).order_by("name", "pk")
        for field in self.fields.values():
            if isinstance(field, PersonField | PeopleField):
                field.queryset = people


class OpenCaseForm(CandidatesMixin):
    level = level_field()
    criteria = CriteriaField(
        label=_("Reportable groups"), error_messages={"required": _("Tick at least one group this belongs to.")}
    )
    situation = words(
        _("The situation in short"),
        hint=_("What was seen and said, who is with the student now. No diagnosis; quote a hospital's opinion."),
    )
    owner = PersonField(label=_("Who answers for the case"), empty_label=None)
    deputy = PersonField(label=_("Deputy"), required=False, empty_label=_("nobody yet"))
    abuse_feared = forms.BooleanField(label=_("Abuse at home is feared: do not call the family"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("owner") and data.get("owner") == data.get("deputy"):
            self.add_error("deputy", _("The deputy is somebody else than the owner."))
        return data

    @property
    def opening(self) -> Opening:
        return Opening(**self.cleaned_data)


class NoteForm(forms.Form):
    is_contact = forms.TypedChoiceField(
        label=_("Kind"),
        choices=[("1", pgettext_lazy("note", "Contact with the student")), ("0", pgettext_lazy("note", "Note"))],
        coerce=lambda value: value == "1",
        initial="1",
        widget=forms.RadioSelect,
    )
    text = words(_("What was said or done"), rows=4)
    happened_at = moment(_("When"), required=False, hint=_("Leave it empty for now."))


class RaiseForm(forms.Form):
    level = level_field(least=AlertLevel.ORANGE)
    reason = words(_("What has changed"))


class EditCaseForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    situation = words(_("The situation in short"), rows=5)
    criteria = CriteriaField(label=_("Reportable groups"))
    abuse_feared = forms.BooleanField(label=_("Abuse at home is feared: do not call the family"), required=False)

    @classmethod
    def of(cls, case: Case) -> "EditCaseForm":
        names = ("version", "situation", "criteria", "abuse_feared")
        return cls(initial={name: getattr(case, name) for name in names})


class TransferForm(CandidatesMixin):
    version = forms.IntegerField(widget=forms.HiddenInput)
    owner = PersonField(label=_("Who answers for the case"), empty_label=None)
    deputy = PersonField(label=_("Deputy"), required=False, empty_label=_("nobody yet"))


class LoweringForm(forms.Form):
    to = forms.TypedChoiceField(label=_("Asked for"), coerce=int, widget=forms.RadioSelect)
    ground = forms.ChoiceField(
        label=_("Ground, if the case is to be closed"),
        choices=[("", "–"), *[(ground.value, text) for ground, text in GROUND_LABELS.items()]],
        required=False,
    )
    reassessment = words(
        _("Reassessment"),
        rows=5,
        hint=_("Risk now, sources of support, what has changed since the last time, and what has not."),
    )

    def __init__(self, case: Case, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        down = one_step_down(AlertLevel(case.level))
        step = [(down, _("Lower to %(level)s") % {"level": LEVEL_LABELS[AlertLevel(down)]})] if down else []
        self.fields["to"].choices = [*step, (CLOSED, _("Close the case"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("to") == CLOSED and not data.get("ground"):
            self.add_error("ground", _("Say on which ground the case may be closed."))
        return data

    @property
    def asked(self) -> Reassessment:
        data = self.cleaned_data
        ground = Ground(data["ground"]) if data["to"] == CLOSED else None
        return Reassessment(data["to"], data["reassessment"], ground)


class DecisionForm(forms.Form):
    grant = forms.TypedChoiceField(
        label=_("Your decision"),
        choices=[("1", _("I agree")), ("0", _("I do not agree"))],
        coerce=lambda value: value == "1",
        widget=forms.RadioSelect,
    )
    note = words(_("Why"), rows=2, longest=1000, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("grant") is False and not data.get("note"):
            self.add_error("note", _("Say what stands against it, so that the team knows what to work on."))
        return data


class ReopenForm(CandidatesMixin):
    level = level_field()
    reason = words(_("What has happened"))
    owner = PersonField(label=_("Who answers for the case"), empty_label=None)


class PlanForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    supports = words(_("Sources of support"), required=False)
    risks = words(_("What may trigger danger, and the signs"), required=False)
    goals = words(
        _("Goals, one a line"), rows=4, required=False, hint=_("For example: sleeps before one o'clock · room-mate")
    )
    review_on = day(_("Review on"), required=False)


class TaskForm(CandidatesMixin):
    assignee = PersonField(label=pgettext_lazy("case task", "Who is asked"), empty_label=None)
    text = words(
        _("What is asked for"), longest=500, hint=_("They see these words and the name, never the level or the case.")
    )
    due_on = day(pgettext_lazy("case task", "By"))


class TaskAnswerForm(forms.Form):
    answer = words(pgettext_lazy("case task", "What came of it"), longest=1000)


class CaseFilter(forms.Form):
    q = forms.CharField(label=_("Search"), required=False, max_length=40)
    level = forms.TypedChoiceField(
        label=pgettext_lazy("alert level", "Level"),
        required=False,
        choices=[("", _("All")), *[(int(level), text) for level, text in LEVEL_LABELS.items()]],
        coerce=int,
        empty_value=None,
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("cases", "Open")),
            ("overdue", pgettext_lazy("cases", "Overdue")),
            ("pending", pgettext_lazy("cases", "Waiting for a decision")),
            ("mine", pgettext_lazy("cases", "Mine")),
            ("closed", pgettext_lazy("cases", "Closed")),
        ],
    )
    college = forms.ModelChoiceField(
        label=_("College"), required=False, queryset=Unit.objects.none(), empty_label=_("All")
    )
    sort = forms.ChoiceField(
        label=_("Sorted by"),
        required=False,
        choices=[
            ("", _("Most pressing")),
            ("due", _("Next report")),
            ("new", _("Newest")),
            ("name", _("Name")),
        ],
    )

    def __init__(self, colleges: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["college"].queryset = colleges  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """What is filtered by; what cannot be read is left out."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
