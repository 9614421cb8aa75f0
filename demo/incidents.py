"""What does not happen every day: somebody in danger, somebody who moves."""

from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta
from functools import partial

from demo.acts import Acts
from demo.schedule import Schedule, Times, hours
from demo.showcase import Showcase
from kernel.periods import TZ, Month
from network.models import Student, Unit
from network.rules import PEER_ROLES, EnrollmentStatus
from network.services import move_student
from reporting.services import refresh_cycle

Act = tuple[datetime, Callable[[datetime], object]]
MOVED_ON = 12
BEDS = 6


def storms(acts: Acts, times: Schedule, wanted: int) -> Iterator[Act]:
    """Thunder in some rooms, each taken on within the hour."""
    for room in _rooms_that_filed(acts, times, wanted):
        if room.filed:
            yield _storm(acts, room.unit, room.filed + hours(acts.draw, 0.2, 0.8))


def storms_now(acts: Acts, times: Schedule, showcase: Showcase, *, opened_at: datetime, now: datetime) -> Iterator[Act]:
    """Two in the open month: one taken on two days ago, one that still waits."""
    if now - opened_at < timedelta(days=3):
        return
    mine = frozenset({showcase.to_file.pk, showcase.to_check.pk, showcase.sent_back.pk})
    rooms = _rooms_that_filed(acts, times, 2, besides=mine)
    for room, filed in zip(rooms, (now - timedelta(days=2), now - timedelta(minutes=100)), strict=False):
        room.only(filed)
        times.classes[room.unit.parent_id or 0].only(None)
        times.colleges[room.unit.college_id or 0].only(None)
        act = _storm(acts, room.unit, filed + timedelta(minutes=35))
        if filed < now - timedelta(days=1):
            yield act


def moves(acts: Acts, month: Month, *, leaves: bool) -> list[Act]:
    """Three students change rooms inside their class, one changes class; in one month somebody takes leave."""
    at = datetime.combine(month.first.replace(day=MOVED_ON), time(10, 30), TZ)
    happenings: list[Act] = [(at + timedelta(hours=n), partial(_change_room, acts)) for n in range(3)]
    happenings.append((at + timedelta(hours=4), partial(_change_class, acts)))
    if leaves:
        happenings.append((at + timedelta(hours=5), partial(_take_leave, acts)))
    return happenings


def _storm(acts: Acts, unit: Unit, taken_on: datetime) -> Act:
    student = acts.draw.choice(acts.cast.residents(unit))
    acts.weather.thunder(student)
    return taken_on, partial(acts.take_on, student)


def _rooms_that_filed(
    acts: Acts, times: Schedule, wanted: int, *, besides: frozenset[int] = frozenset()
) -> list[Times]:
    others = [one for one in times.dorms.values() if one.unit.parent_id not in besides]
    rooms = [one for one in others if one.filed and not one.sent_back]
    full = [one for one in rooms if len(acts.cast.residents(one.unit)) >= 4]
    return acts.draw.sample(full, min(wanted, len(full)))


def _movable(acts: Acts) -> Student:
    """Somebody who holds no post and lives in a room of their own class."""
    cast = acts.cast
    heads = {user.pk for (role, _unit), users in cast.holders.items() if role in PEER_ROLES for user in users}
    there = [
        one for unit in cast.dorms.values() for one in cast.residents(unit) if one.school_class_id == unit.parent_id
    ]
    return acts.draw.choice([one for one in there if one.user_id not in heads])


def _change_room(acts: Acts, at: datetime) -> None:
    student = _movable(acts)
    rooms = {unit.pk: unit for unit in acts.cast.dorms.values()}
    now = rooms[student.dorm_id or 0]
    free = [
        unit
        for unit in rooms.values()
        if unit.building == now.building
        and unit.parent_id == now.parent_id
        and unit != now
        and 0 < len(acts.cast.residents(unit)) < BEDS
    ]
    if free:
        _move(acts, student, student.school_class, acts.draw.choice(free), at)


def _change_class(acts: Acts, at: datetime) -> None:
    student = _movable(acts)
    same_year = [
        unit
        for unit in acts.cast.classes.values()
        if unit.grade == student.school_class.grade and unit != student.school_class
    ]
    if same_year:
        _move(acts, student, acts.draw.choice(same_year), student.dorm, at)


def _take_leave(acts: Acts, at: datetime) -> None:
    student = _movable(acts)
    _move(acts, student, student.school_class, None, at, EnrollmentStatus.ON_LEAVE)


def _move(
    acts: Acts,
    student: Student,
    school_class: Unit,
    dorm: Unit | None,
    at: datetime,
    enrollment_status: EnrollmentStatus | None = None,
) -> None:
    bed = str(BEDS) if dorm and dorm.pk != student.dorm_id else student.bed if dorm else ""
    moved = move_student(
        student=student,
        school_class=school_class,
        dorm=dorm,
        bed=bed,
        enrollment_status=enrollment_status,
        by=None,
        at=at,
    )
    acts.cast.keep(moved)
    refresh_cycle(cycle=acts.cycle, at=at)
