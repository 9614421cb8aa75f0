"""Who learns what of a student who comes to counseling, worked out from the table of roles. Pure.

The page that students read before they book is made from this; tests compare it with what each role is in fact shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from network.rules import GRANTS, Ability, Role
from network.rules.access_log import BREAKERS, Sealed


class Fact(StrEnum):
    """What can be known of a client. `COMING`: that and when they come; `WRITTEN`: what they wrote before the first
    talk; `NOTES`: what the counselor notes; `WAITING`: that they wait for a time."""

    COMING = "coming"
    WRITTEN = "written"
    NOTES = "notes"
    WAITING = "waiting"


@dataclass(frozen=True)
class Opening:
    """The abilities that open a fact: for every student of the school, or for those whom one treats."""

    everybody: frozenset[Ability] = frozenset()
    own: frozenset[Ability] = frozenset()


TREATING, DIRECTING = frozenset({Ability.TAKE_COUNSELING}), frozenset({Ability.ARRANGE_COUNSELING})
# As the querysets of bookings, intakes and the waiting list have it (counseling/models).
OPENED_BY: Mapping[Fact, Opening] = {
    Fact.COMING: Opening(everybody=DIRECTING, own=TREATING),
    Fact.WRITTEN: Opening(own=TREATING),
    Fact.NOTES: Opening(own=TREATING),
    Fact.WAITING: Opening(everybody=DIRECTING),
}


def sees_all(fact: Fact) -> frozenset[Role]:
    """The roles that see the fact of every student of their school."""
    return frozenset(role for role in Role if GRANTS[role] & OPENED_BY[fact].everybody)


def sees_own(fact: Fact) -> frozenset[Role]:
    """The roles that see the fact of the students whom they treat themselves, and of nobody else."""
    own = frozenset(role for role in Role if GRANTS[role] & OPENED_BY[fact].own)
    return own - sees_all(fact)


def sees_by_glass() -> tuple[Role, ...]:
    """The roles that may break the glass over what a counselor notes: with a reason, told and reviewed."""
    return tuple(role for role in Role if role in BREAKERS[Sealed.SESSION_NOTES])


@dataclass(frozen=True)
class Knower:
    """Roles that learn the same, of everybody or (`is_own`) of the students whom they treat themselves."""

    roles: tuple[Role, ...]
    facts: tuple[Fact, ...]
    is_own: bool


def knowers() -> list[Knower]:
    """Everybody who learns anything, those who treat first."""
    return [
        Knower(roles, facts, is_own)
        for is_own, seen in ((True, sees_own), (False, sees_all))
        for roles, facts in _alike(seen).items()
    ]


def _alike(seen: Callable[[Fact], frozenset[Role]]) -> dict[tuple[Role, ...], tuple[Fact, ...]]:
    """The roles that see the same facts, with these."""
    by_role = {role: tuple(fact for fact in Fact if role in seen(fact)) for role in Role}
    sets = dict.fromkeys(facts for facts in by_role.values() if facts)
    return {tuple(role for role in Role if by_role[role] == facts): facts for facts in sets}


def not_told() -> tuple[Role, ...]:
    """The roles that learn nothing, in the order of the roles."""
    told = frozenset().union(*(sees_all(fact) | sees_own(fact) for fact in Fact))
    return tuple(role for role in Role if role not in told)
