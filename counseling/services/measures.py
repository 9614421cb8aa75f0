"""Measures of a course, and how they went."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Course, Measure
from counseling.models.course_labels import MEASURE_LABELS
from counseling.rules.measures import Goal, MeasureKind, goal_attainment, is_in_range, who5
from counseling.services.courses import lock_course
from crisis.models.base import keys_of
from kernel.charts.data import Chart, Kind, Series
from kernel.errors import Refused
from network.models import User
from network.services import record_client_event

Items = Sequence[int] | Sequence[Goal]


def score_of(kind: MeasureKind, items: Items) -> int:
    """The score of answers; ValueError for answers out of range."""
    if kind == MeasureKind.WHO5:
        return who5([item for item in items if isinstance(item, int)])
    if kind == MeasureKind.GOALS:
        return goal_attainment([item for item in items if isinstance(item, Goal)])
    (value,) = (item for item in items if isinstance(item, int))
    return value


@transaction.atomic
def take_measure(*, course: Course, kind: MeasureKind, items: Items, by: User, at: datetime) -> Measure:
    """Keep a measure. Refused for all but the treating counselor, after the end, and for answers out of range."""
    course = lock_course(course)
    if not policies.may_treat(by, course) or not course.is_open:
        raise Refused(_("The treating counselor takes measures while the course is open."), code="may-not-measure")
    try:
        score = score_of(kind, items)
    except ValueError:
        score = -1
    if not is_in_range(kind, score):
        raise Refused(_("These answers are not possible. Look at the numbers once more."), code="out-of-range")
    kept = [[item.weight, item.level] if isinstance(item, Goal) else item for item in items]
    measure: Measure = Measure.objects.create(
        student=course.student,
        **keys_of(course.student),
        course=course,
        kind=kind.value,
        score=score,
        items=json.dumps(kept),
        taken_at=at,
        by=by,
    )
    record_client_event(action="measure.take", student=course.student, by=by, at=at, obj=measure)
    return measure


def charts_of(course: Course) -> list[tuple[str, Chart]]:
    """A small chart of each measure that was taken at least twice."""
    rows = list(Measure.objects.filter(course=course).order_by("taken_at", "pk"))
    charts = []
    for kind in MeasureKind:
        points = [row for row in rows if row.kind == kind.value]
        if len(points) > 1:
            days = [date_format(localtime(row.taken_at), "MONTH_DAY_FORMAT") for row in points]
            series = [Series(str(MEASURE_LABELS[kind]), [row.score for row in points])]
            charts.append((str(MEASURE_LABELS[kind]), Chart(Kind.TREND, days, series)))
    return charts
