"""Plans of tests, and everything that a rollover may touch as it stands."""

from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.timezone import localdate

from network.models import Rollover, Student, Unit
from network.services.rollover import apply_plan, load_plan, undo_rollover

Step = dict[str, Any]
# What a rollover may change without being undone: the log of itself, who was signed in, and the keys of grants.
APART = {"network_rollover", "network_rolloverstep", "network_usersession", "network_unitgrant"}


def numbers(students: list[Student]) -> list[str]:
    return [student.number for student in students]


def plan(school: Unit, *steps: Step, at: datetime, **more: Any) -> Rollover:
    content = {"effective_on": localdate(at).isoformat(), "steps": list(steps), **more}
    return load_plan(school=school, content=content, by=None, at=at)


def roll(school: Unit, *steps: Step, at: datetime, **more: Any) -> Rollover:
    """Apply the steps now; months that are open do not matter."""
    rollover = plan(school, *steps, at=at, **{"in_open_month": True, **more})
    if not apply_plan(rollover=rollover, by=None, at=at).is_empty:
        rollover.refresh_from_db()
    return rollover


def undo(rollover: Rollover, *, at: datetime) -> Rollover:
    return undo_rollover(pk=rollover.pk, by=None, at=at)


def snapshot() -> dict[str, list[Any]]:
    """Every row of the network's tables, and who holds which ability where."""
    rows: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            if table.startswith("network_") and table not in APART:
                cursor.execute(f'SELECT * FROM "{table}"')
                rows[table] = sorted(cursor.fetchall(), key=repr)
        cursor.execute("SELECT user_id, post_id, content_object_id, permission_id FROM network_unitgrant")
        rows["grants"] = sorted(cursor.fetchall())
    return rows
