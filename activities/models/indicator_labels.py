"""What the eight indicators are called and what they divide."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class IndicatorLabels:
    """`measure`: what is divided by what; `is_share`: whether the value is a share of a whole."""

    title: Promise | str
    measure: Promise | str
    is_share: bool = True


INDICATOR_LABELS = {
    "staff": IndicatorLabels(
        _("Full-time counselors"), _("counselors ÷ counselors needed: one for 4,000 students, two at the least")
    ),
    "training": IndicatorLabels(
        _("Training of counselors"), _("with 40 hours or two conferences ÷ full-time counselors")
    ),
    "budget": IndicatorLabels(_("Money for each student"), _("yuan earmarked ÷ students"), is_share=False),
    "course": IndicatorLabels(_("Required course"), _("first-years enrolled ÷ first-years")),
    "reach": IndicatorLabels(_("Reached by activities"), _("students present at least once ÷ students")),
    "peers": IndicatorLabels(_("Peers"), _("classes and dorms with a trained peer ÷ classes and dorms")),
    "plan": IndicatorLabels(_("Work plan"), _("weight reached ÷ weight of all goals")),
    "stations": IndicatorLabels(_("College stations"), _("items met ÷ items that apply")),
}
