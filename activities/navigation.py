from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.navigation import NavigationItem, declare
from network.rules import Ability

BOARD = frozenset(
    {Ability.ORGANIZE_ACTIVITIES, Ability.APPROVE_ACTIVITIES, Ability.FOLLOW_ACTIVITIES, Ability.VIEW_STATS}
)

declare(
    NavigationItem("activities", pgettext_lazy("menu", "Activities"), "activities:activity-list", "calendar-days"),
    NavigationItem(
        "activities",
        pgettext_lazy("menu", "My activities and hours"),
        "activities:own-activities",
        "award",
        for_students=True,
    ),
    NavigationItem("activities", _("Plan and run"), "activities:activity-board", "clipboard-pen", BOARD),
    NavigationItem("activities", _("Festivals and series"), "activities:festival-list", "party-popper", BOARD),
)
