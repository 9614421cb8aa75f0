"""What the director sees at a glance: who waits how long, hours against what is taken, credentials that end."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.timezone import localdate

from counseling.models import Booking, Counselor, Credential, Session, WaitingEntry
from counseling.rules.free_times import monday_of
from counseling.rules.kinds import SessionState
from counseling.rules.timetable import runs_in
from counseling.services.figures import figures_of
from counseling.services.free_times import read_center
from kernel.periods import TZ, Month
from network.models import Unit, User

WEEK, DAY, MINUTE = timedelta(days=7), timedelta(days=1), timedelta(minutes=1)
ENDS_SOON = timedelta(days=60)


@dataclass(frozen=True)
class Demand:
    """Minutes that a counselor offers in a week, and minutes that are taken."""

    name: str
    offered: int
    held: int


def usual_wait(*, school: Unit, month: Month) -> int:
    """Half of the students of a month waited at most so many working days for their first talk; -1 where it is not
    shown."""
    median = figures_of(school=school, month=month)["wait"]["median"]
    return median if isinstance(median, int) else -1


def waiting_longest(user: User) -> Any:
    """Who waits, the longest waiting first."""
    rows = WaitingEntry.objects.visible_to(user).open().select_related("student__school_class", "counselor__user")
    return rows.order_by("since", "pk")


def demand_of(school: Unit, on: date) -> list[Demand]:
    """Hours against what is taken in the week of that day, by counselor."""
    first = monday_of(on)
    center = read_center(school_id=school.pk, first=first, last=first + WEEK - DAY)
    begin = datetime.combine(first, time(0), TZ)
    held: dict[Any, int] = defaultdict(int)
    sessions = Session.objects.between(begin, begin + WEEK).filter(school=school, counselor__in=center.offered)
    for session in sessions.exclude(state=SessionState.CANCELLED.value):
        held[session.counselor_id] += (session.ends_at - session.starts_at) // MINUTE
    return [
        Demand(str(center.counselors[key].user), _offered(offered, center, first), held[key])
        for key, offered in center.offered.items()
    ]


def _offered(offered: Any, center: Any, first: date) -> int:
    """Minutes of the hours of that week; closures are not taken off."""
    minutes = 0
    for number in range(7):
        day = center.calendar(first + number * DAY, offered.campus)
        for line in offered.hours:
            if line.weekday == day.weekday and runs_in(line.weeks, day.week):
                minutes += (line.ends.hour - line.starts.hour) * 60 + line.ends.minute - line.starts.minute
    return minutes


def ending_credentials(user: User, at: datetime) -> Any:
    """Credentials that end soon, or that nobody has checked yet."""
    limit = localdate(at) + ENDS_SOON
    rows = Credential.objects.visible_to(user).filter(counselor__is_active=True).select_related("counselor__user")
    ending = rows.filter(ends_on__lte=limit) | rows.filter(checked_at=None)
    return ending.order_by("ends_on", "pk")


def figures_of_today(school: Unit, user: User, at: datetime) -> dict[str, int]:
    """Numbers for the tiles."""
    today = localdate(at)
    booked = Booking.objects.visible_to(user).filter(school=school)
    return {
        "waiting": WaitingEntry.objects.visible_to(user).open().count(),
        "today": booked.booked().filter(session__starts_at__date=today).count(),
        "open_outcomes": booked.without_outcome(at).count(),
        "counselors": Counselor.objects.filter(school=school).bookable(today).count(),
    }
