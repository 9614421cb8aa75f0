"""What every page needs around its content: the ways on, the unread notices, the time."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from kernel.models import Notice
from network.rules import Ability
from network.scope import Scope
from portal.student_file import OpenSection, sections_of
from reporting.services.calendars import duty_phone, sole_phone

A = Ability
EVERYBODY: frozenset[Ability] = frozenset()


@dataclass(frozen=True)
class NavigationItem:
    """One entry of the navigation, shown to whoever holds one of the abilities somewhere."""

    group: str
    label: Promise
    route: str
    icon: str
    abilities: frozenset[Ability]
    # A page about oneself, for students alone.
    for_students: bool = False


@dataclass(frozen=True)
class Link:
    """A way that is open to this user."""

    group: str
    label: Promise
    url: str
    route: str
    icon: str
    active: bool


FILING = frozenset({A.FILE_DORM_REPORT, A.FILE_CLASS_REPORT, A.FILE_COLLEGE_REPORT})
CHECKING = frozenset({A.CHECK_DORM_REPORT, A.CHECK_CLASS_REPORT, A.CHECK_COLLEGE_REPORT})
READING = frozenset({A.VIEW_CLASS_REPORT, A.VIEW_COLLEGE_REPORT, A.VIEW_LINES, A.VIEW_LINE_SUMMARY})
SCREENING = frozenset({A.RUN_SCREENING, A.FOLLOW_SCREENING})
TALKS = frozenset({A.RUN_SCREENING, A.HOLD_INTERVIEW})
COUNSELING = frozenset({A.ARRANGE_COUNSELING, A.TAKE_COUNSELING})
TOLD = frozenset({A.VIEW_SCREENING_LEVEL, A.VIEW_SCREENING_TASK})
WATCHING = frozenset({A.VIEW_CASES, A.VIEW_ASSIGNED_CASES})
APPOINTING = frozenset({A.APPOINT_STAFF, A.APPOINT_PEER})

NAVIGATION = (
    NavigationItem("daily", _("Home"), "home", "house", EVERYBODY),
    NavigationItem("daily", _("Crisis desk"), "crisis:case-dashboard", "radar", frozenset({A.VIEW_CASES})),
    NavigationItem("daily", _("Alarms"), "crisis:alarm-list", "siren", frozenset({A.HANDLE_ALARM})),
    NavigationItem("daily", _("Watchlist"), "crisis:case-list", "heart-handshake", WATCHING),
    NavigationItem("daily", _("Referrals to counseling"), "crisis:counseling-list", "armchair", COUNSELING),
    NavigationItem("daily", _("Watchlist reports"), "crisis:figures", "file-chart-column", frozenset({A.VIEW_CASES})),
    NavigationItem("daily", _("Incidents"), "crisis:incident-list", "book-open-text", frozenset({A.VIEW_CASES})),
    NavigationItem("daily", _("Hospitals"), "crisis:hospital-list", "hospital", WATCHING | {A.CONFIGURE_CRISIS}),
    NavigationItem(
        "daily", _("Response plans"), "crisis:plan-list", "list-checks", frozenset({A.HANDLE_ALARM, A.CONFIGURE_CRISIS})
    ),
    NavigationItem("daily", _("Red cases"), "crisis:case-red", "shield-alert", frozenset({A.VIEW_RED_SUMMARY})),
    NavigationItem("daily", _("Raise an alarm"), "crisis:alarm-raise", "megaphone", frozenset({A.RAISE_ALARM})),
    NavigationItem("mine", _("Who looked at my file"), "look-list", "eye", EVERYBODY, for_students=True),
    NavigationItem("mine", _("My consents"), "network:consent-list", "handshake", EVERYBODY, for_students=True),
    NavigationItem("mine", _("My data"), "network:own-data", "folder-lock", EVERYBODY, for_students=True),
    NavigationItem(
        "sweep", _("This month"), "reporting:month-board", "calendar-check", CHECKING | READING | {A.CONFIGURE}
    ),
    NavigationItem("sweep", _("Reports"), "reporting:report-list", "file-text", FILING | CHECKING | READING),
    NavigationItem("sweep", _("Figures"), "reporting:summary-page", "chart-column", frozenset({A.VIEW_STATS})),
    NavigationItem("sweep", _("Exports"), "reporting:export-list", "file-down", frozenset({A.EXPORT_SUMMARY})),
    NavigationItem("screening", _("Screening"), "screening:campaign-list", "clipboard-list", SCREENING),
    NavigationItem("screening", _("Talks"), "screening:interview-list", "message-circle-heart", TALKS),
    NavigationItem(
        "screening", _("Screening figures"), "screening:figures-list", "chart-pie", frozenset({A.VIEW_STATS})
    ),
    NavigationItem("screening", _("From the center"), "screening:feedback-list", "hand-heart", TOLD),
    NavigationItem(
        "screening", _("Scales"), "screening:scale-list", "list-checks", frozenset({A.VIEW_SCALES, A.MANAGE_SCREENING})
    ),
    NavigationItem("network", _("Students"), "network:student-list", "users", frozenset({A.VIEW_ROSTER, A.VIEW_NAMES})),
    NavigationItem(
        "network", _("Units"), "network:unit-list", "network", frozenset({A.VIEW_ROSTER, A.CONFIGURE}) | APPOINTING
    ),
    NavigationItem("network", _("Posts"), "network:post-list", "id-card", APPOINTING),
    NavigationItem("network", _("Vacancies"), "network:vacancy-list", "user-round-search", APPOINTING),
    NavigationItem("system", _("Roster import"), "network:import-list", "upload", frozenset({A.IMPORT_ROSTER})),
    NavigationItem("system", _("Calendar"), "reporting:calendar-edit", "calendar-cog", frozenset({A.CONFIGURE})),
    NavigationItem(
        "system", _("Duty and vigilance"), "crisis:settings-edit", "alarm-clock", frozenset({A.CONFIGURE_CRISIS})
    ),
    NavigationItem("system", _("School settings"), "network:school-edit", "settings-2", frozenset({A.CONFIGURE})),
    NavigationItem(
        "system", _("Access table"), "access-table", "key-round", frozenset({A.VIEW_AUDIT, A.MANAGE_ACCESS})
    ),
    NavigationItem(
        "system", _("Consent texts"), "network:text-list", "file-pen-line", frozenset({A.MANAGE_CONSENT_TEXTS})
    ),
    NavigationItem(
        "system", _("How long data is kept"), "network:retention-page", "hourglass", frozenset({A.MANAGE_RETENTION})
    ),
    NavigationItem(
        "system", _("Data requests"), "network:request-list", "mail-question-mark", frozenset({A.DECIDE_ERASURE})
    ),
    NavigationItem("system", _("Audit log"), "audit-list", "scroll-text", frozenset({A.VIEW_AUDIT})),
)


def navigation(request: HttpRequest) -> dict[str, object]:
    """Evaluated only where a signed-in page asks, so a fragment or an error page costs no query."""
    user: Any = request.user if hasattr(request, "user") else AnonymousUser()
    return {
        "now": timezone.now(),
        "navigation": SimpleLazyObject(lambda: _links(request, user)),
        "duty_phone": SimpleLazyObject(lambda: duty_phone(user.school_id) if user.is_authenticated else sole_phone()),
        "file_sections": SimpleLazyObject(lambda: _sections(request, user)),
        "unread": SimpleLazyObject(lambda: Notice.objects.for_user(user).unread().count()),
    }


def _links(request: HttpRequest, user: Any) -> list[Link]:
    abilities = Scope.of(user).abilities
    here = request.resolver_match.view_name if request.resolver_match else ""
    student = hasattr(user, "student")
    open_ways = [
        way
        for way in NAVIGATION
        if (not way.abilities or way.abilities & abilities) and (student or not way.for_students)
    ]
    return [
        Link(way.group, way.label, reverse(way.route), way.route, way.icon, _is_here(here, way.route))
        for way in open_ways
    ]


def _sections(request: HttpRequest, user: Any) -> list[OpenSection]:
    student = getattr(request, "opened_file", None)
    return [] if student is None else sections_of(student, user)


def _is_here(here: str, route: str) -> bool:
    """`network:unit-detail` belongs to `network:unit-list`."""
    return here == route or ("-" in route and here.startswith(route.rsplit("-", 1)[0] + "-"))
