from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.navigation import NavigationItem, declare
from network.rules import Ability

DESK = frozenset({Ability.TAKE_COUNSELING})

declare(
    NavigationItem("counseling", pgettext_lazy("page", "Today"), "counseling:desk-today", "sun", DESK),
    NavigationItem("counseling", _("My week"), "counseling:desk-week", "calendar-days", DESK),
    NavigationItem("counseling", _("Duty desk"), "counseling:duty-desk", "phone-incoming", DESK),
    NavigationItem("counseling", _("Talking with somebody"), "counseling:about", "calendar-heart", for_students=True),
)
