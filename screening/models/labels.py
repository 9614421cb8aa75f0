"""The words a person reads for bands, flags and rules."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from screening.rules.scales.parts import BAND_WORDS
from screening.rules.scoring.validity import Flag

BAND_LABELS = {name: _(word) for name, word in BAND_WORDS.items()}
FLAG_LABELS = {
    Flag.MISSING_ITEMS: _("items left out"),
    Flag.LIE_ITEMS: _("all lie items answered yes"),
    Flag.TOO_FAST: _("answered too fast"),
    Flag.SAME_ANSWER: _("nearly always the same answer"),
    Flag.IMPLAUSIBLE_TIMES: _("times that cannot be"),
}
RESULT_LABELS = {
    "total": pgettext_lazy("result", "Total"),
    "standard": _("Standard score"),
    "positives": _("Positive items"),
    "psdi": _("Mean of the positive items"),
    "band": _("Band"),
    "class": pgettext_lazy("result", "Class"),
    "interview": _("Interview class"),
    "critical": _("Critical answer"),
    "valid": _("Valid"),
}
