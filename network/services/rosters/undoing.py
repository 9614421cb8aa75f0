"""Take an import back, while nothing later stands on it."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from network.models import Placement, Post, Student, Unit, User
from network.rules import LEVELS
from network.services.posts import restore_posts
from network.services.rosters.undo_log import Pairs, UndoLog
from network.services.staff_phones import keep_phones, staff_phones

BATCH = 1000
Progress = Callable[[int, int], None]


@transaction.atomic
def take_back(*, back: UndoLog, by: User | None, at: datetime, progress: Progress) -> None:
    """Restore what was changed and remove what was created. Refused when somebody has changed it since, or when
    reports, alarms or posts stand on it."""
    steps: tuple[Callable[..., None], ...] = (
        _restore_students,
        _restore_users,
        _restore_homes,
        _remove,
        _restore_units,
        _restore_posts,
    )
    try:
        for done, step in enumerate(steps):
            progress(done, len(steps))
            step(back, by=by, at=at)
    except ProtectedError:
        raise Refused(
            _(
                "This import can no longer be undone: reports, alarms or posts already rest on the people or units it "
                "brought in. Put single rows right instead, or import a corrected roster."
            ),
            code="undo-too-late",
        ) from None
    progress(len(steps), len(steps))


def _restore_students(back: UndoLog, *, by: User | None, at: datetime) -> None:
    students = []
    for chunk in chunks(back.changed_students):
        for student in Student.objects.filter(pk__in=chunk).order_by("pk"):
            _put_back(student, back.changed_students[str(student.pk)])
            students.append(student)
    Student.objects.bulk_create(
        students,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[field.name for field in Student._meta.concrete_fields if field.name not in ("id", "user")],
    )
    _restore_placements(back)


def _put_back(row: Student | User, pairs: Pairs) -> None:
    for name, (before, after) in pairs.items():
        now = getattr(row, name)
        _check_unchanged(row, now.isoformat() if isinstance(now, date) else now, after)
        setattr(row, name, date.fromisoformat(before) if name == "born_on" and before else before)


def _check_unchanged(row: Student | User, now: object, after: object) -> None:
    if now != after:
        raise Refused(
            _("This import can no longer be undone: %(name)s has been changed since.") % {"name": row.name},
            code="changed-since",
        )


def _restore_placements(back: UndoLog) -> None:
    owners = [values["student_id"] for values in back.placements]
    kept = {values["id"] for values in back.placements}
    for chunk in chunks(owners):
        Placement.objects.open().filter(student__in=chunk).exclude(pk__in=kept).delete()
    Placement.objects.bulk_create(
        (Placement(**values, ends_on=None) for values in back.placements),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["ends_on"],
    )


def _restore_users(back: UndoLog, *, by: User | None, at: datetime) -> None:
    users = []
    for chunk in chunks(back.changed_users):
        known = staff_phones(map(int, chunk))
        phones = {}
        for user in User.objects.filter(pk__in=chunk).order_by("pk"):
            pairs = dict(back.changed_users[str(user.pk)])
            before, after = pairs.pop("phone", ("", ""))
            if after:
                _check_unchanged(user, known.get(user.pk, ""), after)
                phones[user.pk] = before
            _put_back(user, pairs)
            users.append(user)
        keep_phones(phones)
    User.objects.bulk_update(users, ["name", "email"], batch_size=BATCH)


def _remove(back: UndoLog, *, by: User | None, at: datetime) -> None:
    """From the leaves to the root: posts, students, accounts, units."""
    for chunk in chunks(back.posts_given):
        Post.objects.filter(pk__in=chunk).delete()
    for chunk in chunks(back.students):
        Student.objects.filter(pk__in=chunk).delete()
    for chunk in chunks(back.users):
        User.objects.filter(pk__in=chunk).delete()
    for level in reversed(LEVELS):
        for chunk in chunks(back.units):
            Unit.objects.filter(pk__in=chunk, level=level).delete()


def _restore_units(back: UndoLog, *, by: User | None, at: datetime) -> None:
    names = {pk: (before, after) for pk, before, after in back.renamed}
    units = list(Unit.objects.filter(pk__in=names))
    for unit in units:
        before, after = names[unit.pk]
        if unit.name != after:
            raise Refused(
                _("This import can no longer be undone: %(name)s has been changed since.") % {"name": unit.name},
                code="changed-since",
            )
        unit.name = before
    Unit.objects.bulk_update(units, ["name"])
    Unit.objects.filter(pk__in=back.reopened).update(is_active=False)


def _restore_homes(back: UndoLog, *, by: User | None, at: datetime) -> None:
    dorms = {dorm.pk: dorm for dorm in Unit.objects.filter(pk__in=[pk for pk, _home, _college in back.homes])}
    for pk, home, college in back.homes:
        dorms[pk].parent_id, dorms[pk].college_id = home, college
    Unit.objects.bulk_update(dorms.values(), ["parent", "college"], batch_size=BATCH)


def _restore_posts(back: UndoLog, *, by: User | None, at: datetime) -> None:
    last_days = {pk: date.fromisoformat(day) if day else None for pk, day in back.posts_ended}
    posts = list(Post.objects.filter(pk__in=last_days).select_related("unit", "holder"))
    for post in posts:
        post.ends_on = last_days[post.pk]
    restore_posts(posts=posts, by=by, at=at)


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    asked = list(keys)
    return (asked[start : start + BATCH] for start in range(0, len(asked), BATCH))
