"""When a campaign runs: its window, the make-up after it, and where it stands on a day. Pure."""

from datetime import date, timedelta
from enum import StrEnum

from kernel.periods import academic_year
from screening.rules.days import is_plausible

# Source: the practice of the domain rules; term 1 begins on the first Monday of September unless the school says else.
FIRST_WEEK, LAST_WEEK = 3, 8
LONGEST_MAKEUP = timedelta(days=14)
# Half a year: a screening runs within one term.
LONGEST_WINDOW = timedelta(days=184)
WEEK = timedelta(days=7)


class Phase(StrEnum):
    """Where a campaign stands."""

    DRAFT = "draft"
    WAITING = "waiting"
    RUNNING = "running"
    MAKEUP = "makeup"
    OVER = "over"
    CLOSED = "closed"


ANSWERING = frozenset({Phase.RUNNING, Phase.MAKEUP})


def phase_on(
    day: date, *, opens_on: date, closes_on: date, makeup_until: date | None, opened: bool, closed: bool
) -> Phase:
    """The phase on that day; the last day of the window and of the make-up belong to them."""
    if closed:
        return Phase.CLOSED
    if not opened:
        return Phase.DRAFT
    if day < opens_on:
        return Phase.WAITING
    if day <= closes_on:
        return Phase.RUNNING
    return Phase.MAKEUP if makeup_until and day <= makeup_until else Phase.OVER


def default_window(day: date) -> tuple[date, date]:
    """First and last day of teaching weeks 3 to 8 of term 1 in the academic year of `day`."""
    september = date(int(academic_year(day)[:4]), 9, 1)
    monday = september + timedelta(days=-september.weekday() % 7)
    return monday + (FIRST_WEEK - 1) * WEEK, monday + LAST_WEEK * WEEK - timedelta(days=1)


def faults(opens_on: date, closes_on: date, makeup_until: date | None) -> dict[str, str]:
    """What is wrong with a window: the field, and in one word why."""
    if not is_plausible(opens_on):
        return {"opens_on": "no-such-day"}
    if closes_on < opens_on:
        return {"closes_on": "ends-before-it-begins"}
    if closes_on > opens_on + LONGEST_WINDOW:
        return {"closes_on": "window-too-long"}
    if makeup_until and makeup_until <= closes_on:
        return {"makeup_until": "makeup-before-the-end"}
    if makeup_until and makeup_until > closes_on + LONGEST_MAKEUP:
        return {"makeup_until": "makeup-too-long"}
    return {}
