"""What counselors enter: how a session went, hours, days off, themselves, credentials, who came in."""

from datetime import date
from typing import Any

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.forms.booking import KINDS, TimeField
from counseling.models import Counselor, Room
from counseling.models.labels import (
    BOOKING_STATE_LABELS,
    CHANNEL_LABELS,
    CREDENTIAL_KIND_LABELS,
    HOURS_USE_LABELS,
    SESSION_KIND_LABELS,
    TOPIC_LABELS,
    TRIAGE_LABELS,
    WEEKS_LABELS,
)
from counseling.rules.kinds import BookingState, CredentialKind, HoursUse, SessionKind, Triage, Weeks
from counseling.services.outcomes import OUTCOMES
from counseling.services.staff import WeeklyHours
from crisis.forms.fields import day, moment, words
from kernel.formatting import WEEKDAYS

WEEKDAY_CHOICES = [(number, WEEKDAYS[number - 1]) for number in range(1, 8)]


class RecordForm(forms.Form):
    """How a session went, and when the next one is."""

    outcome = forms.TypedChoiceField(
        label=_("Did the student come?"),
        choices=[(state.value, BOOKING_STATE_LABELS[state]) for state in OUTCOMES],
        coerce=BookingState,
        widget=forms.RadioSelect,
    )
    next_time = forms.ChoiceField(
        label=_("Next time"),
        required=False,
        help_text=_("Free times of yours near the same hour. Nothing is booked if you choose none."),
    )

    def __init__(self, data: Any = None, *, times: list[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["next_time"].choices = [("", _("none yet")), *times]  # type: ignore[attr-defined]

    def clean_next_time(self) -> Any:
        value = self.cleaned_data["next_time"]
        return TimeField().clean(value) if value else None


class LinkForm(forms.Form):
    link = forms.URLField(
        label=_("Link to join"),
        required=False,
        max_length=300,
        assume_scheme="https",
        help_text=_("The student sees it from ten minutes before. Empty: none."),
    )


class CenterCancelForm(forms.Form):
    reason = words(
        _("Why"), rows=2, longest=300, required=False, hint=_("The student is told that it is cancelled, not why.")
    )


def clock(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput({"type": "time", "step": "300"}, "%H:%M"))


class HoursForm(forms.Form):
    weekday = forms.TypedChoiceField(label=_("Weekday"), choices=WEEKDAY_CHOICES, coerce=int)
    starts = clock(pgettext_lazy("time", "from"))
    ends = clock(pgettext_lazy("time", "to"))
    use = forms.TypedChoiceField(
        label=_("Used for"), choices=[(use.value, label) for use, label in HOURS_USE_LABELS.items()], coerce=HoursUse
    )
    weeks = forms.TypedChoiceField(
        label=_("Weeks"), choices=[(weeks.value, label) for weeks, label in WEEKS_LABELS.items()], coerce=Weeks
    )
    room = forms.ModelChoiceField(
        label=pgettext_lazy("booking", "Room"),
        required=False,
        queryset=Room.objects.none(),
        empty_label=pgettext_lazy("room", "any that is free"),
    )
    valid_from = day(_("Valid from"))
    valid_until = day(_("Valid until"), required=False)

    def __init__(self, data: Any = None, *, school_id: int) -> None:
        super().__init__(data, initial={"valid_from": localdate(), "weekday": 1, "starts": "14:00", "ends": "17:00"})
        rooms = Room.objects.usable().filter(school=school_id)
        self.fields["room"].queryset = rooms  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("Hours end on the same day, after they begin."))
        valid_from, valid_until = data.get("valid_from"), data.get("valid_until")
        if valid_from and valid_until and valid_until < valid_from:
            self.add_error("valid_until", _("The last day lies before the first."))
        return data

    @property
    def line(self) -> WeeklyHours:
        return WeeklyHours(**self.cleaned_data)


class ClosureForm(forms.Form):
    starts_at = moment(pgettext_lazy("time", "from"))
    ends_at = moment(pgettext_lazy("time", "to"))
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=200, help_text=_("You and the director can read it.")
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        starts_at, ends_at = data.get("starts_at"), data.get("ends_at")
        if starts_at and ends_at and ends_at <= starts_at:
            self.add_error("ends_at", _("The end comes after the beginning."))
        return data


class ProfileForm(forms.Form):
    intro = forms.CharField(
        label=_("A few words about yourself"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Students read it before they choose."),
    )
    topics = forms.MultipleChoiceField(
        label=pgettext_lazy("counselor", "Topics"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(topic.value, label) for topic, label in TOPIC_LABELS.items()],
    )
    kinds = forms.MultipleChoiceField(
        label=_("What can be booked"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(kind.value, SESSION_KIND_LABELS[kind]) for kind in KINDS],
        help_text=_("None chosen: any."),
    )
    channels = forms.MultipleChoiceField(
        label=_("Ways to talk"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=[(channel.value, label) for channel, label in CHANNEL_LABELS.items()],
        help_text=_("None chosen: any."),
    )
    campus = forms.CharField(label=_("Campus"), required=False, max_length=40)
    length = forms.IntegerField(label=_("Minutes of a session"), min_value=10, max_value=180)
    pause = forms.IntegerField(label=_("Minutes of pause after it"), min_value=0, max_value=60)
    weekly_cap = forms.IntegerField(label=_("Most sessions in a week"), min_value=0, max_value=60)
    takes_new = forms.BooleanField(label=_("Takes new students"), required=False)

    @classmethod
    def of(cls, counselor: Counselor) -> "ProfileForm":
        return cls(initial={name: getattr(counselor, name) for name in cls.base_fields})


class CredentialForm(forms.Form):
    kind = forms.TypedChoiceField(
        label=pgettext_lazy("credential", "Kind"),
        choices=[(kind.value, label) for kind, label in CREDENTIAL_KIND_LABELS.items()],
        coerce=CredentialKind,
    )
    number = forms.CharField(label=_("Number of the certificate"), required=False, max_length=60)
    issuer = forms.CharField(label=_("Issued by"), required=False, max_length=80)
    starts_on = day(_("Valid from"))
    ends_on = day(_("Valid until"), required=False, hint=_("Leave it empty if it has no end."))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("starts_on"), data.get("ends_on")
        if isinstance(first, date) and isinstance(last, date) and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return data


class WalkInForm(forms.Form):
    number = forms.CharField(label=_("Student number"), max_length=30, widget=forms.TextInput({"autocomplete": "off"}))
    kind = forms.TypedChoiceField(
        label=pgettext_lazy("booking", "What for"),
        choices=[(kind.value, SESSION_KIND_LABELS[kind]) for kind in KINDS],
        coerce=SessionKind,
    )
    triage = forms.TypedChoiceField(
        label=pgettext_lazy("booking", "How soon"),
        choices=[(int(triage), label) for triage, label in TRIAGE_LABELS.items()],
        coerce=lambda value: Triage(int(value)),
        widget=forms.RadioSelect,
        initial=int(Triage.SOON),
        help_text=_("“Today” puts the student into the urgent queue above."),
    )
