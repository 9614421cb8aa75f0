"""The eight indicators of a year, counted from the rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q, QuerySet

from activities.models import (
    BudgetYear,
    Course,
    CourseEnrolment,
    Goal,
    LessonAttendance,
    Presence,
    StationCheck,
)
from activities.rules import indicators
from activities.rules.indicators import Indicator, goal_progress
from activities.rules.program import FIRST_YEAR, Audience, CourseState, counted
from activities.services.trainings import training_years
from network.models import Placement, Post, Unit, User
from network.models.people import PlacementQuerySet
from network.rules import Level, Role

# [D] Students are counted on 31 October, when the first-years of the year have settled in; staff on 31 December.
STUDENTS_ON, STAFF_ON = (10, 31), (12, 31)
# [D] A peer counts as trained for the year of the training and the year after.
TRAINED_YEARS = 2
PEER_ROLES = {Level.CLASS: Role.CLASS_COMMITTEE_MEMBER, Level.DORM: Role.DORM_HEAD}


@dataclass(frozen=True)
class Reference:
    """What is counted: a school or one of its colleges, in a year, as of `today`."""

    school: Unit
    college: Unit | None
    year: int
    today: date

    @property
    def students_on(self) -> date:
        return min(date(self.year, *STUDENTS_ON), self.today)

    @property
    def staff_on(self) -> date:
        return min(date(self.year, *STAFF_ON), self.today)

    @property
    def unit(self) -> Unit:
        return self.college or self.school

    def placements(self, on: date) -> PlacementQuerySet:
        """Students present on a day."""
        rows: PlacementQuerySet = Placement.objects.on(on).present().filter(school=self.school).order_by()
        return rows.filter(college=self.college) if self.college else rows

    def students(self) -> int:
        return self.placements(self.students_on).values("student").distinct().count()


def is_countable(year: int, today: date) -> bool:
    """Whether there can be figures of this year: it has begun, and the portal knows it."""
    return FIRST_YEAR <= year <= today.year


def indicators_of(reference: Reference) -> dict[str, Indicator]:
    """All indicators by name, in the order of the rules. Staff, their training and the money are the school's own
    matter: a college has no figures of them."""
    nothing = Indicator(Fraction(0), Fraction(0))
    of_school = reference.college is None
    return {
        "staff": staff(reference) if of_school else nothing,
        "training": training(reference) if of_school else nothing,
        "budget": budget(reference) if of_school else indicators.budget(0, 0),
        "course": course(reference, CourseState.ENROLLED),
        "reach": reach(reference),
        "peers": peers(reference),
        "plan": plan(reference),
        "stations": stations(reference),
    }


def full_time(reference: Reference) -> list[User]:
    """The full-time counselors in post."""
    posts = Post.objects.active(reference.staff_on).filter(unit=reference.school, role=Role.FULL_TIME_COUNSELOR)
    holders = {post.holder_id: post.holder for post in posts.select_related("holder")}
    return sorted(holders.values(), key=lambda holder: holder.number)


def staff(reference: Reference) -> Indicator:
    return indicators.staff(len(full_time(reference)), reference.students())


def training(reference: Reference) -> Indicator:
    years = training_years(full_time(reference), reference.year)
    return indicators.training(sum(row.is_enough for row in years), len(years))


def budget(reference: Reference) -> Indicator:
    row = BudgetYear.objects.filter(school=reference.school, year=reference.year).first()
    return indicators.budget(row.earmarked if row else 0, reference.students())


def course(reference: Reference, state: CourseState) -> Indicator:
    """First-years in a required course of the academic year; with the state "passed" those who passed it."""
    first_years = reference.placements(reference.students_on).filter(school_class__grade=reference.year)
    students = first_years.values("student")
    rows = CourseEnrolment.objects.taking_part().filter(
        run__course__in=Course.objects.required().filter(school=reference.school),
        run__year=reference.year,
        student__in=students,
    )
    if state is not CourseState.ENROLLED:
        rows = rows.filter(state=state.value)
    enrolled = rows.order_by().values("student").distinct().count()
    return indicators.course(enrolled, students.distinct().count())


def reach(reference: Reference) -> Indicator:
    """Students who were at an activity at least once in the year."""
    rows = Presence.objects.filter(school=reference.school, at__year=reference.year).order_by()
    if reference.college:
        rows = rows.filter(college=reference.college)
    return indicators.reach(rows.values("student").distinct().count(), reference.students())


def peers(reference: Reference) -> Indicator:
    """Classes and dorms in which somebody lives or studies, and those with a trained holder of the post."""
    inhabited = _inhabited(reference)
    trained = LessonAttendance.objects.filter(
        lesson__school=reference.school,
        lesson__audience=Audience.PEERS.value,
        lesson__day__lte=reference.staff_on,
        lesson__day__year__gt=reference.year - TRAINED_YEARS,
    ).values("user")
    posts = Post.objects.active(reference.staff_on).filter(
        unit__school=reference.school, holder__in=trained, holder__is_active=True
    )
    held = set(posts.filter(role__in=PEER_ROLES.values()).values_list("unit", flat=True))
    return indicators.peers(len(held & inhabited), len(inhabited))


def plan(reference: Reference) -> Indicator:
    """The plan of the unit itself."""
    goals = Goal.objects.filter(plan__unit=reference.unit, plan__year=reference.year)
    return indicators.plan(weighted(goals))


def weighted(goals: QuerySet[Goal]) -> list[tuple[int, Fraction]]:
    """Weight and progress of each goal."""
    rows = goals.prefetch_related("steps").order_by("pk")
    return [(goal.weight, goal_progress(step.progress for step in goal.steps.all())) for goal in rows]


def stations(reference: Reference) -> Indicator:
    """Items met ÷ items that apply, in the checks of the year that the center has decided."""
    checks = StationCheck.objects.filter(
        station__unit__school=reference.school, year=reference.year, checked_at__isnull=False
    )
    if reference.college:
        checks = checks.filter(station__unit=reference.college)
    return indicators.stations(*_summed(counted(answers) for answers in checks.values_list("answers", flat=True)))


def _summed(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    rows = list(pairs)
    return sum(met for met, _applicable in rows), sum(applicable for _met, applicable in rows)


def _inhabited(reference: Reference) -> set[int]:
    """Ids of the classes and dorms with somebody present."""
    rows = Placement.objects.on(reference.staff_on).present().filter(school=reference.school).order_by()
    classes = rows.values("school_class").distinct()
    dorms = rows.exclude(dorm=None).values("dorm").distinct()
    units = Unit.objects.filter(school=reference.school).order_by()
    if reference.college:
        units = units.filter(college=reference.college)
    inhabited = units.filter(Q(pk__in=classes) | Q(pk__in=dorms))
    return set(inhabited.values_list("pk", flat=True))
