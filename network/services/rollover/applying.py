"""Write the difference down: units, students, placements, posts, rooms, duties."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate

from kernel import audit
from network.models import Duty, Placement, Post, Student, Unit, User
from network.rules import Level
from network.rules.rollover_school import ClassRef, NewClass
from network.services.duties import vacancy_key
from network.services.posts import appoint_many, relieve_many
from network.services.rollover.difference import RolloverDifference, college_after
from network.services.rollover.log import RolloverLog, Standing
from network.services.rollover.obstacles import follow_rollover
from network.services.signin.sessions import end_sessions
from network.services.students import place, settle_home_classes
from network.services.units import ensure_units
from network.services.vacancies import KIND as VACANCY

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
Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """For whoever does not watch."""


@transaction.atomic
def write(*, difference: RolloverDifference, by: User | None, at: datetime, progress: Progress = silent) -> RolloverLog:
    """Write everything or nothing; returns the way back. The caller has checked that `by` may, that the plan has no
    problems and that nothing is in its way."""
    work = _Writing(difference, by, at)
    steps: tuple[Callable[[], None], ...] = (
        work.create_classes,
        work.change_units,
        work.end_posts,
        work.change_students,
        work.give_posts,
        work.settle_rooms,
        work.close_classes,
        work.follow,
    )
    for done, step in enumerate(steps):
        progress(done, len(steps))
        step()
    progress(len(steps), len(steps))
    return work.log


class _Writing:
    def __init__(self, difference: RolloverDifference, by: User | None, at: datetime) -> None:
        self.difference, self.by, self.at = difference, by, at
        self.outcome, self.school = difference.outcome, difference.rollover.school
        self.today = localdate(at)
        self.log = RolloverLog()
        self.created: dict[NewClass, int] = {}
        self.units: dict[int, Unit] = {}

    def pk_of(self, ref: ClassRef) -> int:
        return ref if isinstance(ref, int) else self.created[ref]

    def create_classes(self) -> None:
        classes = self.outcome.new_classes
        colleges = Unit.objects.in_bulk([new.college for new in classes])
        wanted = [
            {
                "name": new.name,
                "parent": colleges[new.college],
                "grade": new.grade,
                "years": new.years,
                "major": new.major,
                "campus": new.campus,
            }
            for new in classes
        ]
        units = ensure_units(school=self.school, level=Level.CLASS, wanted=wanted) if wanted else []
        self.created = {new: unit.pk for new, unit in zip(classes, units, strict=True)}
        self.log.units = [unit.pk for unit in units]

    def change_units(self) -> None:
        units = list(Unit.objects.filter(pk__in=self.outcome.units).order_by("pk"))
        for unit in units:
            values = self.outcome.units[unit.pk]
            if "college" in values:
                self._set(unit, "parent_id", values["college"])
                self._set(unit, "college_id", values["college"])
            for name in ("name", "campus"):
                if name in values:
                    self._set(unit, name, values[name])
        Unit.objects.bulk_update(units, ["name", "parent", "college", "campus"], batch_size=500)
        moved = [unit.pk for unit in units if "college" in self.outcome.units[unit.pk]]
        rooms = list(Unit.objects.dorms().filter(parent__in=moved).order_by("pk"))
        for room in rooms:
            self._set(room, "college_id", self.outcome.units[room.parent_id]["college"])
        Unit.objects.bulk_update(rooms, ["college"], batch_size=500)

    def _set(self, unit: Unit, name: str, value: Any) -> None:
        pairs = self.log.changed_units.setdefault(str(unit.pk), {})
        before = pairs[name][0] if name in pairs else getattr(unit, name)
        pairs[name] = [before, value]
        setattr(unit, name, value)

    def end_posts(self) -> None:
        ended = self.difference.posts_ended
        self.log.last_post = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self.log.posts_ended = [(post.pk, post.ends_on.isoformat() if post.ends_on else None) for post in ended]
        relieve_many(posts=ended, by=self.by, at=self.at)

    def change_students(self) -> None:
        """In few statements: everybody who comes to the same class with the same status at once. Sessions of those who
        leave end."""
        groups: dict[Standing, list[str]] = defaultdict(list)
        for change in self.outcome.changes:
            college = college_after(change.school_class, self.difference.school, self.outcome)
            groups[self.pk_of(change.school_class), college, change.status.value].append(change.student.pk)
        for keys in chunks(change.student.pk for change in self.outcome.changes):
            rows = Student.objects.filter(pk__in=keys).order_by("pk")
            for pk, *standing in rows.values_list("pk", "school_class_id", "college_id", "enrollment_status"):
                self.log.students[str(pk)] = (tuple(standing), tuple(standing))
        for after, members in groups.items():
            school_class, college, status = after
            for keys in chunks(members):
                Student.objects.filter(pk__in=keys).update(
                    school_class_id=school_class, college_id=college, enrollment_status=status
                )
            for pk in members:
                self.log.students[pk] = (self.log.students[pk][0], after)
        for keys in chunks(self.log.students):
            self._place(keys)
        self._end_sessions()

    def _place(self, keys: list[str]) -> None:
        standing = Placement.objects.open().filter(student__in=keys).order_by("pk")
        for values in standing.values(*PLACEMENT_VALUES):
            if values["starts_on"] < self.today:
                self.log.placements_closed.append(values["id"])
            else:
                self.log.placements_replaced.append(values)
        columns = ("id", "school", "college", "school_class", "dorm", "enrollment_status")
        place(students=Student.objects.filter(pk__in=keys).only(*columns).order_by("pk"), on=self.today)
        made = Placement.objects.open().filter(student__in=keys).order_by("pk")
        self.log.placements_made += made.values_list("pk", flat=True)

    def _end_sessions(self) -> None:
        """SECURITY: who leaves is signed out everywhere, whether or not they held a post."""
        for keys in chunks(change.student.pk for change in self.outcome.leaving):
            end_sessions(users=User.objects.filter(student__in=keys).only("pk").order_by("pk"), by=self.by, at=self.at)

    def give_posts(self) -> None:
        given = self.difference.posts_given
        self.units = Unit.objects.in_bulk({self.pk_of(ref) for _user, ref, _role in given})
        appointments = [(user, self.units[self.pk_of(ref)], role) for user, ref, role in given]
        keys = [vacancy_key(unit.pk, role) for _user, unit, role in appointments]
        self._note_settled(Duty.objects.unsettled().filter(key__in=keys))
        posts = appoint_many(appointments=appointments, by=self.by, at=self.at)
        self.log.posts_given = [post.pk for post in posts]

    def settle_rooms(self) -> None:
        """Each room of somebody who changed class or left belongs to its home class."""
        rooms: set[int] = set()
        for keys in chunks(self.log.students):
            rooms |= set(Student.objects.filter(pk__in=keys).exclude(dorm=None).values_list("dorm_id", flat=True))
        before = _homes(rooms)
        for pks in chunks(sorted(rooms)):
            settle_home_classes(dorm_ids=pks)
        for pk, home in _homes(rooms).items():
            for name, value, now in zip(("parent_id", "college_id"), before[pk], home, strict=True):
                if value != now:
                    pairs = self.log.changed_units.setdefault(str(pk), {})
                    pairs[name] = [pairs[name][0] if name in pairs else value, now]

    def close_classes(self) -> None:
        """Vacancies there are settled; other open duties stay, and climb to the college if nobody does them."""
        closing = list(Unit.objects.filter(pk__in=self.outcome.closing).order_by("pk"))
        for unit in closing:
            self._set(unit, "is_active", False)
        Unit.objects.bulk_update(closing, ["is_active"], batch_size=500)
        vacancies = Duty.objects.unsettled().filter(unit__in=self.outcome.closing, kind=VACANCY)
        self._note_settled(vacancies)
        Duty.objects.filter(pk__in=self.log.duties_settled, settled_at=None).update(settled_at=self.at)

    def _note_settled(self, duties: Any) -> None:
        self.log.duties_settled += list(duties.order_by("pk").values_list("pk", flat=True))

    def follow(self) -> None:
        follow_rollover(self.school.pk, self.at)
        audit.record(
            action="rollover.apply",
            by=self.by,
            at=self.at,
            obj=self.difference.rollover,
            unit=self.school.code,
            detail=self.difference.counts(),
        )


def _homes(rooms: Iterable[int]) -> dict[int, tuple[int, int | None]]:
    homes: dict[int, tuple[int, int | None]] = {}
    for keys in chunks(sorted(rooms)):
        rows = Unit.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "parent_id", "college_id")
        homes |= {pk: (home, college) for pk, home, college in rows}
    return homes


def chunks(keys: Iterable[Any]) -> Iterator[list[Any]]:
    """The keys in lists short enough for one statement."""
    asked = list(keys)
    return (asked[start : start + BATCH] for start in range(0, len(asked), BATCH))
