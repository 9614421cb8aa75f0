"""Write a difference down: units, people, placements, posts."""

import secrets
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils.timezone import localdate

from kernel import audit
from network.models import Placement, Post, Student, Unit, User
from network.rules import EnrollmentStatus
from network.rules.roster_columns import StudentRow
from network.services.posts import appoint_many, relieve_many
from network.services.rosters.difference import Difference, StudentChange
from network.services.rosters.places import class_place, dorm_place
from network.services.rosters.undo_log import UndoLog
from network.services.rosters.unit_creation import create_missing_units
from network.services.staff_phones import keep_phones
from network.services.students import place, settle_home_classes

BATCH = 2000
PLACEMENT_VALUES = (
    "id",
    "student_id",
    "school_id",
    "college_id",
    "school_class_id",
    "dorm_id",
    "enrollment_status",
    "starts_on",
)
STUDENT_COLUMNS = (
    "name",
    "sex",
    "ethnicity",
    "born_on",
    "origin",
    "phone",
    "guardian_name",
    "guardian_relation",
    "guardian_phone",
    "enrollment_status",
    "college",
    "school_class",
    "dorm",
    "bed",
)
Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """For whoever does not watch."""


@transaction.atomic
def apply(*, difference: Difference, by: User | None, at: datetime, progress: Progress = silent) -> UndoLog:
    """Write everything or nothing; returns the way back. Bad rows are passed over: the caller has asked about them.
    `by` may import rosters at the school, the caller has checked that too."""
    Unit.objects.select_for_update().get(pk=difference.school.pk)
    back = UndoLog()
    steps: tuple[Callable[..., None], ...] = (_found, _admit, _change, _part, _change_staff, _fill_posts, _settle)
    for done, step in enumerate(steps):
        progress(done, len(steps))
        step(difference, back, by=by, at=at)
    detail = difference.counts() | {"errors": len(difference.roster.errors)}
    audit.record(
        action="roster.import", by=by, at=at, obj=difference.school, unit=difference.school.code, detail=detail
    )
    progress(len(steps), len(steps))
    return back


def _found(difference: Difference, back: UndoLog, *, by: User | None, at: datetime) -> None:
    for rename in difference.renamed:
        unit = difference.places.units[rename.old]
        back.renamed.append((unit.pk, unit.name, rename.name))
        unit.name = rename.name
        unit.save(update_fields=["name"])
        detail = {"from": rename.unit.name, "to": rename.name}
        audit.record(action="unit.rename", by=by, at=at, obj=unit, unit=unit.code, detail=detail)
    back.reopened = [unit.pk for unit in difference.reopened.values()]
    Unit.objects.filter(pk__in=back.reopened).update(is_active=True, last_day=None)
    back.units = [unit.pk for unit in create_missing_units(difference)]


def _admit(difference: Difference, back: UndoLog, *, by: User | None, at: datetime) -> None:
    """Accounts for all who are new; new students begin their placement today."""
    rows = difference.new_students
    people = [(row.number, row.name, "") for row in rows]
    people += [(row.number, row.name, row.email) for row in difference.new_staff]
    users = User.objects.bulk_create(
        (
            User(number=number, name=name, email=email, school_id=difference.school.pk, password=_no_password())
            for number, name, email in people
        ),
        batch_size=BATCH,
    )
    back.users = [user.pk for user in users]
    phones = {row.number: row.phone for row in difference.new_staff}
    keep_phones({user.pk: phones[user.number] for user in users if phones.get(user.number)})
    for start in range(0, len(rows), BATCH):
        pairs = zip(rows[start : start + BATCH], users[start : start + BATCH], strict=False)
        students = Student.objects.bulk_create([_student(difference, row, user) for row, user in pairs])
        place(students=students, on=localdate(at))
        back.students += [str(student.pk) for student in students]


def _no_password() -> str:
    # As make_password(None) does it, at a hundredth of the time: an import makes accounts by the ten thousand.
    return f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_hex(20)}"


def _student(difference: Difference, row: StudentRow, user: User) -> Student:
    units = difference.places.units
    school_class = units[class_place(row.college, row.school_class)]
    return Student(
        user=user,
        number=row.number,
        name=row.name,
        sex=row.sex,
        ethnicity=row.ethnicity or "",
        born_on=row.born_on,
        origin=row.origin or "",
        phone=row.phone or "",
        guardian_name=row.guardian_name or "",
        guardian_relation=row.guardian_relation or "",
        guardian_phone=row.guardian_phone or "",
        enrollment_status=row.enrollment_status,
        school_id=difference.school.pk,
        college_id=school_class.college_id,
        school_class_id=school_class.pk,
        dorm_id=units[dorm_place(row.dorm)].pk if row.dorm else None,
        bed=row.bed or "",
    )


def _change(difference: Difference, back: UndoLog, *, by: User | None, at: datetime) -> None:
    """Write changed students in one go; who moved or changed status begins a new placement."""
    moved = [
        change
        for change in difference.changed_students
        if {"school_class", "dorm", "enrollment_status"} & {*change.changes}
    ]
    _keep_placements(back, (change.student for change in moved))
    for change in difference.changed_students:
        back.changed_students[str(change.student.pk)] = _rewrite(difference, change)
    _save(change.student for change in difference.changed_students)
    place(students=[change.student for change in moved], on=localdate(at))
    names = {
        change.student.user_id: change.changes["name"]
        for change in difference.changed_students
        if "name" in change.changes
    }
    users = list(User.objects.filter(pk__in=names))
    for user in users:
        back.changed_users[str(user.pk)] = {"name": list(names[user.pk])}
        user.name = names[user.pk][1]
    User.objects.bulk_update(users, ["name"], batch_size=BATCH)


def _rewrite(difference: Difference, change: StudentChange) -> dict[str, list[Any]]:
    """Put the new values into the row; returns before and after as they are stored."""
    student, pairs = change.student, {}
    for name, (before, after) in change.changes.items():
        if name in ("school_class", "dorm"):
            continue
        pairs[name] = [before, after]
        setattr(student, name, after)
    for name in change.changes.keys() & {"school_class", "dorm"}:
        unit = difference.places.units.get(change.changes[name][1])
        pairs[f"{name}_id"] = [getattr(student, f"{name}_id"), unit and unit.pk]
        setattr(student, name, unit)
        if name == "school_class" and unit is not None and unit.college_id != student.college_id:
            pairs["college_id"] = [student.college_id, unit.college_id]
            student.college_id = unit.college_id
    return pairs


def _save(students: Iterable[Student]) -> None:
    # An upsert by primary key: one statement a batch, where bulk_update builds a CASE for each column and row,
    # and the encrypted columns are written for their own row.
    Student.objects.bulk_create(
        students, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=STUDENT_COLUMNS
    )


def _part(difference: Difference, back: UndoLog, *, by: User | None, at: datetime) -> None:
    """Students who are gone: their placement ends today, what was reported stays."""
    today = localdate(at)
    gone = difference.left_students
    keys = [student.pk for student in gone]
    _keep_placements(back, gone)
    for student in gone:
        left = EnrollmentStatus.LEFT.value
        back.changed_students[str(student.pk)] = {"enrollment_status": [student.enrollment_status, left]}
    Student.objects.filter(pk__in=keys).update(enrollment_status=EnrollmentStatus.LEFT)
    standing = Placement.objects.open().filter(student__in=keys)
    standing.filter(starts_on__gte=today).delete()
    standing.update(ends_on=today)


def _keep_placements(back: UndoLog, students: Iterable[Student]) -> None:
    open_ones = Placement.objects.open().filter(student__in=[student.pk for student in students])
    back.placements += list(open_ones.order_by("pk").values(*PLACEMENT_VALUES))


def _change_staff(difference: Difference, back: UndoLog, *, by: User | None, at: datetime) -> None:
    users = []
    for change in difference.changed_staff:
        back.changed_users[str(change.user.pk)] = {name: list(pair) for name, pair in change.changes.items()}
        for name in ("name", "email"):
            if name in change.changes:
                setattr(change.user, name, change.changes[name][1])
        users.append(change.user)
    User.objects.bulk_update(users, ["name", "email"], batch_size=BATCH)
    changes = difference.changed_staff
    keep_phones({change.user.pk: change.changes["phone"][1] for change in changes if "phone" in change.changes})


def _fill_posts(difference: Difference, back: UndoLog, *, by: User | None, at: datetime) -> None:
    units = difference.places.units
    wanted = list(difference.given_posts)
    wanted += [
        (change.user.number, role, at_place) for change in difference.changed_staff for role, at_place in change.given
    ]
    ended = list(difference.ended_posts)
    ended += [post for change in (*difference.changed_staff, *difference.left_staff) for post in change.ended]
    back.posts_ended = [(post.pk, post.ends_on.isoformat() if post.ends_on else None) for post in ended]
    relieve_many(posts=ended, by=by, at=at)
    holders = _by_number(number for number, _role, _place in wanted)
    posts: list[Post] = appoint_many(
        appointments=[(holders[number], units[at_place], role) for number, role, at_place in wanted],
        by=by,
        at=at,
    )
    back.posts_given = [post.pk for post in posts]


def _by_number(numbers: Iterable[str]) -> dict[str, User]:
    asked = list(dict.fromkeys(numbers))
    chunks = (asked[start : start + BATCH] for start in range(0, len(asked), BATCH))
    return {user.number: user for chunk in chunks for user in User.objects.filter(number__in=chunk)}


def _settle(difference: Difference, back: UndoLog, *, by: User | None, at: datetime) -> None:
    """Let each dorm that somebody moved into or out of belong to its home class."""
    units = difference.places
    touched = {unit.pk for row in difference.new_students if row.dorm for unit in [units.units[dorm_place(row.dorm)]]}
    for pairs in back.changed_students.values():
        touched |= {pk for pk in pairs.get("dorm_id", ()) if pk}
    touched |= {change.student.dorm_id for change in difference.changed_students if change.student.dorm_id}
    touched |= {student.dorm_id for student in difference.left_students if student.dorm_id}
    created = set(back.units)
    standing = Unit.objects.dorms().filter(pk__in=touched - created).order_by("pk")
    before = list(standing.values_list("pk", "parent_id", "college_id"))
    settle_home_classes(dorm_ids=touched)
    after = set(standing.values_list("pk", "parent_id", "college_id"))
    back.homes = [home for home in before if home not in after]
