"""What students choose and send on the way to a time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models import Counselor
from counseling.models.labels import CHANNEL_LABELS, SESSION_KIND_LABELS, TRIAGES
from counseling.rules.kinds import Channel, SessionKind, Triage

KINDS = (SessionKind.FIRST_TALK, SessionKind.INDIVIDUAL)
SHOWN_DIGITS = 4


@dataclass(frozen=True)
class TimeKey:
    """A free time as an address names it: whose, and when."""

    counselor: UUID
    starts_at: datetime

    def __str__(self) -> str:
        return f"{self.counselor}.{int(self.starts_at.timestamp())}"

    @classmethod
    def read(cls, text: str) -> "TimeKey | None":
        """The time that the text names; None where it names none."""
        counselor, _dot, seconds = text.partition(".")
        try:
            return cls(UUID(counselor), datetime.fromtimestamp(int(seconds)).astimezone())
        except (ValueError, OverflowError, OSError):
            return None


class TimeField(forms.CharField):
    """A free time, cleaned to its TimeKey."""

    widget = forms.HiddenInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=60, error_messages={"required": _("Choose a time.")}, **options)

    def clean(self, value: Any) -> TimeKey:
        key = TimeKey.read(super().clean(value))
        if key is None:
            raise forms.ValidationError(_("Choose one of the times shown."), code="no-such-time")
        return key


class TodayForm(forms.Form):
    """Three questions for somebody who would not like to wait."""

    safe = forms.ChoiceField(
        label=_("Are you safe right now?"),
        choices=[
            ("yes", pgettext_lazy("intake", "safe")),
            ("unsure", _("I am not sure")),
            ("no", pgettext_lazy("intake", "not safe")),
        ],
        widget=forms.RadioSelect,
    )
    alone = forms.ChoiceField(
        label=_("Is somebody with you?"),
        choices=[("yes", pgettext_lazy("intake", "yes")), ("no", _("No, I am alone"))],
        widget=forms.RadioSelect,
    )
    call = forms.ChoiceField(
        label=_("May a counselor phone you today?"),
        choices=[("yes", pgettext_lazy("permission", "yes")), ("no", _("I would rather come in"))],
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any, *, phone: str) -> None:
        super().__init__(data)
        end = phone[-SHOWN_DIGITS:]
        known = _("We call the number that the university has; it ends in %(end)s.") % {"end": end}
        unknown = _("The university has no number of yours: please call us, the numbers stand above.")
        self.fields["call"].help_text = known if phone else unknown

    @property
    def is_at_risk(self) -> bool:
        return bool(self.cleaned_data["safe"] != "yes")


class ConsentForm(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this and agree."),
        error_messages={"required": _("Tick the box if you agree. Without it no time can be booked.")},
    )


class TimesForm(forms.Form):
    """The choice of kind, way and counselor; it lives in the address, and what it does not understand it leaves out."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("booking", "What for"),
        required=False,
        choices=[(kind.value, SESSION_KIND_LABELS[kind]) for kind in KINDS],
    )
    channel = forms.ChoiceField(
        label=pgettext_lazy("booking", "How"),
        required=False,
        choices=[(channel.value, label) for channel, label in CHANNEL_LABELS.items()],
    )
    counselor = forms.ModelChoiceField(
        label=pgettext_lazy("booking", "With whom"),
        required=False,
        queryset=Counselor.objects.none(),
        empty_label=pgettext_lazy("booking", "anyone"),
    )
    triage = forms.TypedChoiceField(
        required=False, choices=TRIAGES, coerce=lambda value: Triage(int(value)), widget=forms.HiddenInput
    )

    def __init__(self, data: QueryDict, *, counselors: Any, kind: SessionKind) -> None:
        filled = data.copy()
        filled.setdefault("kind", kind.value)
        filled.setdefault("channel", Channel.IN_PERSON.value)
        super().__init__(filled)
        self.fields["counselor"].queryset = counselors  # type: ignore[attr-defined]
        self.is_valid()
        self.usual = kind

    @property
    def chosen_kind(self) -> SessionKind:
        return SessionKind(self.cleaned_data.get("kind") or self.usual)

    @property
    def chosen_channel(self) -> Channel:
        return Channel(self.cleaned_data.get("channel") or Channel.IN_PERSON)

    @property
    def chosen_counselor(self) -> Counselor | None:
        return self.cleaned_data.get("counselor")

    @property
    def query(self) -> dict[str, str]:
        """What was chosen, for another address."""
        chosen = {"kind": self.chosen_kind.value, "channel": self.chosen_channel.value}
        if self.chosen_counselor is not None:
            chosen["counselor"] = str(self.chosen_counselor.pk)
        if self.cleaned_data.get("triage"):
            chosen["triage"] = str(int(self.cleaned_data["triage"]))
        return chosen


class BookForm(forms.Form):
    """The time that was chosen. `client_id`: the same request sent twice is one booking."""

    time = TimeField()
    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in KINDS], widget=forms.HiddenInput)
    channel = forms.ChoiceField(
        choices=[(channel.value, channel.value) for channel in Channel], widget=forms.HiddenInput
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, key: TimeKey, kind: SessionKind, channel: Channel) -> "BookForm":
        start = {"time": str(key), "kind": kind.value, "channel": channel.value, "client_id": uuid4()}
        return cls(initial=start)


class RoomForm(forms.Form):
    """A time of a self-service room; the key names the room."""

    time = TimeField()
    client_id = forms.UUIDField(widget=forms.HiddenInput)

    @classmethod
    def of(cls, key: TimeKey) -> "RoomForm":
        # Many stand on one page, so no field has an id.
        return cls(initial={"time": str(key), "client_id": uuid4()}, auto_id=False)


class MoveForm(forms.Form):
    time = TimeField()
