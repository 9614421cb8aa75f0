"""Looks at a student's data are recorded with the reader's role and purpose; no record, no look."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils.timezone import localdate

from network.models import Student, User
from portal.kernel import audit


def record_look(
    *,
    action: str,
    student: Student,
    by: User,
    at: datetime,
    purpose: str = "",
    obj: Model | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write down that `by` read something of the student's: `action` says what, `purpose` why, in one word each."""
    audit.record(
        action=action,
        by=by,
        at=at,
        obj=obj or student,
        unit=student.school_class.code,
        detail={**(detail or {}), "student": str(student.pk), "role": _role(student, by, at), "purpose": purpose},
    )


def _role(student: Student, by: User, at: datetime) -> str:
    """The post nearest to the student; "" for somebody who holds none above them."""
    places = [student.dorm_id, student.school_class_id, student.college_id, student.school_id]
    posts = by.posts.active(localdate(at)).filter(Q(unit__in=[place for place in places if place]))
    near = sorted(posts, key=lambda post: places.index(post.unit_id))
    return near[0].role if near else ""
