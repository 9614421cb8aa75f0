from django.utils.translation import gettext_lazy as _

from kernel.navigation import NavigationItem, declare
from network.rules import Ability
from network.rules.appointments import DECIDERS

APPOINTING = frozenset({Ability.APPOINT_STAFF, Ability.APPOINT_PEER})
STUDENTS = frozenset({Ability.VIEW_ROSTER, Ability.VIEW_NAMES})
UNITS = APPOINTING | frozenset({Ability.VIEW_ROSTER, Ability.CONFIGURE})

declare(
    NavigationItem("people", _("Students"), "network:student-list", "users", STUDENTS),
    NavigationItem("people", _("Units"), "network:unit-list", "network", UNITS),
    NavigationItem("people", _("Posts"), "network:post-list", "id-card", APPOINTING),
    NavigationItem("people", _("Vacancies"), "network:vacancy-list", "user-round-search", APPOINTING),
    NavigationItem(
        "people",
        _("Waiting for a second person"),
        "network:access-request-list",
        "user-check",
        roles=frozenset(DECIDERS),
    ),
    NavigationItem(
        "people", _("Turn of the year"), "network:rollover-list", "calendar-sync", frozenset({Ability.IMPORT_ROSTER})
    ),
    NavigationItem("people", _("Roster import"), "network:import-list", "upload", frozenset({Ability.IMPORT_ROSTER})),
    NavigationItem(
        "settings", _("School settings"), "network:school-edit", "settings-2", frozenset({Ability.CONFIGURE})
    ),
    NavigationItem(
        "settings", _("Consent texts"), "network:text-list", "file-pen-line", frozenset({Ability.MANAGE_CONSENT_TEXTS})
    ),
    NavigationItem(
        "settings",
        _("How long data is kept"),
        "network:retention-page",
        "hourglass",
        frozenset({Ability.MANAGE_RETENTION}),
    ),
    NavigationItem(
        "settings",
        _("Data requests"),
        "network:request-list",
        "mail-question-mark",
        frozenset({Ability.DECIDE_ERASURE}),
    ),
    NavigationItem(
        "settings",
        _("Whom an entry is about"),
        "network:alias-resolve",
        "venetian-mask",
        frozenset({Ability.ARRANGE_COUNSELING}),
    ),
    NavigationItem("mine", _("My consents"), "network:consent-list", "handshake", for_students=True),
    NavigationItem("mine", _("My data"), "network:own-data", "folder-lock", for_students=True),
    NavigationItem("mine", _("My phone"), "network:own-phone", "phone", for_staff=True),
)
