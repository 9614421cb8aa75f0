"""The dashboard of the center or a college: alarms that wait, overdue reports, cases by college and week."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncWeek
from django.utils.formats import date_format
from django.utils.timezone import localdate

from crisis.models import Alarm, Case, LevelChange, LoweringRequest
from crisis.rules import CLOSED, AlertLevel
from kernel.charts import Chart, Kind, Series
from network.models import Student, User
from network.rules import Ability
from network.scope import Scope

SHOWN = 8
WEEKS = 8


@dataclass(frozen=True)
class Board:
    """The desk: alarms, overdue cases, decisions that wait, counts by level and college, and heat by week."""

    alarms: list[Alarm]
    oldest: datetime | None
    waiting: int
    overdue: list[Case]
    due_soon: list[Case]
    pending: list[LoweringRequest]
    counts: dict[str, int]
    colleges: list[dict[str, Any]]
    heat: Chart


def board_of(*, user: User, at: datetime) -> Board:
    """The desk as the user may see it."""
    cases = Case.objects.visible_to(user, Ability.VIEW_CASES)
    alarms = Alarm.objects.visible_to(user, Ability.HANDLE_ALARM)
    waiting = alarms.unacknowledged()
    joined = cases.open().select_related("student", "college", "school_class", "owner")
    pending = LoweringRequest.objects.visible_to(user, Ability.VIEW_CASES).filter(decision="pending")
    return Board(
        alarms=list(
            alarms.unsettled()
            .select_related("student", "college", "school_class", "dorm", "acknowledged_by")
            .defer("evidence", "action_taken", "place", "contact", "outcome_note")
            .waiting_first()[:SHOWN]
        ),
        oldest=waiting.order_by().aggregate(oldest=Min("raised_at"))["oldest"],
        waiting=waiting.count(),
        overdue=list(joined.filter(next_due_at__lt=at).order_by("next_due_at", "pk")[:SHOWN]),
        due_soon=list(joined.filter(next_due_at__gte=at).order_by("next_due_at", "pk")[:SHOWN]),
        pending=list(pending.select_related("case__student", "requested_by")[:SHOWN]),
        counts=counts_of(cases, at),
        colleges=by_college(cases, at),
        heat=heat(cases, at),
    )


def counts_of(cases: Any, at: datetime) -> dict[str, int]:
    """Open cases by level, and how many are overdue."""
    counted: dict[str, int] = (
        cases.open()
        .order_by()
        .aggregate(
            red=Count("pk", filter=Q(level=AlertLevel.RED)),
            orange=Count("pk", filter=Q(level=AlertLevel.ORANGE)),
            yellow=Count("pk", filter=Q(level=AlertLevel.YELLOW)),
            overdue=Count("pk", filter=Q(next_due_at__lt=at)),
        )
    )
    return counted


def by_college(cases: Any, at: datetime) -> list[dict[str, Any]]:
    """Open cases of each college by level, the most red first."""
    rows = cases.open().order_by().values("college_id", "college__name")
    counted = rows.annotate(
        red=Count("pk", filter=Q(level=AlertLevel.RED)),
        orange=Count("pk", filter=Q(level=AlertLevel.ORANGE)),
        yellow=Count("pk", filter=Q(level=AlertLevel.YELLOW)),
        overdue=Count("pk", filter=Q(next_due_at__lt=at)),
        total=Count("pk"),
    )
    return list(counted.order_by("-red", "-orange", "-yellow", "college__name"))


def heat(cases: Any, at: datetime) -> Chart:
    """How many cases were opened or raised in each of the last weeks, by college."""
    first = monday(localdate(at)) - timedelta(weeks=WEEKS - 1)
    weeks = [first + timedelta(weeks=number) for number in range(WEEKS)]
    risen = LevelChange.objects.filter(case__in=cases.order_by().values("pk"), at__date__gte=first).exclude(
        to_level=CLOSED
    )
    rows = (
        risen.order_by()
        .filter(to_level__gt=0, approved_by=None)
        .annotate(week=TruncWeek("at"))
        .values("case__college__name", "week")
        .annotate(n=Count("pk"))
        .order_by("case__college__name", "week")
    )
    counts: dict[str, dict[date, int]] = defaultdict(dict)
    for row in rows:
        counts[row["case__college__name"] or "–"][localdate(row["week"])] = row["n"]
    series = [Series(name, [by.get(week, 0) for week in weeks]) for name, by in counts.items()]
    ticks = [f"{week.month}/\n{week.day}" for week in weeks]
    return Chart(Kind.HEATMAP, [date_format(week, "MONTH_DAY_FORMAT") for week in weeks], series, ticks=ticks)


def summary_of(user: User, *, at: datetime) -> dict[str, Any]:
    """What a school leader may know of alarms: how many wait, and for how long."""
    schools = Scope.of(user).rows([Ability.VIEW_RED_SUMMARY])
    waiting = Alarm.objects.none() if schools is None else Alarm.objects.unacknowledged().filter(schools)
    return {
        "waiting": waiting.count(),
        "oldest": waiting.order_by().aggregate(oldest=Min("raised_at"))["oldest"],
    }


def monday(day: date) -> date:
    """The first day of the week."""
    return day - timedelta(days=day.weekday())


def students_for(user: User) -> QuerySet[Student]:
    """Students whose section the reader may open. SECURITY: users who read only assigned cases see no other
    students here."""
    in_care = Student.objects.visible_to(user, Ability.VIEW_CASES, Ability.HANDLE_ALARM).order_by().values("pk")
    assigned = Case.objects.visible_to(user).order_by().values("student")
    return Student.objects.filter(Q(pk__in=in_care) | Q(pk__in=assigned))
