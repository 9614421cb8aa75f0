"""Examples of what the addresses name, by app; see town.py."""

from tests.architecture.rows import (
    accounts,
    activities,
    care,
    counseling,
    courses,
    crisis,
    network,
    privacy,
    program,
    reporting,
    screening,
)
from tests.architecture.rows.town import KINDS, Row, Town, build_town, chain

__all__ = ["KINDS", "Row", "Town", "build_town", "chain"]
__all__ += [
    "accounts",
    "activities",
    "care",
    "counseling",
    "courses",
    "crisis",
    "network",
    "privacy",
    "program",
    "reporting",
    "screening",
]
