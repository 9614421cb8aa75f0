"""Heads of rooms and committee members of classes, chosen by list for a whole college at once."""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.folding import fold
from network.models import Post, Student, Unit, User
from network.rules import Ability, Role
from network.services.posts import appoint_many, relieve_many

# The unit of a student at which each of these roles is held.
PLACES: Mapping[Role, str] = {Role.DORM_HEAD: "dorm", Role.CLASS_COMMITTEE_MEMBER: "school_class"}
MOST_LINES, FAULTS_SHOWN = 5000, 8
LONGEST_TERM = timedelta(days=800)
SEPARATOR = re.compile(r"[\s,，;；、\t]+")


class Chosen(NamedTuple):
    """How many posts were given, went on, and ended because somebody else was chosen."""

    given: int
    kept: int
    replaced: int


@transaction.atomic
def choose_peers(*, role: Role, lines: str, last_day: date, by: User, at: datetime) -> Chosen:
    """Give the role to everybody on the list, each at their own room or class, until the last day; who held it there
    before is relieved. One student a line: the number, and the name if it is to be compared. All of it or nothing:
    refused with the lines that are wrong."""
    today = localdate(at)
    if role not in PLACES:
        raise Refused(_("Only heads of rooms and committee members are chosen by list."), code="wrong-role")
    if not today <= last_day <= today + LONGEST_TERM:
        raise Refused(_("The term of office ends between today and two years from now."), code="out-of-reach")
    wanted = _wanted(role, lines, by)
    units = list(Unit.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk"))
    standing = list(Post.objects.active(today).filter(unit__in=units, role=role).select_related("holder", "unit"))
    kept = [post for post in standing if post.holder_id == wanted[post.unit_id].user_id]
    replaced = [post for post in standing if post.holder_id != wanted[post.unit_id].user_id]
    relieve_many(posts=replaced, by=by, at=at)
    ends_on = last_day + timedelta(days=1)
    Post.objects.filter(pk__in=[post.pk for post in kept]).update(ends_on=ends_on)
    held = {post.unit_id for post in kept}
    fresh = [(wanted[unit.pk].user, unit, role) for unit in units if unit.pk not in held]
    given = appoint_many(appointments=fresh, by=by, at=at, ends_on=ends_on)
    return Chosen(len(given), len(kept), len(replaced))


def _wanted(role: Role, lines: str, by: User) -> dict[int, Student]:
    """Unit id → the student of the list. Refused while a line is wrong."""
    entries = [(at, SEPARATOR.split(line.strip(), 1)) for at, line in enumerate(lines.splitlines(), 1) if line.strip()]
    if not entries or len(entries) > MOST_LINES:
        raise Refused(_("Enter between 1 and %(most)d lines.") % {"most": MOST_LINES}, code="no-lines")
    students = _students([words[0] for _at, words in entries], by)
    open_to = Unit.objects.visible_to(by, Ability.APPOINT_PEER, Ability.APPOINT_STAFF).active()
    units = set(open_to.filter(pk__in={_place(role, one) for one in students.values()}).values_list("pk", flat=True))
    wanted: dict[int, Student] = {}
    faults = []
    for line, (number, *rest) in entries:
        student = students.get(number)
        place = _place(role, student) if student else None
        fault = _fault(student, rest, is_open=place in units)
        if fault is None and place is not None and student is not None and wanted.setdefault(place, student) != student:
            fault = _("line %(line)d: somebody else of the same room or class stands further up")
        faults += [fault % {"line": line, "number": number[:30]}] if fault else []
    if faults:
        more = len(faults) - FAULTS_SHOWN
        shown = faults[:FAULTS_SHOWN] + ([_("and %(more)d more") % {"more": more}] if more > 0 else [])
        message = _("Nobody was appointed. Put right: %(faults)s.")
        raise Refused(message % {"faults": "; ".join(shown)}, code="bad-lines")
    return wanted


def _fault(student: Student | None, rest: list[str], *, is_open: bool) -> str | None:
    """What is wrong with a line, or None; `rest`: the name behind the number, if there is one."""
    if student is None:
        return _("line %(line)d: nobody in your care has the number %(number)s")
    if rest and fold(rest[0]) != fold(student.name):
        return _("line %(line)d: the name does not belong to the number %(number)s")
    return None if is_open else _("line %(line)d: %(number)s has no room or class at which you may appoint")


def _students(numbers: list[str], by: User) -> dict[str, Student]:
    seen = Student.objects.visible_to(by, Ability.VIEW_ROSTER).present().filter(user__is_active=True)
    found: dict[str, Student] = {}
    for start in range(0, len(numbers), 500):
        rows = seen.filter(number__in=numbers[start : start + 500]).select_related("user")
        found |= {student.number: student for student in rows.order_by("pk")}
    return found


def _place(role: Role, student: Student) -> int | None:
    place: int | None = getattr(student, f"{PLACES[role]}_id")
    return place
