from django.utils.translation import gettext_lazy as _

from activities.forms.program_fields import DayField, NumberField, ProofField, SaveForm, choice, whole
from activities.forms.program_fields import words as text_field
from activities.models.program_labels import SPENDING_LABELS
from activities.rules.program import FIRST_YEAR, LAST_YEAR

MOST_YUAN = "100000000"


class EarmarkForm(SaveForm):
    year = whole(_("Year"), FIRST_YEAR, LAST_YEAR)
    yuan = NumberField(label=_("Earmarked, in yuan"), least="0", most=MOST_YUAN, places=2)


class SpendForm(SaveForm):
    yuan = NumberField(label=_("Amount, in yuan"), least="0.01", most=MOST_YUAN, places=2)
    kind = choice(_("Spent on"), SPENDING_LABELS)
    words = text_field(_("For what"), 120)
    day = DayField(label=_("Day"))
    voucher = text_field(_("Voucher number"), 40, hint=_("Each voucher counts once."))
    upload = ProofField(label=_("Voucher"), help_text=_("A picture or PDF."))


class RefundForm(SaveForm):
    yuan = NumberField(label=_("Amount that came back, in yuan"), least="0.01", most=MOST_YUAN, places=2)
    day = DayField(label=_("Day"))
    voucher = text_field(_("Voucher number"), 40)
