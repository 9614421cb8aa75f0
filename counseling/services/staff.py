"""Counselors with credentials and hours, rooms, and the booking rules of a center."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import CenterSettings, Counselor, Credential, Extension, Hours, Room
from counseling.rules.kinds import Channel, CredentialKind, HoursUse, RoomKind, SessionKind, Topic, Weeks
from counseling.rules.refusals import Why
from counseling.services.shared import NotBooked, lock_counselors, lock_student
from counseling.services.timetables import term_of
from crisis.models.base import keys_of
from kernel import audit
from kernel.errors import Refused
from network.models import Post, Student, Unit, User
from network.rules import GRANTS, Ability, Role
from network.services import record_client_event

COUNSELING = tuple(role for role in Role if Ability.TAKE_COUNSELING in GRANTS[role])
CHOICES: dict[str, Iterable[str]] = {"kinds": SessionKind, "channels": Channel, "topics": Topic}


@transaction.atomic
def register_counselor(*, user: User, school: Unit, by: User | None, at: datetime, **fields: Any) -> Counselor:
    """Let somebody with a counselor's post be booked; once they hold a checked credential and have hours. The same
    person again is changed. `fields`: columns of Counselor."""
    if by is not None and not policies.may_direct(by, school):
        raise NotBooked(Why.NOT_YOURS)
    posts = Post.objects.active(localdate(at)).filter(unit=school, holder=user, role__in=COUNSELING)
    if not posts.exists():
        raise Refused(_("%(name)s holds no counselor's post at this school.") % {"name": user.name}, code="no-post")
    counselor, fresh = Counselor.objects.get_or_create(school=school, user=user, defaults=_known(fields))
    if not fresh:
        _write(counselor, fields)
    audit.record(action="counselor.register", by=by, at=at, obj=counselor, unit=school.code)
    return counselor


@transaction.atomic
def change_counselor(*, counselor: Counselor, by: User, at: datetime, **fields: Any) -> Counselor:
    """Change what a counselor offers; the counselor and the director do. Bookings that stand are not touched."""
    counselor = lock_counselors([counselor.pk])[counselor.pk]
    if not policies.may_change_hours(by, counselor):
        raise NotBooked(Why.NOT_YOURS)
    _write(counselor, fields)
    audit.record(action="counselor.change", by=by, at=at, obj=counselor, unit=counselor.school.code)
    return counselor


def _write(counselor: Counselor, fields: dict[str, Any]) -> None:
    values = _known(fields)
    for name, value in values.items():
        setattr(counselor, name, value)
    if values:
        counselor.save(update_fields=list(values))


def _known(fields: dict[str, Any]) -> dict[str, Any]:
    """Lists hold only words of their list; refused otherwise."""
    for name, words in CHOICES.items():
        if name in fields:
            fields[name] = [str(value) for value in fields[name]]
            if not set(fields[name]) <= {str(word) for word in words}:
                raise Refused(_("Choose from the times and kinds shown."), code="unknown-choice")
    return fields


@transaction.atomic
def register_credential(
    *,
    counselor: Counselor,
    kind: CredentialKind,
    starts_on: date,
    ends_on: date | None = None,
    number: str = "",
    issuer: str = "",
    scan: str = "",
    scan_type: str = "",
    by: User,
    at: datetime,
) -> Credential:
    """Write a credential down; it counts once somebody else has checked it."""
    if not policies.may_change_hours(by, counselor):
        raise NotBooked(Why.NOT_YOURS)
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("The end lies before the beginning. Check both days."), code="reversed")
    credential = Credential.objects.create(
        counselor=counselor,
        holder=counselor.user,
        kind=kind.value,
        number=number,
        issuer=issuer,
        starts_on=starts_on,
        ends_on=ends_on,
        scan=scan,
        scan_type=scan_type,
    )
    audit.record(action="credential.register", by=by, at=at, obj=credential, unit=counselor.school.code)
    return credential


@transaction.atomic
def check_credential(*, credential: Credential, by: User, at: datetime) -> Credential:
    """The director has seen the certificate. Refused for one's own."""
    rows = Credential.objects.select_for_update(of=("self",)).select_related("counselor__school")
    credential = rows.get(pk=credential.pk)
    if not policies.may_check_credential(by, credential.counselor):
        raise Refused(_("Somebody else, who directs the center, checks a credential."), code="may-not-check")
    credential.checked_by, credential.checked_at = by, at
    credential.save(update_fields=["checked_by", "checked_at"])
    unit = credential.counselor.school.code
    audit.record(action="credential.check", by=by, at=at, obj=credential, unit=unit)
    return credential


@transaction.atomic
def save_room(
    *,
    school: Unit,
    name: str,
    kind: RoomKind = RoomKind.COUNSELING,
    campus: str = "",
    capacity: int = 2,
    self_service: bool = False,
    is_open: bool = True,
    room: Room | None = None,
    by: User,
    at: datetime,
) -> Room:
    """Add a room, or change one. Bookings in it stand."""
    if not policies.may_direct(by, school):
        raise NotBooked(Why.NOT_YOURS)
    twins = Room.objects.filter(school=school, campus=campus, name=name)
    if twins.exclude(pk=room.pk if room else None).exists():
        raise Refused(_("There is a room of this name on the campus. Choose another name."), code="name-taken")
    room = room or Room(school=school)
    room.name, room.kind, room.campus, room.capacity = name, kind.value, campus, capacity
    room.self_service, room.is_open = self_service, is_open
    room.save()
    audit.record(action="room.save", by=by, at=at, obj=room, unit=school.code)
    return room


@dataclass(frozen=True)
class WeeklyHours:
    """Hours of a weekday (1 is Monday) as somebody enters them."""

    weekday: int
    starts: time
    ends: time
    valid_from: date
    use: HoursUse = HoursUse.REGULAR
    weeks: Weeks = Weeks.ALL
    valid_until: date | None = None
    room: Room | None = None


@transaction.atomic
def add_hours(*, counselor: Counselor, lines: Sequence[WeeklyHours], by: User, at: datetime) -> list[Hours]:
    """Add hours to a counselor's week, all or none. Refused when reversed, over midnight, or overlapping others."""
    counselor = lock_counselors([counselor.pk])[counselor.pk]
    if not policies.may_change_hours(by, counselor):
        raise NotBooked(Why.NOT_YOURS)
    standing = list(Hours.objects.filter(counselor=counselor))
    added = []
    for line in lines:
        if line.starts >= line.ends:
            raise Refused(_("Hours end on the same day, after they begin."), code="reversed")
        hours = Hours(counselor=counselor, **vars(line))
        if any(_collide(hours, other) for other in standing):
            message = _("You have hours then already. End those first, or choose another time.")
            raise Refused(message, code="overlap")
        standing.append(hours)
        added.append(hours)
    Hours.objects.bulk_create(added)
    audit.record(action="hours.add", by=by, at=at, obj=counselor, unit=counselor.school.code)
    return added


def _collide(one: Hours, other: Hours) -> bool:
    if one.weekday != other.weekday or not (one.starts < other.ends and other.starts < one.ends):
        return False
    if {one.weeks, other.weeks} == {Weeks.ODD.value, Weeks.EVEN.value}:
        return False
    ends, other_ends = one.valid_until or date.max, other.valid_until or date.max
    return one.valid_from <= other_ends and other.valid_from <= ends


@transaction.atomic
def end_hours(*, hours: Hours, last_day: date, by: User, at: datetime) -> None:
    """Hours hold up to and including that day; those that had not begun are taken away. Bookings beyond it are owed a
    move by the next run of the task."""
    counselor = lock_counselors([hours.counselor_id])[hours.counselor_id]
    if not policies.may_change_hours(by, counselor):
        raise NotBooked(Why.NOT_YOURS)
    if last_day < hours.valid_from:
        hours.delete()
    else:
        Hours.objects.filter(pk=hours.pk).update(valid_until=last_day)
    audit.record(action="hours.end", by=by, at=at, obj=counselor, unit=counselor.school.code)


@transaction.atomic
def set_rules(*, school: Unit, by: User, at: datetime, **fields: Any) -> CenterSettings:
    """Change the booking rules of a center; `fields`: columns of CenterSettings."""
    if not policies.may_direct(by, school):
        raise NotBooked(Why.NOT_YOURS)
    rules, _fresh = CenterSettings.objects.update_or_create(school=school, defaults=fields)
    audit.record(action="counseling_rules.set", by=by, at=at, obj=rules, unit=school.code)
    return rules


@transaction.atomic
def extend_limit(*, student: Student, sessions: int, reason: str, by: User, at: datetime) -> Extension:
    """Grant a student more sessions in this term. Refused for all but the director, and without a reason."""
    student = lock_student(student)
    if not policies.may_direct(by, student.school):
        raise Refused(_("The center's director grants more sessions."), code="may-not-extend")
    if not reason.strip():
        raise Refused(_("Write down why more sessions are needed."), code="no-reason")
    first, _last = term_of(student.school_id, localdate(at))
    extension = Extension.objects.create(
        student=student,
        **keys_of(student),
        term_starts_on=first,
        sessions=sessions,
        reason=reason,
        granted_by=by,
        granted_at=at,
    )
    detail = {"sessions": sessions}
    record_client_event(action="booking.extend_limit", student=student, by=by, at=at, obj=extension, detail=detail)
    return extension
