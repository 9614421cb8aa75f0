from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.forms.cases import CandidatesMixin
from crisis.forms.fields import PersonField, day, moment
from crisis.models import EscalationSettings, SpecialPeriod
from crisis.rules import LONGEST, Step
from crisis.services.center.settings import Escalation

FIELDS = ("center_duty_after", "director_after", "school_leader_after", "work_starts", "work_ends")


class EscalationForm(forms.Form):
    center_duty_after = forms.IntegerField(
        label=_("The center on duty is called after minutes"), min_value=0, max_value=LONGEST[Step.CENTER_DUTY]
    )
    director_after = forms.IntegerField(
        label=_("The director after minutes"), min_value=0, max_value=LONGEST[Step.DIRECTOR]
    )
    school_leader_after = forms.IntegerField(
        label=_("The school leader after minutes"), min_value=0, max_value=LONGEST[Step.SCHOOL_LEADER]
    )
    work_starts = forms.TimeField(label=_("The center opens at"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    work_ends = forms.TimeField(label=_("The center closes at"), widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    bots = forms.CharField(
        label=_("Group bots that are told too"),
        help_text=_(
            "One address a line, for example wecombot://KEY or dingtalk://TOKEN. They say that an alarm waits, no name "
            "and no word of it. Leave it empty to keep those that are set; a single - removes them."
        ),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )

    @classmethod
    def of(cls, row: EscalationSettings) -> "EscalationForm":
        return cls(initial={name: getattr(row, name) for name in FIELDS})

    def escalation(self, standing: EscalationSettings) -> Escalation:
        """What was set; an address once written is never shown again, so empty keeps it."""
        data: dict[str, Any] = dict(self.cleaned_data)
        data["bots"] = {"": standing.bots, "-": ""}.get(data["bots"].strip(), data["bots"])
        return Escalation(**data)


class ShiftForm(CandidatesMixin):
    officer = PersonField(label=pgettext_lazy("duty roster", "Who"), empty_label=None)
    starts_at = moment(_("From"))
    ends_at = moment(_("To"))
    phone = forms.CharField(
        label=_("Phone during the shift"), required=False, max_length=30, widget=forms.TextInput({"type": "tel"})
    )


class PeriodForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind"), choices=SpecialPeriod.Kind.choices)
    starts_on = day(_("First day"))
    ends_on = day(_("Last day"))
