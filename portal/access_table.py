"""Every route that the portal answers, with its access, as the resolver has them: what an officer is shown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.access import AccessDecision, AccessKind, RouteAccess, access_of
from network.forms.filters import FilterForm, search_field
from network.models.labels import ABILITY_LABELS, LEVEL_LABELS, ROLE_LABELS
from network.rules import GRANTS, LEVELS, ROLE_LEVEL, Ability, Role

ANY = ("GET", "POST")
BY_LEVEL = sorted(Role, key=lambda role: LEVELS.index(ROLE_LEVEL[role]))
UNSPOKEN = frozenset({"HEAD", "OPTIONS", "TRACE"})


@dataclass(frozen=True)
class Route:
    """An address with the methods that it takes."""

    name: str
    path: str
    arguments: tuple[str, ...]
    view: Any
    methods: tuple[str, ...]

    def access(self, method: str) -> RouteAccess | None:
        return access_of(self.view, method)


@dataclass(frozen=True)
class Row:
    """One entry of the access table: the methods of a route that the same people may use."""

    route: Route
    methods: tuple[str, ...]
    access: RouteAccess | None

    def answer(self, role: Role) -> str:
        """What a role is told: yes, own (rows of one's own), sees (the row, but the act is refused), or no."""
        method, access = self.methods[0], self.access
        if access is None:
            return "no"
        if access.door is not AccessKind.ABILITY:
            return "yes" if access.door is AccessKind.PUBLIC else "own"
        if GRANTS[role] & access.opening(method):
            return "yes"
        said = access.answer(method, GRANTS[role], names_row=bool(self.route.arguments))
        return "sees" if said is AccessDecision.ALLOWED else "no"

    @property
    def asks(self) -> str:
        """What it asks for, in words."""
        if self.access is None:
            return _("nothing is declared: it answers nobody")
        if self.access.door is not AccessKind.ABILITY:
            return (
                _("nothing, it is public")
                if self.access.door is AccessKind.PUBLIC
                else _("sign-in; one's own rows alone")
            )
        wanted = self.access.opening(self.methods[0])
        return _(" or ").join(str(label) for ability, label in ABILITY_LABELS.items() if ability in wanted)

    @property
    def told(self) -> list[tuple[str, str]]:
        """The roles by what they are told, from the school down; empty where all are told the same."""
        words = {"yes": _("let in"), "sees": _("sees the row, may not act"), "no": _("no")}
        found = {told: [role for role in BY_LEVEL if self.answer(role) == told] for told in words}
        is_alike = self.access is None or self.access.door is not AccessKind.ABILITY
        return [] if is_alike else [(words[told], _roles(roles)) for told, roles in found.items() if roles]

    def as_dict(self) -> dict[str, Any]:
        """The entry as others read it."""
        roles = {role.value: {"answer": self.answer(role), "level": ROLE_LEVEL[role].value} for role in Role}
        return {
            "name": self.route.name,
            "path": self.route.path,
            "methods": list(self.methods),
            "door": None if self.access is None else self.access.door.value,
            "abilities": [] if self.access is None else sorted(self.access.opening(self.methods[0])),
            "roles": roles,
        }


class AccessFilter(FilterForm):
    role = forms.ChoiceField(
        label=gettext_lazy("Open to"), required=False, choices=[("", gettext_lazy("All")), *ROLE_LABELS.items()]
    )
    q = search_field(gettext_lazy("Address"))

    def apply(self, rows: Sequence[Row]) -> list[Row]:
        role, words = self.asked.get("role"), self.asked.get("q", "")
        return [row for row in rows if words in row.route.path and (not role or row.answer(Role(role)) != "no")]


@dataclass(frozen=True)
class Task:
    """What an ability lets its holders do: the roles that hold it, and the routes that it opens."""

    ability: Ability
    roles: frozenset[Role]
    rows: list[Row]

    @property
    def label(self) -> str:
        return str(ABILITY_LABELS[self.ability])

    @property
    def roles_by_level(self) -> str:
        return _roles([role for role in BY_LEVEL if role in self.roles])

    @property
    def cells(self) -> list[tuple[str, bool]]:
        """For each role, from the school down, whether it may do this."""
        return [(str(ROLE_LABELS[role]), role in self.roles) for role in BY_LEVEL]


def tasks_behind(rows: Iterable[Row], role: str = "") -> list[Task]:
    """The tasks that these entries ask for, of one role if one is named; routes without an ability belong to none."""
    routes_of: dict[Ability, list[Row]] = {}
    for row in rows:
        if row.access is not None and row.access.door is AccessKind.ABILITY:
            for ability in row.access.opening(row.methods[0]):
                routes_of.setdefault(ability, []).append(row)
    holders = {ability: frozenset(other for other in Role if ability in GRANTS[other]) for ability in routes_of}
    wanted = [ability for ability in Ability if ability in routes_of and (not role or Role(role) in holders[ability])]
    return [Task(ability, holders[ability], routes_of[ability]) for ability in wanted]


def table() -> list[Row]:
    """The whole access table, by address; a route stands there twice where reading and writing differ."""
    return [row for route in routes() for row in _rows(route)]


def routes() -> list[Route]:
    """All routes, by address; partials, the API and its actions included."""
    return sorted(_walk(get_resolver().url_patterns), key=lambda route: (route.path, route.name))


def _rows(route: Route) -> list[Row]:
    found: dict[tuple[RouteAccess | None, Any], list[str]] = {}
    for method in route.methods:
        access = route.access(method)
        found.setdefault((access, access and access.opening(method)), []).append(method)
    return [Row(route, tuple(methods), access) for (access, _opening), methods in found.items()]


def _roles(roles: Sequence[Role]) -> str:
    by_level = [(level, [str(ROLE_LABELS[role]) for role in roles if ROLE_LEVEL[role] is level]) for level in LEVELS]
    return "; ".join(f"{LEVEL_LABELS[level]} – {_(', ').join(names)}" for level, names in by_level if names)


def _walk(patterns: Iterable[Any], path: str = "/", spaces: str = "") -> Iterator[Route]:
    for one in patterns:
        here = path + _words(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, here, f"{spaces}{one.namespace}:" if one.namespace else spaces)
        else:
            yield _route(one, here, spaces)


def _route(pattern: URLPattern, path: str, spaces: str) -> Route:
    arguments = tuple(re.findall(r"<(?:\w+:)?(\w+)>", path))
    return Route(f"{spaces}{pattern.name}", path, arguments, pattern.callback, _methods(pattern.callback))


def _words(pattern: Any) -> str:
    """A pattern as an address is written: ^units/(?P<code>[^/]+)/$ becomes units/<code>/."""
    if not isinstance(pattern, RegexPattern):
        return str(pattern)
    return re.sub(r"\(\?P(<\w+>)(?:[^()]|\([^()]*\))*\)", r"\1", str(pattern)).strip("^$").replace("\\Z", "")


def _methods(view: Any) -> tuple[str, ...]:
    """The methods that a view takes: those of its actions, of its class, or of the `require_…` around a function."""
    actions = getattr(view, "actions", None)
    kind = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if actions:
        named: Iterable[str] = actions
    elif kind is not None:
        named = [name for name in kind.http_method_names if hasattr(kind, name)]
    else:
        named = getattr(view, "methods", ANY)
    return tuple(sorted({name.upper() for name in named} - UNSPOKEN))
