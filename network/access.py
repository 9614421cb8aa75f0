"""Who may knock at a route at all. Which rows answer is `visible_to`'s matter, which acts are allowed the policies'.

Every route declares its door, or it answers nobody: `@public`, `@own` or `@needs(Ability…)` on a view, on a class of
views or on one action of it; `declared` for the routes of a third party.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from importlib import import_module
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern

from network.rules import Ability

View = TypeVar("View", bound=Callable[..., Any])
Mark = Callable[[Any], Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class AccessKind(StrEnum):
    """Who is let through: anybody, whoever is signed in (to rows of their own), or holders of an ability."""

    PUBLIC = "public"
    OWN = "own"
    ABILITY = "ability"


class AccessDecision(StrEnum):
    """What a door says: come in; you may not do this; there is nothing here."""

    ALLOWED = "let_in"
    FORBIDDEN = "refused"
    NOT_FOUND = "not_there"


@dataclass(frozen=True)
class RouteAccess:
    """The declared policy of a route. `acting`: who may write, where that differs; `seen_by`: who else may see the row
    that the route names, so that the view tells them 403 from 404."""

    door: AccessKind
    abilities: frozenset[Ability] = frozenset()
    acting: frozenset[Ability] = frozenset()
    seen_by: frozenset[Ability] = frozenset()

    def opening(self, method: str) -> frozenset[Ability]:
        """The abilities that open the route for this method."""
        return self.acting if self.acting and method not in SAFE else self.abilities

    def knowing(self, method: str) -> frozenset[Ability]:
        """The abilities with which the row may be in sight, whether it opens or not."""
        return self.opening(method) | self.seen_by | self.abilities

    def answer(self, method: str, held: frozenset[Ability], *, names_row: bool) -> AccessDecision:
        """What the door says to a holder of abilities; `names_row`: the address itself names a row."""
        if held & self.opening(method):
            return AccessDecision.ALLOWED
        if not names_row:
            return AccessDecision.FORBIDDEN
        return AccessDecision.ALLOWED if held & self.knowing(method) else AccessDecision.NOT_FOUND


def _declare(access: RouteAccess) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if "access" in vars(view):
            raise ImproperlyConfigured(f"{view} declares its door twice; wrap it for the second route")
        view.access = access  # type: ignore[attr-defined]
        if access.door is AccessKind.PUBLIC:
            # What Django's sign-in middleware looks for.
            view.login_required = False  # type: ignore[attr-defined]
        return view

    return mark


public = _declare(RouteAccess(AccessKind.PUBLIC))
own = _declare(RouteAccess(AccessKind.OWN))


def requires(
    *abilities: Ability, acting: Iterable[Ability] = (), seen_by: Iterable[Ability] = ()
) -> Callable[[View], View]:
    """Open to whoever holds one of the abilities on any unit; for writing one of `acting`, if that differs. Holders of
    `seen_by` may know the row without being allowed the act."""
    return _declare(RouteAccess(AccessKind.ABILITY, frozenset(abilities), frozenset(acting), frozenset(seen_by)))


class IdentityUnproved(Exception):
    """The page is shut until the session shows by another way who its user is, as with `sealed`."""


def sealed(view: View) -> View:
    """Shut after staff have reset the password, until the session shows by another way who its user is: sealed data,
    one's own answers, and decisions about what others may do."""
    view.needs_proof = True  # type: ignore[attr-defined]
    return view


def needs_proof(view: Any) -> bool:
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    return bool(vars(view).get("needs_proof") or vars(kind).get("needs_proof"))


def third_party(view: Callable[..., Any], mark: Mark) -> Any:
    """A view of a third party with a door of ours; the view itself stays as it is for whoever else uses it."""

    @wraps(view)
    def with_route_access(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    vars(with_route_access).pop("access", None)
    return mark(with_route_access)


def declared(module: str, doors: Mapping[str, Mark]) -> list[URLPattern]:
    """The named routes of a third party's urls module, each with its door; routes without one are not offered."""
    patterns = {
        pattern.name: pattern for pattern in import_module(module).urlpatterns if isinstance(pattern, URLPattern)
    }
    missing = sorted(set(doors) - set(map(str, patterns)))
    if missing:
        raise ImproperlyConfigured(f"{module} has no route called {', '.join(missing)}")
    return [
        URLPattern(
            patterns[name].pattern, third_party(patterns[name].callback, mark), patterns[name].default_args, name
        )
        for name, mark in doors.items()
    ]


def access_of(view: Any, method: str) -> RouteAccess | None:
    """What a view declares for a method: the function itself, its class, or the class's action; None for nothing.
    SECURITY: a class does not inherit its door, so that a new view never opens by the way."""
    declared_here: RouteAccess | None = vars(view).get("access")
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if kind is None:
        return declared_here
    name = (getattr(view, "actions", None) or {}).get("get" if method == "HEAD" else method.lower())
    action = vars(kind).get(name) if name else None
    return getattr(action, "access", None) or declared_here or vars(kind).get("access")
