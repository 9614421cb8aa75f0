from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.forms.fields import words
from crisis.models import Alarm, Disclosure


class AcknowledgeForm(forms.Form):
    """One tap acknowledges; the words may follow."""

    action_taken = words(_("What you did or will do now"), longest=500, required=False)


class ActionForm(forms.Form):
    action_taken = words(
        _("What you did or will do now"),
        rows=4,
        longest=500,
        hint=_("For example: I am on my way to the room; the center and the family are being called."),
    )


class RaiseAlarmForm(forms.Form):
    """No field is required, so that a user in a hurry can send what they have."""

    is_call = forms.BooleanField(label=_("Somebody has phoned"), required=False)
    number = forms.CharField(
        label=_("Student number"),
        help_text=_("If you do not know it, leave it empty; it can be added later."),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    place = forms.CharField(label=_("Where is the person now?"), required=False, max_length=200)
    evidence = words(_("What was seen, heard or said"), required=False)
    contact = forms.CharField(
        label=_("How to reach the caller"), required=False, max_length=100, widget=forms.TextInput({"type": "tel"})
    )


class AskForHelpForm(forms.Form):
    """Somebody wishes to talk; no word is asked for."""

    evidence = words(
        _("If you like: what is it about?"), longest=500, required=False, hint=_("You need not write anything.")
    )
    contact = forms.CharField(
        label=_("How can we reach you best?"),
        help_text=_("A number or a place. Without it we use the number on the roster."),
        required=False,
        max_length=100,
    )


class CompleteAlarmForm(forms.Form):
    number = forms.CharField(label=_("Student number"), max_length=30, widget=forms.TextInput({"inputmode": "numeric"}))


class TellNearForm(forms.Form):
    phrase = forms.ChoiceField(
        label=_("What fudaoyuan and college are told"),
        help_text=_("They read this sentence and the name. They learn neither what was said nor where."),
        choices=[choice for choice in Disclosure.Phrase.choices if choice[0] != Disclosure.Phrase.CASE],
        widget=forms.RadioSelect,
    )


class SettleAlarmForm(forms.Form):
    outcome = forms.ChoiceField(
        label=pgettext_lazy("alarm", "What came of it"),
        choices=[choice for choice in Alarm.Outcome.choices if choice[0] != Alarm.Outcome.CASE],
        widget=forms.RadioSelect,
    )
    note = words(_("In a few words"), longest=500)
