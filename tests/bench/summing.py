"""The rollup of a whole month against one GROUP BY over its lines: python -m tests.bench.summing"""

import json
import sys
import time
from collections.abc import Callable
from statistics import median

import django

django.setup()

from django.db import connection  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from reporting.models import Cycle, Line  # noqa: E402
from reporting.services import roll_up  # noqa: E402

ROUNDS = 7
GROUP_BY = """
SELECT college_id, school_class_id, status, count(*) FROM reporting_line
WHERE cycle_id = %s AND is_current GROUP BY college_id, school_class_id, status
"""


def measure() -> dict[str, float]:
    cycle = Cycle.objects.exclude(closed_at=None).order_by("-month")[0]
    rolls, groups = [], []
    for _ in range(ROUNDS):
        groups.append(_timed(lambda: _group(cycle.pk)))
        rolls.append(_timed(lambda: roll_up(cycle=cycle, at=now())))
    lines = Line.objects.filter(cycle=cycle).count()
    return {"lines": lines, "rollup_ms": median(rolls), "group_by_ms": median(groups)}


def _group(cycle_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(GROUP_BY, [cycle_id])
        cursor.fetchall()


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()))
