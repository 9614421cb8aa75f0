"""What a user may see: the granted units of each ability, fetched once per request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.timezone import localdate

from network.rules import GRANTS, Ability, Level, Role

Granted = dict[Level, frozenset[int]]

# The key that a person-bound row carries for each level of the network.
ROW_KEYS = {
    Level.SCHOOL: "school_id",
    Level.COLLEGE: "college_id",
    Level.CLASS: "school_class_id",
    Level.DORM: "dorm_id",
}


@dataclass(frozen=True)
class Scope:
    """The units on which a user holds each ability today, by level, and the roles behind them, by unit."""

    granted: dict[Ability, Granted] = field(default_factory=dict)
    roles: dict[int, frozenset[Role]] = field(default_factory=dict)

    @classmethod
    def of(cls, user: Any) -> Scope:
        """The user's scope, read with one query and kept for the length of a request."""
        if not user.is_authenticated or not user.is_active:
            return cls()
        kept: Scope | None = getattr(user, "request_scope", None)
        if kept is not None:
            return kept
        scope = cls.load(user)
        if hasattr(user, "request_scope"):
            user.request_scope = scope
        return scope

    @classmethod
    def load(cls, user: Any) -> Scope:
        granted: dict[Ability, dict[Level, set[int]]] = defaultdict(lambda: defaultdict(set))
        roles: dict[int, set[Role]] = defaultdict(set)
        today = localdate()
        grants = user.unitgrant_set.filter(
            Q(post__ends_on=None) | Q(post__ends_on__gt=today),
            post__starts_on__lte=today,
            post__holder_id=user.pk,
        )
        rows = grants.values_list("permission__codename", "content_object_id", "content_object__level", "post__role")
        for codename, unit_id, level, role in rows.order_by("pk"):
            # SECURITY: a grant that is not, or no longer, of the post's role opens nothing.
            if codename in GRANTS[Role(role)]:
                granted[Ability(codename)][Level(level)].add(unit_id)
                roles[unit_id].add(Role(role))
        return cls(
            {ability: {level: frozenset(ids) for level, ids in by.items()} for ability, by in granted.items()},
            {unit_id: frozenset(held) for unit_id, held in roles.items()},
        )

    @property
    def abilities(self) -> frozenset[Ability]:
        return frozenset(self.granted)

    def units(self, abilities: Iterable[Ability]) -> Granted:
        """Unit ids by level on which the user holds any of the abilities."""
        merged: dict[Level, frozenset[int]] = {}
        for ability in abilities:
            for level, ids in self.granted.get(ability, {}).items():
                merged[level] = merged.get(level, frozenset()) | ids
        return merged

    def rows(self, abilities: Iterable[Ability], prefix: str = "") -> Q | None:
        """A filter for rows that carry the keys of ROW_KEYS; None when nothing is granted."""
        return any_of({f"{prefix}{ROW_KEYS[level]}": ids for level, ids in self.units(abilities).items()})

    def below(self, abilities: Iterable[Ability], prefix: str = "") -> Q | None:
        """A filter for units on which any of the abilities is held and all below them; `prefix` leads to the unit.
        None when nothing is granted."""
        granted = self.units(abilities)
        keys: dict[str, frozenset[int]] = {
            "pk": frozenset().union(*granted.values()),
            "school": granted.get(Level.SCHOOL, frozenset()),
            "college": granted.get(Level.COLLEGE, frozenset()),
            "parent": granted.get(Level.CLASS, frozenset()),
        }
        return any_of({f"{prefix}{key}": ids for key, ids in keys.items() if ids})

    def covers(self, ability: Ability, unit: Any) -> bool:
        """Whether the ability is held on the unit itself or on a unit above it."""
        granted = self.units([ability])
        above = {
            Level.SCHOOL: unit.school_id or unit.pk,
            Level.COLLEGE: unit.pk if unit.level == Level.COLLEGE else unit.college_id,
            Level.CLASS: unit.pk if unit.level == Level.CLASS else unit.parent_id,
            Level.DORM: unit.pk,
        }
        return any(above[level] in ids for level, ids in granted.items())

    def reaches(self, abilities: Iterable[Ability], row: Any) -> bool:
        """Whether any of the abilities is held at a unit that the row carries as of its date."""
        granted = self.units(abilities)
        return any(getattr(row, ROW_KEYS[level]) in ids for level, ids in granted.items())

    def roles_over(self, row: Any) -> list[Role]:
        """The roles that open anything, held at the units that the row carries, from the nearest up."""
        units = [getattr(row, ROW_KEYS[level]) for level in (Level.DORM, Level.CLASS, Level.COLLEGE, Level.SCHOOL)]
        return [role for unit_id in units for role in sorted(self.roles.get(unit_id, ()))]


def any_of(conditions: dict[str, frozenset[int]]) -> Q | None:
    """The conditions joined by OR; None when there is none."""
    joined: Q | None = None
    for key, ids in conditions.items():
        joined = Q(**{f"{key}__in": ids}) if joined is None else joined | Q(**{f"{key}__in": ids})
    return joined
