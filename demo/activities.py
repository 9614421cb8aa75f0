"""A year of activities: the festival in May, the salon of each month, and what is to come."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import cycle
from typing import Any
from uuid import UUID

from activities.models import Activity, Brand, Festival
from activities.rules.activities import Admission, Audience, Kind
from activities.services import (
    add_brand,
    approve_activity,
    choose_participants,
    copy_festival,
    credit_hours,
    draw_places,
    enroll,
    give_feedback,
    plan_activity,
    plan_festival,
    submit_activity,
    take_offline_batch,
    write_summary,
)
from activities.services.checking_in import Record
from activities.services.festivals import FestivalPlan
from activities.services.plans import ActivityPlan, OccasionPlan
from demo import activity_words as words
from demo.settling import Cast
from demo.showcase import Showcase
from kernel.periods import TZ
from network.models import Student, Unit, User
from network.rules import PRESENT, Role

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
GROUP = 16


@dataclass
class Planner:
    """Plans, approves and holds activities with the same people."""

    cast: Cast
    director: User
    counselor: User
    students: list[Student]
    now: datetime
    drawn: int = 0

    def publish(self, starts_at: datetime, title: str, kind: Kind, admission: Admission, capacity: int | None,
                **changes: Any) -> Activity:  # fmt: skip
        """One activity of the school, planned three weeks before and approved a day later."""
        planned_at = min(starts_at - 21 * DAY, self.now - 3 * DAY)
        activity = self.plan(starts_at, title, kind, admission, capacity, at=planned_at, **changes)
        by = activity.planned_by
        submit_activity(activity=activity, by=by, at=planned_at + HOUR)
        return approve_activity(activity=activity, by=self.director, at=planned_at + DAY)

    def plan(self, starts_at: datetime, title: str, kind: Kind, admission: Admission, capacity: int | None, *,
             at: datetime, unit: Unit | None = None, by: User | None = None, count: int = 1,
             **changes: Any) -> Activity:  # fmt: skip
        place = words.PLACES[len(title) % len(words.PLACES)]
        occasions = [
            OccasionPlan(starts_at + 7 * DAY * number, starts_at + 7 * DAY * number + 2 * HOUR, place, Decimal("2.0"))
            for number in range(count)
        ]
        plan = ActivityPlan(
            unit=unit or self.cast.school,
            title=title,
            occasions=occasions,
            enrol_from=at + DAY,
            enrol_until=starts_at - 2 * HOUR,
            kind=kind,
            description=words.DESCRIPTION,
            capacity=capacity,
            admission=admission,
            audience=Audience.SCHOOL if unit is None else Audience.UNIT,
            **changes,
        )
        return plan_activity(plan=plan, by=by or self.counselor, at=at)

    def group(self, size: int = GROUP) -> list[Student]:
        """The next students in turn, so that many have taken part in something."""
        start = self.drawn % max(1, len(self.students) - size)
        self.drawn += size
        return self.students[start : start + size]

    def fill(self, activity: Activity, students: list[Student]) -> None:
        at = max(activity.enrol_from, (activity.approved_at or activity.enrol_from)) + HOUR
        for number, student in enumerate(students):
            enroll(activity=activity, by=student.user, at=min(at + number * timedelta(minutes=7), self.now))

    def hold(self, activity: Activity, students: list[Student], *, feedback: bool = False) -> None:
        """What happens on the day and after it; every eighth stays away, and nothing comes of that."""
        by = activity.planned_by
        if activity.admission == Admission.DRAW.value:
            draw_places(activity=activity, by=by, at=activity.enrol_until + HOUR / 2)
        if activity.admission == Admission.CHOICE.value:
            chosen: list[UUID] = [row.pk for row in activity.enrolments.all()[: activity.capacity or GROUP]]
            choose_participants(activity=activity, chosen=chosen, by=by, at=activity.enrol_until)
        present = [student for number, student in enumerate(students) if number % 8 != 7]
        for occasion in activity.occasions.select_related("activity__unit"):
            at = occasion.starts_at
            records = [
                Record(UUID(int=occasion.pk.int ^ number), student.pk, at + number * timedelta(seconds=40))
                for number, student in enumerate(present, start=1)
            ]
            take_offline_batch(occasion=occasion, records=records, by=by, at=occasion.ends_at)
        credit_hours(activity=activity, by=by, at=activity.ends_at + HOUR)
        write_summary(activity=activity, words=words.SUMMARY, by=by, at=activity.ends_at + DAY)
        if feedback:
            for student, (rating, text) in zip(present, words.VOICES, strict=False):
                give_feedback(activity=activity, rating=rating, words=text, by=student.user, at=activity.ends_at + HOUR)


def tell_activities(cast: Cast, showcase: Showcase, *, now: datetime) -> None:
    """Let the center, a college and a class hold their year."""
    director = cast.holder(Role.CENTER_DIRECTOR, cast.school.pk)
    counselor = cast.holder(Role.FULL_TIME_COUNSELOR, cast.school.pk)
    if director is None or counselor is None:
        return
    students = _students(cast, showcase)
    planner = Planner(cast, director, counselor, students, now)
    _festival(planner, year=now.astimezone(TZ).year if now.astimezone(TZ).month > 6 else now.year - 1)
    _salons(planner)
    _to_come(planner, showcase)


def _students(cast: Cast, showcase: Showcase) -> list[Student]:
    """Those of the class that the printed accounts look at first."""
    present = [one for one in cast.students.values() if one.enrollment_status in PRESENT]
    near = [one for one in present if one.school_class_id == showcase.to_file.pk]
    return [*near, *(one for one in present if one.school_class_id != showcase.to_file.pk)][:400]


def _festival(planner: Planner, *, year: int) -> None:
    first, last = date(year, 5, 1), date(year, 5, 31)
    opened_at = datetime(year, 3, 20, 9, tzinfo=TZ)
    plan = FestivalPlan(words.FESTIVAL, words.THEME, first, last)
    festival: Festival = plan_festival(school=planner.cast.school, plan=plan, by=planner.director, at=opened_at)
    for number, (title, kind, admission, capacity) in enumerate(words.IN_MAY):
        starts_at = datetime.combine(first + (2 + 3 * number) * DAY, time(15), TZ)
        activity = planner.publish(starts_at, title, kind, admission, capacity, festival=festival)
        group = planner.group()
        planner.fill(activity, group)
        planner.hold(activity, group, feedback=number < 2)
    copy_festival(festival=festival, by=planner.director, at=planner.now - 2 * DAY)


def _salons(planner: Planner) -> None:
    brand: Brand = add_brand(
        school=planner.cast.school,
        name=words.BRAND,
        description=words.BRAND_WORDS,
        by=planner.director,
        at=planner.now - 100 * DAY,
    )
    for number, title in enumerate(words.SALONS):
        starts_at = _hour(planner.now - (75 - 28 * number) * DAY, 19)
        salon = planner.publish(starts_at, title, Kind.SALON, Admission.QUEUE, 20, brand=brand)
        group = planner.group()
        planner.fill(salon, group)
        planner.hold(salon, group, feedback=True)
    discreet = planner.publish(
        _hour(planner.now - 40 * DAY, 16), words.DISCREET, Kind.GROUP, Admission.QUEUE, 12, is_discreet=True, count=4
    )
    group = planner.group(8)
    planner.fill(discreet, group)
    planner.hold(discreet, group)


def _to_come(planner: Planner, showcase: Showcase) -> None:
    days = cycle((4, 6, 9, 13))
    for title, kind, admission, capacity in words.TO_COME:
        starts_at = _hour(planner.now + next(days) * DAY, 19)
        activity = planner.publish(starts_at, title, kind, admission, capacity, is_public=True)
        # The printed accounts find one with a queue, one with a draw, and two to enroll in.
        planner.fill(activity, planner.group(10) if admission is not Admission.OPEN else [])
    college = showcase.to_file.college_id
    officer = planner.cast.holder(Role.COLLEGE_UNION_OFFICER, college)
    if officer is not None and college is not None:
        unit = Unit.objects.get(pk=college)
        at = planner.now - DAY
        starts_at = _hour(planner.now + 11 * DAY, 14)
        fair = planner.plan(starts_at, words.UNDER_REVIEW, Kind.GAMES, Admission.OPEN, None, at=at, unit=unit,
                            by=officer)  # fmt: skip
        submit_activity(activity=fair, by=officer, at=at + HOUR)
    member = planner.cast.holder(Role.CLASS_COMMITTEE_MEMBER, showcase.to_file.pk)
    if member is not None:
        starts_at = _hour(planner.now + 16 * DAY, 20)
        planner.plan(starts_at, words.DRAFT, Kind.CLASS_MEETING, Admission.OPEN, None, at=planner.now - DAY,
                     unit=showcase.to_file, by=member)  # fmt: skip


def _hour(moment: datetime, hour: int) -> datetime:
    return datetime.combine(moment.astimezone(TZ).date(), time(hour), TZ)
