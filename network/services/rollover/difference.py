"""What a plan would change beyond its students: posts, rooms, duties; and whether anything is in its way."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q

from network.models import Duty, Post, Rollover, User
from network.rules import PEER_ROLES, PRESENT, ROLE_LEVEL, EnrollmentStatus, Level, Role
from network.rules.rollover_plans import Problem
from network.rules.rollover_school import Change, ClassRef, NewClass, Outcome, SchoolNow
from network.services.rollover.obstacles import Meeting
from network.services.rollover.school import outcome_of
from network.services.vacancies import KIND as VACANCY

CHUNK = 5000
# Who goes on caring for the students of a class that closes.
CARRIED = (Role.FUDAOYUAN, Role.CLASS_ADVISER)


@dataclass(slots=True)
class RolloverDifference:
    """The way from a school as it is to what the plan says."""

    rollover: Rollover
    outcome: Outcome
    school: SchoolNow
    posts_ended: list[Post] = field(default_factory=list)
    # Who gets which role at which class in place of a post at a class that closes.
    posts_given: list[tuple[User, ClassRef, Role]] = field(default_factory=list)
    duties: int = 0

    @property
    def problems(self) -> list[Problem]:
        return self.outcome.problems

    @property
    def is_empty(self) -> bool:
        return self.outcome.is_empty

    @property
    def size(self) -> int:
        """The number to be typed before the plan is applied: students who change, or units where no student does."""
        return len(self.outcome.changes) or len(self.outcome.units) + len(self.outcome.new_classes)

    def counts(self) -> dict[str, Any]:
        """The figures of the difference."""
        outcome = self.outcome
        after = Counter(kind_of(change) for change in outcome.changes)
        return {
            "students": {"changed": len(outcome.changes), **{kind: after[kind] for kind in KINDS}},
            "delayed": len(outcome.delayed),
            "staying_on_leave": outcome.staying,
            "units": {
                "new": len(outcome.new_classes),
                "changed": len(outcome.units),
                "closed": len(outcome.closing),
            },
            "posts": {"ended": len(self.posts_ended), "given": len(self.posts_given)},
            "open_duties": self.duties,
            "size": self.size,
        }

    def digest(self) -> str:
        """A fingerprint of everything that would be written."""
        outcome = self.outcome
        content = [
            [(change.student.pk, _key(change.school_class), change.status.value) for change in outcome.changes],
            [_key(new) for new in outcome.new_classes],
            sorted((pk, sorted(values.items())) for pk, values in outcome.units.items()),
            outcome.closing,
            sorted(post.pk for post in self.posts_ended),
            [(user.pk, _key(ref), role.value) for user, ref, role in self.posts_given],
        ]
        return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()

    def meeting(self) -> Meeting:
        """What the apps may look at."""
        outcome = self.outcome
        return Meeting(
            school_id=self.rollover.school_id,
            on=self.rollover.effective_on,
            leaving=frozenset(change.student.pk for change in outcome.leaving),
            changing=frozenset(change.student.pk for change in outcome.changes),
            closing=frozenset(outcome.closing),
        )


KINDS = ("graduated", "moved", "on_leave", "returned", "withdrawn")
STATUS_KINDS = {
    EnrollmentStatus.GRADUATED: "graduated",
    EnrollmentStatus.WITHDRAWN: "withdrawn",
    EnrollmentStatus.ON_LEAVE: "on_leave",
    EnrollmentStatus.RETURNED: "returned",
}


def kind_of(change: Change) -> str:
    """What happens to the student, in one word of KINDS."""
    if change.status != change.student.status:
        return STATUS_KINDS.get(change.status, "moved")
    return "moved"


def compare_plan(rollover: Rollover, *, today: date, by: User | None) -> RolloverDifference:
    """What the plan would do. Reads only; a plan with problems has no posts."""
    outcome, school = outcome_of(rollover, today=today)
    difference = RolloverDifference(rollover, outcome, school)
    if outcome.problems or outcome.is_empty:
        return difference
    difference.posts_ended = _ending_posts(outcome, school, today)
    difference.posts_given = list(_carried_posts(difference, today, by))
    open_duties = Duty.objects.unsettled().filter(unit__in=outcome.closing)
    difference.duties = open_duties.exclude(kind=VACANCY).count()
    return difference


def _key(ref: ClassRef) -> Any:
    return ref if isinstance(ref, int) else [ref.college, ref.name, ref.grade, ref.years, ref.major, ref.campus]


def _ending_posts(outcome: Outcome, school: SchoolNow, today: date) -> list[Post]:
    """Posts of those who leave, of peers at units to which they no longer belong, and all at classes that close."""
    active = Post.objects.active(today).select_related("holder", "unit").order_by("pk")
    ended = {post.pk: post for post in active.filter(unit__in=outcome.closing)}
    changes = {change.student.pk: change for change in outcome.changes}
    leaving = {change.student.pk for change in outcome.leaving}
    keys = sorted(changes)
    for start in range(0, len(keys), CHUNK):
        # A change names the student; the post names the account.
        held = active.filter(holder__student__in=keys[start : start + CHUNK]).select_related("holder__student")
        for post in held:
            student_key = str(post.holder.student.pk)
            if student_key in leaving or _left_behind(post, changes[student_key], school, outcome):
                ended[post.pk] = post
    return [ended[pk] for pk in sorted(ended)]


def _left_behind(post: Post, change: Change, school: SchoolNow, outcome: Outcome) -> bool:
    """Whether a peer post is at a unit to which the student will not belong. A room is changed by no plan."""
    role = Role(post.role)
    if role not in PEER_ROLES:
        return False
    if change.status not in PRESENT:
        return True
    if ROLE_LEVEL[role] == Level.CLASS:
        return post.unit_id != change.school_class
    return ROLE_LEVEL[role] == Level.COLLEGE and post.unit_id != college_after(change.school_class, school, outcome)


def college_after(ref: ClassRef, school: SchoolNow, outcome: Outcome) -> int | None:
    """The college to which a class will belong."""
    if isinstance(ref, NewClass):
        return ref.college
    moved = outcome.units.get(ref, {}).get("college")
    return int(moved) if moved is not None else school.units[ref].college


def _carried_posts(
    difference: RolloverDifference, today: date, by: User | None
) -> Iterator[tuple[User, ClassRef, Role]]:
    """Fudaoyuan and class advisers of a class that closes go on in the classes of the same college to which its
    students go, and a committee member in the class to which they go, unless somebody holds the role there."""
    outcome, school = difference.outcome, difference.school
    standing = _held(outcome, today)
    after = {change.student.pk: change.school_class for change in outcome.changes if change.status in PRESENT}
    holders = [post for post in difference.posts_ended if post.unit_id in outcome.successors]
    students = _students_of(post.holder_id for post in holders)
    for post in holders:
        role, college = Role(post.role), school.units[post.unit_id].college
        refs = [ref for ref in outcome.successors[post.unit_id] if college_after(ref, school, outcome) == college]
        if role is Role.CLASS_COMMITTEE_MEMBER:
            refs = [
                ref for ref in outcome.successors[post.unit_id] if ref == after.get(students.get(post.holder_id, ""))
            ]
        elif role not in CARRIED:
            continue
        for ref in refs:
            place = (_unit_key(ref), role)
            # Several of one class may go on together; nobody joins whoever holds the role there already.
            if standing.get(place, post.unit_id) != post.unit_id or (by is not None and post.holder_id == by.pk):
                continue
            standing[place] = post.unit_id
            yield post.holder, ref, role


def _held(outcome: Outcome, today: date) -> dict[tuple[Any, Role], int]:
    """The roles that somebody holds at classes to which students come: (class, role) → 0, no class of origin."""
    targets = {ref for refs in outcome.successors.values() for ref in refs if isinstance(ref, int)}
    posts = Post.objects.active(today).filter(unit__in=targets).order_by("pk")
    return {(unit_id, Role(role)): 0 for unit_id, role in posts.values_list("unit_id", "role")}


def _unit_key(ref: ClassRef) -> Any:
    return ref if isinstance(ref, int) else (ref.college, ref.name)


def _students_of(users: Iterable[int]) -> dict[int, str]:
    rows = User.objects.filter(pk__in=set(users)).exclude(student=None).order_by("pk")
    return {pk: str(student) for pk, student in rows.values_list("pk", "student")}


def dorms_concerned(outcome: Outcome) -> Q:
    """The rooms whose home class may become another one, or comes to another college."""
    moved = [pk for pk, values in outcome.units.items() if "college" in values]
    return Q(parent__in=[*outcome.closing, *moved])
