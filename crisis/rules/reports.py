"""What a report on a case says, kind by kind. Source: the forms of the domain rules."""

from collections.abc import Mapping
from datetime import datetime

from crisis.rules.cadence import Kind

REGULAR_FIELDS = ("contacts", "state", "risk", "measures", "next_step")
FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.IMMEDIATE: (
        "found",
        "reporter",
        "facts",
        "risk",
        "means",
        "place",
        "measures",
        "told",
        "family",
        "needs",
    ),
    Kind.FOLLOW_UP: ("changes", "risk", "place", "family", "measures", "next_step"),
    Kind.WEEKLY: REGULAR_FIELDS,
    Kind.MONTHLY: REGULAR_FIELDS,
}
# Without these a report says nothing.
REQUIRED: Mapping[Kind, frozenset[str]] = {
    Kind.IMMEDIATE: frozenset({"facts", "risk", "measures"}),
    Kind.FOLLOW_UP: frozenset({"changes", "risk"}),
    Kind.WEEKLY: frozenset({"risk", "next_step"}),
    Kind.MONTHLY: frozenset({"risk", "next_step"}),
}


def to_second(at: datetime) -> datetime:
    """The second in which something was filed: like in the monthly reports, the due second still counts."""
    return at.replace(microsecond=0)
