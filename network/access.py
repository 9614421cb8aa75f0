"""Who may knock at a route at all. Which rows answer is `visible_to`'s matter, which acts are allowed the policies'."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from network.rules import Ability

View = TypeVar("View", bound=Callable[..., Any])


class Door(StrEnum):
    """Who is let through: anybody, whoever is signed in (to rows of their own), or holders of an ability."""

    PUBLIC = "public"
    OWN = "own"
    ABILITY = "ability"


@dataclass(frozen=True)
class Access:
    """The declared policy of a route."""

    door: Door
    abilities: frozenset[Ability] = frozenset()


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]
        return view

    return mark


public = _declare(Access(Door.PUBLIC))
own = _declare(Access(Door.OWN))


def needs(*abilities: Ability) -> Callable[[View], View]:
    """Open to whoever holds one of the abilities on any unit."""
    return _declare(Access(Door.ABILITY, frozenset(abilities)))
