"""What every page needs around its content: the menu, the unread notices, the time. Each app declares its own entries
in its navigation.py; here they are put into groups."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import Notice
from kernel.navigation import NavigationItem, declare, declared
from network.rules import Ability
from network.scope import Scope
from network.student_file import OpenSection, sections_of
from reporting.services.calendars import duty_phone, sole_phone

# The groups by task, in the same order for every role. "" stands open at the top.
GROUPS: dict[str, tuple[Promise | str, str]] = {
    "": ("", ""),
    "crisis": (_("Alarms and cases"), "siren"),
    "reports": (_("Monthly reports"), "cloud-sun"),
    "screening": (_("Screening"), "clipboard-list"),
    "counseling": (_("Counseling"), "message-circle-heart"),
    "activities": (_("Activities and courses"), "calendar-days"),
    "people": (pgettext_lazy("menu", "Students and units"), "users"),
    "settings": (_("Settings and oversight"), "settings-2"),
    "mine": (_("About me"), "circle-user-round"),
}

declare(
    NavigationItem("", _("Home"), "home", "house"),
    NavigationItem("", pgettext_lazy("menu", "To do"), "duty-list", "square-check-big"),
    NavigationItem("", _("Notices"), "notices", "bell"),
    NavigationItem("settings", _("Audit log"), "audit-list", "scroll-text", frozenset({Ability.VIEW_AUDIT})),
    NavigationItem(
        "settings",
        _("Access table"),
        "access-table",
        "key-round",
        frozenset({Ability.VIEW_AUDIT, Ability.MANAGE_ACCESS}),
    ),
    NavigationItem("mine", _("Who looked at my file"), "look-list", "eye", for_students=True),
)


@dataclass(frozen=True)
class Link:
    """A page that this user may open."""

    group: str
    label: Promise
    url: str
    route: str
    icon: str
    active: bool


@dataclass(frozen=True)
class Group:
    """The links of one task. Only the group of the present page is unfolded."""

    key: str
    label: Promise | str
    icon: str
    links: list[Link]

    @property
    def is_current(self) -> bool:
        return any(link.active for link in self.links)

    @property
    def is_folded(self) -> bool:
        """Whether it has a heading to unfold: one link needs none."""
        return bool(self.key) and len(self.links) > 1


def navigation(request: HttpRequest) -> dict[str, object]:
    """Evaluated only where a signed-in page asks, so a fragment or an error page costs no query."""
    user: Any = request.user if hasattr(request, "user") else AnonymousUser()
    return {
        "now": timezone.now(),
        "navigation": SimpleLazyObject(lambda: groups_of(user, here=_route(request))),
        "duty_phone": SimpleLazyObject(lambda: duty_phone(user.school_id) if user.is_authenticated else sole_phone()),
        "file_sections": SimpleLazyObject(lambda: _sections(request, user)),
        "unread": SimpleLazyObject(lambda: Notice.objects.for_user(user).unread().count()),
    }


def groups_of(user: Any, *, here: str = "") -> list[Group]:
    """The menu of this user, without empty groups. `here`: the route of the present page."""
    links = links_of(user, here=here)
    found = [
        Group(key, label, icon, [link for link in links if link.group == key]) for key, (label, icon) in GROUPS.items()
    ]
    return [group for group in found if group.links]


def links_of(user: Any, *, here: str = "") -> list[Link]:
    """Every page of the menu that this user may open."""
    scope, is_student = Scope.of(user), hasattr(user, "student")
    items = [item for item in declared() if _is_offered(item, scope, is_student=is_student)]
    current = current_route([item.route for item in items], here)
    return [
        Link(item.group, item.label, reverse(item.route), item.route, item.icon, item.route == current)
        for item in items
    ]


def _is_offered(item: NavigationItem, scope: Scope, *, is_student: bool) -> bool:
    if item.for_students or item.for_staff:
        return is_student == item.for_students
    if item.roles:
        return any(item.roles & held for held in scope.roles.values())
    return not item.abilities or bool(item.abilities & scope.abilities)


def current_route(routes: list[str], here: str) -> str:
    """The entry that a page belongs to: its own, else the list of the same noun, else another page of that noun."""
    if here in routes:
        return here
    noun = here.rsplit("-", 1)[0]
    same_noun = [route for route in routes if "-" in route and route.rsplit("-", 1)[0] == noun]
    return next((route for route in same_noun if route.endswith("-list")), same_noun[0] if same_noun else "")


def _route(request: HttpRequest) -> str:
    return request.resolver_match.view_name if request.resolver_match else ""


def _sections(request: HttpRequest, user: Any) -> list[OpenSection]:
    student = getattr(request, "opened_file", None)
    return [] if student is None else sections_of(student, user)
