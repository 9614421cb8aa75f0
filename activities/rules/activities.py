"""What kinds of activities there are, whom they are for, and the states that they pass. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    LECTURE = "lecture"
    SALON = "salon"
    GROUP = "group"
    DRAMA = "drama"
    ESSAY = "essay"
    CONTEST = "contest"
    SPORTS = "sports"
    GAMES = "games"
    TRAINING = "training"
    STALL = "stall"
    CLASS_MEETING = "class_meeting"
    OTHER = "other"


class Admission(StrEnum):
    """How places are given: to whoever comes, in order of arrival, by lot, or as the organizer chooses."""

    OPEN = "open"
    QUEUE = "queue"
    DRAW = "draw"
    CHOICE = "choice"


class Audience(StrEnum):
    """Whom it is for: the students of the unit that holds it, or of the whole school."""

    UNIT = "unit"
    SCHOOL = "school"


class ActivityState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


# Which states may follow each. A published activity is cancelled, never taken back.
NEXT: Mapping[ActivityState, frozenset[ActivityState]] = {
    ActivityState.DRAFT: frozenset({ActivityState.SUBMITTED, ActivityState.CANCELLED}),
    ActivityState.SUBMITTED: frozenset({ActivityState.DRAFT, ActivityState.PUBLISHED, ActivityState.CANCELLED}),
    ActivityState.PUBLISHED: frozenset({ActivityState.CANCELLED}),
    ActivityState.CANCELLED: frozenset(),
}

MOST_PLACES = 100_000
MOST_OCCASIONS = 60
MOST_HOURS = Decimal("24.0")
HOUR_STEP = Decimal("0.5")
LONGEST_OCCASION = timedelta(days=3)
# A festival of next year falls on the same weekdays.
ONE_YEAR_ON = timedelta(days=364)


def follows(state: str, then: ActivityState) -> bool:
    """Whether an activity in `state` may pass to `then`."""
    return then in NEXT[ActivityState(state)]


def is_whole_step(hours: Decimal) -> bool:
    """Hours are counted in halves: 0.3 is none."""
    return hours.is_finite() and hours % HOUR_STEP == 0


def a_year_on(moment: datetime) -> datetime:
    """The same weekday and time a year later."""
    return moment + ONE_YEAR_ON
