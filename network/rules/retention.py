"""How long data is kept. Pure."""

from calendar import monthrange
from datetime import datetime


def months_before(at: datetime, months: int) -> datetime:
    """The same moment so many months earlier; a day that the month lacks is its last one."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    return at.replace(year=year, month=month + 1, day=min(at.day, monthrange(year, month + 1)[1]))


def in_force(months: int, confirmed: int | None) -> int | None:
    """The period by which data is deleted now: the longer of the chosen and the confirmed one, so that a shorter one
    waits for its confirmation; None while nobody has confirmed any. Keeping data longer needs none."""
    return None if confirmed is None else max(months, confirmed)
