"""At what hours people do things: students answer between lessons and in the evening, offices work by day."""

from datetime import date, datetime, time, timedelta
from random import Random

from kernel.periods import TZ

DAY = timedelta(days=1)
# Students answer from eight in the morning to half past eleven at night, most of them after supper.
FIRST, LAST, MOST = 8.0, 23.4, 20.5
TALKS = (time(9), time(10, 10), time(14, 30), time(15, 40), time(16, 50))
SATURDAY = 5


def student_time(draw: Random, day: date) -> datetime:
    """A moment of the day at which a student answers."""
    minutes = round(draw.triangular(FIRST, LAST, MOST) * 60)
    return datetime.combine(day, time(minutes // 60, minutes % 60), TZ)


def office_time(at: datetime, number: int) -> datetime:
    """The `number`-th hour for talks on the day of `at`, or on the Friday before a weekend."""
    day = at.astimezone(TZ).date()
    while day.weekday() >= SATURDAY:
        day -= DAY
    return datetime.combine(day, TALKS[number % len(TALKS)], TZ)
