"""Days that can be meant: whatever lies outside was mistyped. Pure."""

from datetime import date, timedelta

EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)
YEAR = timedelta(days=366)
# A training is repeated long before.
LONGEST_TRAINING = 10 * YEAR


def is_plausible(day: date) -> bool:
    return EARLIEST <= day <= LATEST
