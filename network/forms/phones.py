from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

# Digits with what people write between them; an extension follows a dash.
PHONE = RegexValidator(
    r"^\+?[0-9][0-9 ()-]{4,28}$", _("This is no phone number. Write digits, for example 13800000000 or 010-12345678.")
)


class OwnPhoneForm(forms.Form):
    phone = forms.CharField(
        label=_("Phone for emergencies"),
        help_text=_(
            "A call button on alarms that you raised or that concern your students. Leave it empty to remove it."
        ),
        max_length=30,
        required=False,
        validators=[PHONE],
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
