from django.utils.translation import gettext_lazy as _

from kernel.navigation import NavigationItem, declare
from network.rules import Ability

CASES = frozenset({Ability.VIEW_CASES})
WATCHLIST = frozenset({Ability.VIEW_CASES, Ability.VIEW_ASSIGNED_CASES})
COUNSELING = frozenset({Ability.ARRANGE_COUNSELING, Ability.TAKE_COUNSELING})

declare(
    NavigationItem("crisis", _("Raise an alarm"), "crisis:alarm-raise", "megaphone", frozenset({Ability.RAISE_ALARM})),
    NavigationItem("crisis", _("Alarms"), "crisis:alarm-list", "siren", frozenset({Ability.HANDLE_ALARM})),
    NavigationItem("crisis", _("Crisis desk"), "crisis:case-dashboard", "radar", CASES),
    NavigationItem("crisis", _("Watchlist"), "crisis:case-list", "heart-handshake", WATCHLIST),
    NavigationItem("crisis", _("Red cases"), "crisis:case-red", "shield-alert", frozenset({Ability.VIEW_RED_SUMMARY})),
    NavigationItem("crisis", _("Referrals to counseling"), "crisis:counseling-list", "armchair", COUNSELING),
    NavigationItem("crisis", _("Incidents"), "crisis:incident-list", "book-open-text", CASES),
    NavigationItem("crisis", _("Watchlist reports"), "crisis:figures", "file-chart-column", CASES),
    NavigationItem(
        "crisis",
        _("Response plans"),
        "crisis:plan-list",
        "list-checks",
        frozenset({Ability.HANDLE_ALARM, Ability.CONFIGURE_CRISIS}),
    ),
    NavigationItem(
        "crisis", _("Hospitals"), "crisis:hospital-list", "hospital", WATCHLIST | frozenset({Ability.CONFIGURE_CRISIS})
    ),
    NavigationItem(
        "settings",
        _("Duty and vigilance"),
        "crisis:settings-edit",
        "alarm-clock",
        frozenset({Ability.CONFIGURE_CRISIS}),
    ),
)
