"""Who may do what in screening. One condition per line."""

from typing import Any

from network.models import Unit
from network.rules import Ability
from network.scope import Scope


def may_manage_scales(user: Any, school: Unit) -> bool:
    return Scope.of(user).covers(Ability.MANAGE_SCREENING, school)
