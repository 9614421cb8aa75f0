from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from counseling.models.labels import TOPIC_LABELS
from counseling.rules.kinds import Topic
from counseling.services.calls import CallRecord
from crisis.forms.fields import moment, words


class CallForm(forms.Form):
    at = moment(_("When the call began"))
    minutes = forms.IntegerField(label=pgettext_lazy("call", "How many minutes"), min_value=1, max_value=600)
    topic = forms.ChoiceField(
        label=pgettext_lazy("call", "What it was about"),
        choices=[(topic.value, label) for topic, label in TOPIC_LABELS.items()],
    )
    alias = forms.CharField(
        label=pgettext_lazy("call", "What the caller wants to be called"),
        required=False,
        max_length=20,
        help_text=_("No real name is needed. You alone can read it."),
    )
    note = words(_("Note"), longest=500, required=False, hint=_("No diagnosis, no name. You alone can read it."))
    has_risk = forms.BooleanField(
        label=_("Somebody may be in danger"),
        required=False,
        help_text=_("Raise an alarm besides: this page alone alarms nobody."),
    )

    @property
    def record(self) -> CallRecord:
        data: dict[str, Any] = self.cleaned_data
        return CallRecord(**(data | {"topic": Topic(data["topic"])}))
