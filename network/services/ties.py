"""Who is tied to a student otherwise, and so neither counsels nor interviews them."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from network.models import DualRelation, Post


def tied(student: Any, people: Iterable[int], on: date) -> frozenset[int]:
    """Which of these users (ids) are tied to the student on that day: by a post at the student's class, college or room
    (class adviser, fudaoyuan, coordinator and the like), by a tie that was recorded with one of them, or because they
    are the student. `student`: a Student, or any row about one with the units of its day."""
    asked = set(people)
    units = {pk for pk in (student.school_class_id, student.college_id, student.dorm_id) if pk}
    posts = Post.objects.active(on).filter(unit__in=units, holder__in=asked).order_by().values_list("holder", flat=True)
    ties = DualRelation.objects.filter(unit__in=units, counselor__in=asked).order_by()
    oneself = frozenset(asked & {getattr(student, "user_id", 0)})
    return frozenset(posts) | frozenset(ties.values_list("counselor", flat=True)) | oneself
