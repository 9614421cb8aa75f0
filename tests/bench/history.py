"""Fills a database that has a roster with closed months and an open one: python -m tests.bench.history MONTHS"""

import json
import sys
from datetime import datetime, time, timedelta

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from kernel.periods import TZ, Month  # noqa: E402
from network.models import Placement, Unit, User  # noqa: E402
from network.rules import Role  # noqa: E402
from network.services import appoint  # noqa: E402
from reporting.models import Cycle, Line, Report  # noqa: E402
from reporting.services import open_cycle, roll_up  # noqa: E402
from reporting.services.publishing import publish  # noqa: E402

FIRST_DAY = datetime(2020, 9, 1, 9, tzinfo=TZ)
# Hashes stand in for chance: the same reports are late and the same students low in every run.
FILE_REPORTS = """
UPDATE reporting_report SET state = %(state)s, revision = 1, on_time = abs(hashtext(id::text)) %% 100 < 93,
    first_filed_at = %(at)s, filed_at = %(at)s, filed_by_id = %(by)s, decided_at = %(at)s, decided_by_id = %(by)s,
    changed_at = %(at)s, mood_index = CASE WHEN level = 'class' THEN 4 END
WHERE cycle_id = %(cycle)s AND abs(hashtext(id::text || 'filed')) %% 100 < %(share)s
"""
WRITE_LINES = """
INSERT INTO reporting_line (id, report_id, cycle_id, student_id, school_id, college_id, school_class_id, dorm_id,
    status, signs, events, helps, observation, is_current)
SELECT gen_random_uuid(), report.id, report.cycle_id, student.id, student.school_id, student.college_id,
    student.school_class_id, student.dorm_id,
    CASE WHEN lot < 930 THEN 1 WHEN lot < 975 THEN 2 WHEN lot < 990 THEN 3 WHEN lot < 998 THEN 4 ELSE 5 END,
    CASE WHEN lot < 930 THEN 0 ELSE 1 << (lot %% 8) END, CASE WHEN lot < 980 THEN 0 ELSE 1 << (lot %% 6) END,
    CASE WHEN lot < 930 THEN 0 ELSE 1 << (lot %% 5) END, '', true
FROM (SELECT *, abs(hashtext(number || %(cycle)s::text)) %% 1000 AS lot FROM network_student) student
JOIN reporting_report report ON report.cycle_id = %(cycle)s AND report.state IN ('filed', 'accepted')
    AND report.unit_id = coalesce(student.dorm_id, student.school_class_id)
WHERE student.enrollment_status IN ('studying', 'returned')
"""


def fill(months: int) -> dict[str, int]:
    """The closed months in bulk, every report of theirs filed; the open one with nine of ten reports filed."""
    school = Unit.objects.schools().get()
    director = User.objects.filter(posts__role=Role.CENTER_DIRECTOR).order_by("pk")[0]
    for role in (Role.LEADING_GROUP, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR):
        user = User.objects.create_user(f"bench-{role}", name=role, school=school)
        appoint(holder=user, unit=school, role=role, by=None, at=FIRST_DAY)
    Placement.objects.update(starts_on=FIRST_DAY.date())
    last = Month.of(now())
    told = [last]
    for _ in range(months):
        told.insert(0, told[0].previous())
    for month in told:
        _tell(school, director, month, is_open=month == last)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return {"months": months, "reports": Report.objects.count(), "lines": Line.objects.count()}


@transaction.atomic
def _tell(school: Unit, director: User, month: Month, *, is_open: bool) -> None:
    opened_at = datetime.combine(month.first, time(8), TZ)
    filed_at = now() if is_open else opened_at + timedelta(days=20)
    cycle = open_cycle(school=school, month=month, by=None, at=opened_at)
    share, state = (90, "filed") if is_open else (100, "accepted")
    values = {"cycle": cycle.pk, "at": filed_at, "by": director.pk, "share": share, "state": state}
    with connection.cursor() as cursor:
        cursor.execute(FILE_REPORTS, values)
        # Without it the planner takes the new rows for few, and loops over them for minutes.
        cursor.execute("ANALYZE reporting_report, network_student")
        cursor.execute(WRITE_LINES, values)
        cursor.execute("DELETE FROM network_duty WHERE settled_at IS NULL AND due_at < now()")
    closed_at = None if is_open else opened_at + timedelta(days=32)
    Cycle.objects.filter(pk=cycle.pk).update(closed_at=closed_at)
    roll_up(cycle=cycle, at=closed_at or now())
    publish(cycle=cycle, at=closed_at or now())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(fill(int(sys.argv[1]))))
