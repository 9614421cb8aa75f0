from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.navigation import NavigationItem, declare
from network.rules import Ability

DESK, CENTER = frozenset({Ability.TAKE_COUNSELING}), frozenset({Ability.ARRANGE_COUNSELING})

declare(
    NavigationItem("counseling", pgettext_lazy("page", "Today"), "counseling:desk-today", "sun", DESK),
    NavigationItem("counseling", _("My week"), "counseling:desk-week", "calendar-days", DESK),
    NavigationItem("counseling", _("My hours"), "counseling:hours-list", "clock", DESK),
    NavigationItem("counseling", _("Duty desk"), "counseling:duty-desk", "phone-incoming", DESK),
    NavigationItem(
        "counseling",
        pgettext_lazy("counseling", "Courses"),
        "counseling:course-list",
        "folder-heart",
        DESK | frozenset({Ability.ARRANGE_COUNSELING}),
    ),
    NavigationItem("counseling", _("Counseling center"), "counseling:center-overview", "layout-dashboard", CENTER),
    NavigationItem("counseling", _("Waiting list"), "counseling:waiting-list", "hourglass", CENTER),
    NavigationItem("counseling", _("Appointments"), "counseling:booking-list", "calendar-check", CENTER),
    NavigationItem("counseling", _("Figures of counseling"), "counseling:center-figures", "chart-pie", CENTER),
    NavigationItem("counseling", _("Counselors"), "counseling:counselor-list", "users", CENTER),
    NavigationItem("counseling", _("Rooms"), "counseling:room-list", "armchair", CENTER),
    NavigationItem("counseling", _("Closures"), "counseling:closure-list", "door-closed", CENTER),
    NavigationItem("counseling", _("My times"), "counseling:appointment-list", "calendar-heart", for_students=True),
    NavigationItem("counseling", _("Talking with somebody"), "counseling:about", "message-circle", for_students=True),
)
