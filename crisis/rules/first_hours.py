"""What the first hours of red owe, and by when. Source: the table of levels in docs/domain.md § 3. No Django."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from kernel.periods import LAST_SECOND, TZ


class FirstDuty(StrEnum):
    """The duties of a red case besides its reports."""

    LEADER = "red_leader"
    FAMILY = "red_family"
    WATCH = "red_watch"
    CONTACT = "red_contact"


LEADER_WITHIN = timedelta(hours=2)
# A default of ours: the watch begins at once, and an hour is what finding two people may take.
WATCH_WITHIN = timedelta(hours=1)
# A default of ours: by then the outcome of an acknowledged alarm is written down.
OUTCOME_WITHIN = timedelta(hours=24)


def first_hours(at: datetime) -> Mapping[FirstDuty, datetime]:
    """When each duty is due for a case that became red at `at`."""
    return {
        FirstDuty.LEADER: at + LEADER_WITHIN,
        FirstDuty.FAMILY: _end_of_day(at),
        FirstDuty.WATCH: at + WATCH_WITHIN,
        FirstDuty.CONTACT: next_contact(at),
    }


def next_contact(at: datetime) -> datetime:
    """By when the next daily contact is due after one at `at`: the end of the next day."""
    return _end_of_day(at + timedelta(days=1))


def _end_of_day(at: datetime) -> datetime:
    return datetime.combine(at.astimezone(TZ).date(), LAST_SECOND, TZ)
