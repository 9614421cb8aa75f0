"""Activities as tests need them: planned by one counselor, approved by another."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from activities.models import Activity, Enrolment, Occasion
from activities.rules.activities import Admission, Audience
from activities.services import approve_activity, enroll, plan_activity, submit_activity
from activities.services.plans import ActivityPlan, OccasionPlan
from network.models import Student, User
from network.rules import Role
from tests import factories
from tests.conftest import World


def times(
    starts_at: datetime, *, count: int = 1, hours: str = "2.0", place: str = "东校区报告厅"
) -> list[OccasionPlan]:
    """Meetings of two hours, a week apart."""
    return [
        OccasionPlan(
            starts_at + timedelta(days=7 * number), starts_at + timedelta(days=7 * number, hours=2), place,
            Decimal(hours),
        )
        for number in range(count)
    ]  # fmt: skip


def plan_for(world: World, at: datetime, **changes: Any) -> ActivityPlan:
    """A lecture of the school for everybody, in a week."""
    starts_at = changes.pop("starts_at", at + timedelta(days=7))
    count, hours = changes.pop("count", 1), changes.pop("hours", "2.0")
    values: dict[str, Any] = {
        "unit": world.school,
        "title": "情绪管理讲座",
        "occasions": times(starts_at, count=count, hours=hours),
        "enrol_from": at - timedelta(days=1),
        "enrol_until": starts_at - timedelta(minutes=10),
        "admission": Admission.QUEUE,
        "audience": Audience.SCHOOL,
    }
    return ActivityPlan(**values | changes)


def organizer(world: World) -> User:
    return world.holder(Role.FULL_TIME_COUNSELOR)


def drafted(world: World, at: datetime, *, by: User | None = None, **changes: Any) -> Activity:
    return plan_activity(plan=plan_for(world, at, **changes), by=by or organizer(world), at=at)


def published(
    world: World, at: datetime, *, by: User | None = None, approver: User | None = None, **changes: Any
) -> Activity:
    activity = drafted(world, at, by=by, **changes)
    activity = submit_activity(activity=activity, by=activity.planned_by, at=at)
    return approve_activity(activity=activity, by=approver or world.holder(Role.CENTER_DIRECTOR), at=at)


def crowd(world: World, count: int) -> list[Student]:
    """Students of the school who hold no post."""
    return factories.make_students(world.it2, count, on=world.at.date())


def enrolled(activity: Activity, students: list[Student], at: datetime) -> list[Enrolment]:
    return [enroll(activity=activity, by=student.user, at=at) for student in students]


def states(activity: Activity) -> dict[str, int]:
    """How many enrolments are in each state."""
    counts: dict[str, int] = {}
    for row in activity.enrolments.all():
        counts[row.state] = counts.get(row.state, 0) + 1
    return counts


def queue(activity: Activity) -> list[str]:
    """Student numbers of who waits, in order."""
    return [row.student.number for row in Enrolment.objects.waiting().filter(activity=activity)]


def first_occasion(activity: Activity) -> Occasion:
    occasion: Occasion = Occasion.objects.select_related("activity__unit").filter(activity=activity)[0]
    return occasion
