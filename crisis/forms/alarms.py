from django import forms
from django.utils.translation import gettext_lazy as _


class AcknowledgeForm(forms.Form):
    action_taken = forms.CharField(
        label=_("What you did or will do now"),
        help_text=_("For example: I am on my way to the room; the center and the family are being called."),
        max_length=500,
        error_messages={
            "required": _("Say in a few words what happens now, so that nobody does it twice or not at all.")
        },
        widget=forms.Textarea(attrs={"rows": 4, "data-private": True}),
    )
