"""Courses, their runs, teams and exchange."""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Course, CourseRun, Teaching, TeachingExchange
from activities.rules.program import FIRST_YEAR, LAST_YEAR
from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User

MOST_CREDITS, MOST_HOURS = Decimal(10), 200


@transaction.atomic
def save_course(
    *,
    school: Unit,
    code: str,
    title: str,
    kind: str,
    credits: Decimal,
    hours: int,
    effective_from: date,
    by: User,
    at: datetime,
    course: Course | None = None,
) -> Course:
    """Enter a course, or change one. Refused for a code that is taken, and for credits and hours that no course has."""
    _check(by, school)
    if not (0 < credits <= MOST_CREDITS and 1 <= hours <= MOST_HOURS):
        raise Refused(_("Give up to 10 credits and up to 200 class hours."), code="out-of-range")
    taken = Course.objects.filter(school=school, code=code).exclude(pk=course.pk if course else None)
    if taken.exists():
        raise Refused(_("Another course has this code. Look for it in the list."), code="code-taken")
    row = Course.objects.select_for_update().get(pk=course.pk) if course else Course(school=school)
    row.code, row.title, row.kind, row.credits = code, title, kind, credits
    row.hours, row.effective_from = hours, effective_from
    row.save()
    action = "course.edit" if course else "course.add"
    audit.record(action=action, by=by, at=at, obj=row, unit=school.code, detail={"code": code})
    return row


@transaction.atomic
def add_run(*, course: Course, year: int, term: int, group: str, timetable: str, by: User, at: datetime) -> CourseRun:
    """Hold the course in a term for a teaching group. Refused for a group that is there already."""
    _check(by, course.school)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(_("Choose a year between 2000 and 2099."), code="out-of-reach")
    if date(year + 1, 8, 31) < course.effective_from:
        raise Refused(_("The course was not in the curriculum yet in that year."), code="not-yet")
    run, is_new = CourseRun.objects.get_or_create(
        course=course, year=year, term=term, group=group, defaults={"timetable": timetable}
    )
    if not is_new:
        raise Refused(_("This teaching group is there already."), code="run-taken")
    audit.record(action="course.run", by=by, at=at, obj=run, unit=course.school.code)
    return run


@transaction.atomic
def put_on_team(*, run: CourseRun, teacher: User, role: str, hours: int, by: User, at: datetime) -> Teaching:
    """Put somebody on the team of a run, or change their part. Refused for more hours than the course has."""
    _check(by, run.course.school)
    if not 1 <= hours <= run.course.hours:
        raise Refused(
            _("The course has %(hours)s class hours: give no more.") % {"hours": run.course.hours}, code="too-many"
        )
    row, _is_new = Teaching.objects.update_or_create(run=run, teacher=teacher, defaults={"role": role, "hours": hours})
    audit.record(action="course.team", by=by, at=at, obj=run, detail={"teacher": teacher.number, "role": role})
    return row


@transaction.atomic
def take_off_team(*, teaching: Teaching, by: User, at: datetime) -> None:
    """Take somebody off the team of a run."""
    _check(by, teaching.run.course.school)
    detail = {"teacher": teaching.teacher.number, "role": ""}
    audit.record(action="course.team", by=by, at=at, obj=teaching.run, detail=detail)
    teaching.delete()


@transaction.atomic
def record_exchange(
    *, course: Course, kind: str, day: date, topic: str, people: int, by: User, at: datetime
) -> TeachingExchange:
    """Note that the teachers of a course met. Refused for a day to come."""
    _check(by, course.school)
    check_happened(day, at=at)
    row = TeachingExchange.objects.create(course=course, kind=kind, day=day, topic=topic, people=people, recorded_by=by)
    audit.record(action="course.exchange", by=by, at=at, obj=course, unit=course.school.code)
    return row


def check_happened(day: date, *, at: datetime) -> None:
    """Refuse a day that has not come, or that lies before the portal's years."""
    if day > localdate(at):
        raise Refused(_("This day has not come yet. Enter it when it is over."), code="to-come")
    if day.year < FIRST_YEAR:
        raise Refused(_("This year cannot be right. Look at the date once more."), code="out-of-reach")


def _check(by: User, school: Unit) -> None:
    if not policies.may_manage_program(by, school):
        raise Refused(_("Courses are managed by the center."), code="may-not-manage")
