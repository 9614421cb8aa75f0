"""Who has looked into whose file: something to see for the student, the reviewer and the auditor."""

from datetime import datetime, timedelta

from demo import words
from demo.settling import Cast
from demo.showcase import Showcase
from network.models import BreakGlass, Student, Unit, User
from network.rules import Role
from network.rules.access_log import BREAK_GLASS, LookPurpose, Sealed
from network.services import break_glass, record_look, review_break_glass

LOOKS = (
    (timedelta(days=12), Role.FUDAOYUAN, "student.read", LookPurpose.CARE),
    (timedelta(days=6), Role.FUDAOYUAN, "line.read", LookPurpose.FOLLOW_UP),
    (timedelta(days=3), Role.CLASS_ADVISER, "line.read", LookPurpose.DUTY),
)


def look_around(cast: Cast, showcase: Showcase, *, now: datetime) -> None:
    """Colleagues look into the file of the student who heads the room; the director has opened sealed lines twice, a
    leader has reviewed the first opening."""
    head = cast.holder(Role.DORM_HEAD, showcase.room.pk)
    student = next(one for one in cast.residents(showcase.room) if head and one.user_id == head.pk)
    for ago, role, action, purpose in LOOKS:
        by = _holder(cast, role, showcase.to_file)
        record_look(action=action, student=student, by=by, at=now - ago, purpose=purpose.value)
    leader = _holder(cast, Role.SCHOOL_LEADER, cast.school)
    first = _open(cast, student, words.GLASS[0], at=now - timedelta(days=2))
    review_break_glass(
        glass=first, was_justified=True, note=words.GLASS_REVIEW, by=leader, at=first.opened_at + timedelta(hours=9)
    )
    other = next(one for one in cast.residents(showcase.room) if one != student)
    _open(cast, other, words.GLASS[1], at=now - timedelta(hours=5))


def _open(cast: Cast, student: Student, reason: str, *, at: datetime) -> BreakGlass:
    director = _holder(cast, Role.CENTER_DIRECTOR, cast.school)
    kind = Sealed.DORM_LINES
    glass = break_glass(student=student, kind=kind, reason=reason, is_emergency=False, by=director, at=at)
    later = at + timedelta(minutes=4)
    record_look(action="line.read", student=student, by=director, at=later, purpose=BREAK_GLASS)
    return glass


def _holder(cast: Cast, role: Role, unit: Unit) -> User:
    holder = cast.holder(role, unit.pk)
    assert holder is not None
    return holder
