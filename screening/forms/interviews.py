from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.forms.filters import FilterForm
from network.models import User
from screening.models.captions import ACTION_LABELS, OUTCOME_LABELS, URGENCY_LABELS
from screening.models.interviews import InterviewQuerySet
from screening.rules.interviews import Action, Outcome
from screening.services import Finding


class FindingForm(forms.Form):
    outcome = forms.ChoiceField(
        label=_("What came of it"),
        widget=forms.RadioSelect,
        choices=list(OUTCOME_LABELS.items()),
        error_messages={"required": _("Choose A, B or C.")},
    )
    note = forms.CharField(
        label=_("What was talked about"),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 6, "data-private": True}),
        help_text=_("For you alone. Say what was seen and agreed; no diagnosis."),
    )
    action = forms.ChoiceField(label=_("What the college does"), choices=list(ACTION_LABELS.items()))
    tells_college = forms.BooleanField(
        label=_("Tell the college: name, level and what to do, nothing else"), required=False
    )
    tells_fudaoyuan = forms.BooleanField(label=_("The fudaoyuan shall look after it"), required=False)
    hands_over = forms.BooleanField(label=_("Hand over to crisis care now: an alarm goes out at once"), required=False)
    to_counseling = forms.BooleanField(
        label=_("Hand over to counseling: the center's director finds a counselor"), required=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("tells_fudaoyuan") and not cleaned.get("tells_college"):
            self.add_error("tells_college", _("The fudaoyuan hears it through the college: tick this too."))
        tells_counseling = cleaned.get("tells_college") and cleaned.get("action") == Action.COUNSELING
        if cleaned.get("to_counseling") and tells_counseling:
            self.add_error("action", _("The college does not learn who goes to counseling; choose something else."))
        for name in ("hands_over", "to_counseling"):
            if cleaned.get("outcome") == Outcome.C and cleaned.get(name):
                self.add_error(name, _("Somebody who is well is not handed over; choose A or B."))
        return cleaned

    @property
    def finding(self) -> Finding:
        said = self.cleaned_data
        return Finding(
            outcome=Outcome(said["outcome"]),
            note=said["note"],
            action=Action(said["action"]),
            tells_college=said["tells_college"],
            tells_fudaoyuan=said["tells_fudaoyuan"],
            hands_over=said["hands_over"],
            to_counseling=said["to_counseling"],
        )


class AssignForm(forms.Form):
    counselor = forms.ChoiceField(label=_("Counselor"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(counselor.pk): counselor for counselor in people}
        self.fields["counselor"].choices = [(pk, counselor.name) for pk, counselor in self.people.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> User:
        return self.people[self.cleaned_data["counselor"]]


class InterviewFilter(FilterForm):
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        required=False,
        choices=[("", _("All")), *((str(int(key)), label) for key, label in URGENCY_LABELS.items())],
    )
    state = forms.ChoiceField(
        label=_("Shown"), required=False, choices=[("", _("Still owed")), ("done", _("Settled")), ("all", _("All"))]
    )

    def apply(self, talks: InterviewQuerySet) -> InterviewQuerySet:
        asked = self.asked
        if asked.get("state") == "done":
            talks = talks.exclude(settled_at=None).order_by("-settled_at", "pk")
        elif asked.get("state") != "all":
            talks = talks.open().longest_wait_first()
        return talks.filter(urgency=asked["urgency"]) if "urgency" in asked else talks
