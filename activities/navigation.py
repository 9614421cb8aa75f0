from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.navigation import NavigationItem, declare
from network.rules import Ability

GROUP = "activities"
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
    NavigationItem(
        GROUP, _("Work plans"), "activities:plan-list", "target", frozenset({Ability.VIEW_PROGRAM, Ability.PLAN_WORK})
    ),
    NavigationItem(GROUP, _("Courses"), "activities:course-list", "book-open", frozenset({Ability.VIEW_PROGRAM})),
    NavigationItem(
        GROUP, _("Training ledger"), "activities:training-list", "graduation-cap", frozenset({Ability.LOG_TRAINING})
    ),
    NavigationItem(
        GROUP,
        pgettext_lazy("menu", "Budget"),
        "activities:budget-list",
        "wallet",
        frozenset({Ability.MANAGE_PROGRAM}),
    ),
    NavigationItem(
        GROUP, _("Rooms of the center"), "activities:premises-list", "door-open", frozenset({Ability.VIEW_PROGRAM})
    ),
    NavigationItem(
        GROUP, _("College stations"), "activities:station-list", "map-pin", frozenset({Ability.VIEW_PROGRAM})
    ),
    NavigationItem(
        GROUP,
        _("Societies"),
        "activities:society-list",
        "users-round",
        frozenset({Ability.MANAGE_PROGRAM, Ability.RUN_STATION, Ability.LEAD_SOCIETY}),
    ),
    NavigationItem(GROUP, _("Articles"), "activities:article-list", "newspaper", frozenset({Ability.WRITE_ARTICLES})),
    NavigationItem(
        GROUP, _("Indicators of the year"), "activities:indicator-list", "gauge", frozenset({Ability.VIEW_STATS})
    ),
)
