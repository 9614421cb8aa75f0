"""What the pages about activities show: lists for students, boards for staff, the roster of an organizer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.timezone import localdate, localtime

from activities.models import Activity, Certificate, Credit, Enrolment, Occasion, Presence
from activities.models.labels import NEUTRAL_NAME
from activities.rules import checkins
from activities.rules.enrolments import ACTIVE, EnrolmentState
from kernel.suppression import Figure, suppress
from network.models import Student, User
from network.rules import Ability
from network.scope import Scope

BOARD = (
    Ability.ORGANIZE_ACTIVITIES,
    Ability.APPROVE_ACTIVITIES,
    Ability.FOLLOW_ACTIVITIES,
    Ability.VIEW_STATS,
)


@dataclass(frozen=True)
class Card:
    """An activity as a student reads it."""

    activity: Activity
    enrolment: Enrolment | None
    is_open: bool

    @property
    def is_mine(self) -> bool:
        return self.enrolment is not None and self.enrolment.state in ACTIVE


@dataclass(frozen=True)
class Place:
    """One's own standing in an activity. `number`: the place in the queue, None where there is none."""

    enrolment: Enrolment | None
    number: int | None
    may_enroll: bool
    may_cancel: bool
    waits_for_draw: bool


@dataclass
class BoardRow:
    """An activity with its figures; those of a discreet one are hidden where they are small."""

    activity: Activity
    title: str
    enrolled: Figure
    waiting: Figure
    present: Figure
    is_hidden: bool = False
    may_open: bool = True

    @property
    def of_places(self) -> str:
        """The places as they follow the number of those who have one: “/30”."""
        return f"/{self.activity.capacity}" if self.activity.capacity and not self.is_hidden else ""


@dataclass
class RosterRow:
    """Somebody of an activity: the enrolment if there is one, and the occasions attended."""

    student: Student
    enrolment: Enrolment | None = None
    presences: dict[Any, Presence] = field(default_factory=dict)
    hours: Decimal = Decimal("0.0")
    credit: Credit | None = None


def activities_for(user: User) -> Any:
    """What somebody may read and enroll in; for staff the open ones of the whole school."""
    student = student_of(user)
    if student is not None:
        return Activity.objects.for_student(student)
    return Activity.objects.announced().filter(school=user.school_id, audience="school", is_discreet=False)


def student_of(user: User) -> Student | None:
    student: Student | None = Student.objects.for_user(user).select_related("school_class").first()
    return student


def cards_of(activities: Iterable[Activity], user: User, at: datetime) -> list[Card]:
    """The activities with one's own enrolment."""
    rows = list(activities)
    own = {row.activity_id: row for row in Enrolment.objects.for_user(user).filter(activity__in=rows)}
    return [Card(row, own.get(row.pk), row.is_published and row.enrol_from <= at <= row.enrol_until) for row in rows]


def by_day(cards: Iterable[Card]) -> list[tuple[date, list[Card]]]:
    """Cards by the day of their first occasion."""
    return [(day, list(group)) for day, group in groupby(cards, key=lambda card: localdate(card.activity.starts_at))]


def place_of(activity: Activity, user: User, at: datetime) -> Place:
    """One's own place, and what can be done about it now."""
    row: Enrolment | None = Enrolment.objects.for_user(user).filter(activity=activity).first()
    is_active = row is not None and row.state in ACTIVE
    waits_for_draw = activity.is_by_lot and activity.drawn_at is None
    number = None
    if row is not None and row.state == EnrolmentState.WAITING and activity.admission != "choice":
        before = Enrolment.objects.waiting().filter(activity=activity, queue_no__lt=row.queue_no)
        number = None if waits_for_draw else before.count() + 1
    is_open = activity.is_published and activity.enrol_from <= at <= activity.enrol_until
    return Place(
        enrolment=row,
        number=number,
        may_enroll=is_open and not is_active and student_of(user) is not None,
        may_cancel=is_active and activity.is_published and at < activity.ends_at,
        waits_for_draw=waits_for_draw,
    )


def board_of(user: User, activities: Iterable[Activity]) -> list[BoardRow]:
    """The activities with figures about students in the reader's care, each counted once. What is discreet is told by
    figures that give nobody away, unless one works with its roster."""
    rows = list(activities)
    keys = [row.pk for row in rows]
    run = set(Activity.objects.run_by(user).filter(pk__in=keys).values_list("pk", flat=True))
    care = Scope.of(user).rows(BOARD)
    # Whoever runs an activity counts everybody in it.
    mine = Q(activity__in=run) if care is None else Q(activity__in=run) | care
    enrolled = Enrolment.objects.filter(mine, activity__in=keys).values_list("activity").order_by("activity")
    counts = {
        key: (inside, waiting)
        for key, inside, waiting in enrolled.annotate(
            inside=Count("pk", filter=Q(state="in")), waiting=Count("pk", filter=Q(state__in=["waiting", "offered"]))
        )
    }
    there = Q(occasion__activity__in=run) if care is None else Q(occasion__activity__in=run) | care
    present = dict(
        Presence.objects.filter(there, occasion__activity__in=keys)
        .values_list("occasion__activity")
        .order_by("occasion__activity")
        .annotate(people=Count("student", distinct=True))
    )
    return [_board_row(row, *counts.get(row.pk, (0, 0)), present.get(row.pk, 0), row.pk in run) for row in rows]


def _board_row(activity: Activity, inside: int, waiting: int, present: int, runs: bool) -> BoardRow:
    if not activity.is_discreet or runs:
        return BoardRow(activity, activity.title, inside, waiting, present)
    return BoardRow(
        activity,
        str(NEUTRAL_NAME),
        _shown(inside),
        _shown(waiting),
        _shown(present),
        is_hidden=True,
        may_open=False,
    )


def _shown(count: int) -> Figure:
    return suppress({"activity": {"people": count}}).cells["activity"]["people"]


def discreet_nearby(user: User) -> QuerySet[Any]:
    """Discreet activities in which students of the reader's care took part: shown as figures alone."""
    care = Scope.of(user).rows([Ability.FOLLOW_ACTIVITIES, Ability.VIEW_STATS])
    if care is None:
        return Activity.objects.none()
    there = Presence.objects.filter(care, occasion__activity__is_discreet=True).values("occasion__activity")
    return Activity.objects.published().filter(pk__in=there)


def roster_of(activity: Activity, user: User) -> list[RosterRow]:
    """Who enrolled or came, as far as the reader may read names; the queue in its order, then walk-ins."""
    enrolments = Enrolment.objects.visible_to(user, Ability.FOLLOW_ACTIVITIES).filter(activity=activity)
    rows: dict[Any, RosterRow] = {}
    for row in enrolments.select_related("student__school_class").order_by("queue_no"):
        rows[row.student_id] = RosterRow(row.student, row)
    presences = Presence.objects.visible_to(user, Ability.FOLLOW_ACTIVITIES).filter(occasion__activity=activity)
    for presence in presences.select_related("student__school_class").order_by("at"):
        rows.setdefault(presence.student_id, RosterRow(presence.student)).presences[presence.occasion_id] = presence
    credits_ = Credit.objects.visible_to(user, Ability.FOLLOW_ACTIVITIES).filter(activity=activity).order_by("at")
    for credit in credits_:
        if credit.student_id in rows:
            rows[credit.student_id].hours += credit.hours
            rows[credit.student_id].credit = credit if credit.corrects_id is None else rows[credit.student_id].credit
    order = {EnrolmentState.IN: 0, EnrolmentState.OFFERED: 1, EnrolmentState.WAITING: 2}
    return sorted(
        rows.values(),
        key=lambda row: order.get(EnrolmentState(row.enrolment.state), 4) if row.enrolment else 3,
    )


def own_record(user: User, at: datetime) -> dict[str, Any]:
    """One's own activities to come, hours by activity with corrections, certificates and feedback still to give."""
    at_rows = Enrolment.objects.for_user(user).active().select_related("activity")
    credits_ = Credit.objects.for_user(user).select_related("activity").order_by("-at", "pk")
    return {
        "enrolments": list(
            at_rows.filter(activity__state="published", activity__ends_at__gte=at).order_by("activity__starts_at")
        ),
        "credits": list(credits_),
        "total": credits_.aggregate(hours=Sum("hours"))["hours"] or Decimal("0.0"),
        "certificates": list(Certificate.objects.for_user(user).defer("content")),
    }


def certifiable(user: User) -> list[Activity]:
    """Activities for which one has hours."""
    rows = Credit.objects.for_user(user).values("activity").annotate(hours=Sum("hours")).filter(hours__gt=0)
    return list(Activity.objects.filter(pk__in=rows.values("activity")).order_by("-starts_at", "pk"))


def code_now(occasion: Occasion, at: datetime) -> dict[str, Any]:
    """What the screen at the door shows: code, digits, seconds left."""
    slot = checkins.slot_of(at)
    return {
        "code": checkins.code_of(occasion.secret, slot),
        "digits": checkins.digits_of(occasion.secret, slot),
        "seconds": checkins.seconds_left(at),
        "state": checkins.window(starts_at=occasion.starts_at, ends_at=occasion.ends_at, at=at).value,
        "opens_at": localtime(checkins.opens_at(occasion.starts_at)),
    }
