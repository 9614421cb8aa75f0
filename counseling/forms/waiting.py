from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.forms.booking import KINDS
from counseling.models import Counselor
from counseling.models.labels import CHANNEL_LABELS, SESSION_KIND_LABELS, TRIAGE_LABELS
from counseling.rules.kinds import Channel, SessionKind, Triage
from counseling.services.waiting import Wishes
from kernel.formatting import WEEKDAYS

PARTS = (
    ("am", pgettext_lazy("part of a day", "morning")),
    ("pm", pgettext_lazy("part of a day", "afternoon")),
    ("eve", pgettext_lazy("part of a day", "evening")),
)
# Monday to Friday: counselors seldom have hours at the weekend.
WORKDAYS = range(1, 6)
# Whoever asks for today goes another way, which never ends on a list.
TRIAGES = (Triage.SOON, Triage.REGULAR)


class WaitForm(forms.Form):
    kind = forms.ChoiceField(
        label=pgettext_lazy("booking", "What for"), choices=[(kind.value, SESSION_KIND_LABELS[kind]) for kind in KINDS]
    )
    triage = forms.TypedChoiceField(
        label=pgettext_lazy("booking", "How soon"),
        choices=[(int(triage), TRIAGE_LABELS[triage]) for triage in TRIAGES],
        coerce=lambda value: Triage(int(value)),
        widget=forms.RadioSelect,
        initial=int(Triage.REGULAR),
    )
    counselor = forms.ModelChoiceField(
        label=pgettext_lazy("booking", "With whom"),
        required=False,
        queryset=Counselor.objects.none(),
        empty_label=pgettext_lazy("booking", "anyone"),
    )
    channels = forms.MultipleChoiceField(
        label=pgettext_lazy("booking", "How"),
        required=False,
        choices=[(channel.value, label) for channel, label in CHANNEL_LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: any."),
    )
    parts = forms.MultipleChoiceField(
        label=_("Times of the week that suit you"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: any."),
    )
    short_notice = forms.BooleanField(
        label=_("Tell me also of times within the next hours"),
        required=False,
        help_text=_("Several are asked then; the first who says yes has it."),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, data: Any, *, counselors: Any, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["counselor"].queryset = counselors  # type: ignore[attr-defined]
        self.fields["parts"].choices = [  # type: ignore[attr-defined]
            (f"{number}{part}", f"{WEEKDAYS[number - 1]} {word}") for number in WORKDAYS for part, word in PARTS
        ]

    @property
    def wishes(self) -> Wishes:
        data = self.cleaned_data
        return Wishes(
            kind=SessionKind(data["kind"]),
            triage=data["triage"],
            counselor=data["counselor"],
            channels=[Channel(value) for value in data["channels"]],
            parts=data["parts"],
            short_notice=data["short_notice"],
        )
