"""Compare the posts of the sheet 任职, and find peer posts whose holders have moved away."""

from collections import defaultdict
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from kernel.folding import fold
from network.models import Post, Student, User
from network.rules import ADMINISTRATORS, PEER_ROLES, PRESENT, ROLE_LEVEL, Level, Role
from network.rules.cells import Code, quoted
from network.rules.roster_columns import POST_SHEET, ROLE_WORDS, Fault, PostRow
from network.services.rosters.difference import Difference
from network.services.rosters.numbers import Zeros
from network.services.rosters.places import SCHOOL, Names, Place, class_place, dorm_place
from network.services.rosters.staff import of_school

# Role and place whose holders stay; without a place: the role everywhere; without a role: all of them.
HeldBack = set[tuple[Role | None, Place | None]]


class Person(NamedTuple):
    """Somebody who can hold a post, with the class and dorm that the roster gives them."""

    name: str
    school_class: Place | None = None
    dorm: Place | None = None


def compare_posts(difference: Difference, *, on: date) -> None:
    """The sheet says who holds a role at each place that it names; other places keep their holders."""
    held_back: HeldBack = set()
    wanted = _wanted(difference, held_back) if difference.roster.posts else {}
    if not wanted and not _movers(difference):
        return
    standing: dict[tuple[Role, Place], dict[str, Post]] = defaultdict(dict)
    for post in of_school(difference, on):
        standing[Role(post.role), difference.places.by_id[post.unit_id]][post.holder.number] = post
    ended = _ended_by_moves(difference, standing)
    coming = {*difference.given_posts}
    coming |= {(change.user.number, *post) for change in difference.changed_staff for post in change.given}
    kept = 0
    for (role, place), numbers in wanted.items():
        held = standing.get((role, place), {})
        given = [(number, role, place) for number in numbers if number not in held]
        difference.given_posts += [post for post in given if post not in coming]
        replaced = {post.pk: post for number, post in held.items() if number not in numbers}
        if role in PEER_ROLES and replaced.keys() - ended.keys():
            if {(role, place), (role, None), (None, None)} & held_back:
                kept += len(replaced)
            else:
                ended |= replaced
    if kept:
        difference.faults.append(Fault(POST_SHEET, 0, "", Code.POSTS_HELD_BACK, str(kept)))
    difference.ended_posts = list(ended.values())


def _refuse(row_role: Role | None, unit: str, names: Names, held_back: HeldBack) -> None:
    """Nobody loses a post by a row that was refused: what it may have meant keeps its holders."""
    place = names.find(ROLE_LEVEL[row_role], unit) if row_role and unit else None
    held_back.add((row_role, place))


def _wanted(difference: Difference, held_back: HeldBack) -> dict[tuple[Role, Place], list[str]]:
    people = _people(difference)
    coming = (*difference.colleges, *difference.classes, *difference.dorms)
    names = Names(difference.places, coming)
    wanted: dict[tuple[Role, Place], list[str]] = defaultdict(list)
    for role, unit in difference.roster.refused_posts:
        _refuse(role, unit, names, held_back)
    zeros = Zeros(people)
    numeric = difference.roster.numeric
    for read in difference.roster.posts:
        row = replace(read, number=zeros.meant(read.number)) if (POST_SHEET, read.row) in numeric else read
        person = people.get(row.number)
        place = None if person is None else _place(difference, names, row, person)
        fault = _fault(row, person, place)
        if fault is not None:
            difference.faults.append(fault)
            _refuse(row.role, row.unit, names, held_back)
        elif place is not None and row.number not in wanted[row.role, place]:
            wanted[row.role, place].append(row.number)
    return wanted


def _fault(row: PostRow, person: Person | None, place: Place | None) -> Fault | None:
    # SECURITY: whoever uploads a roster must not make administrators with it.
    if row.role in ADMINISTRATORS:
        return Fault(POST_SHEET, row.row, "岗位", Code.ADMINISTRATOR_POST, ROLE_WORDS[row.role])
    if person is None:
        return Fault(POST_SHEET, row.row, "学号或工号", Code.PERSON_UNKNOWN, row.number)
    if row.name and fold(row.name) != fold(person.name):
        return Fault(POST_SHEET, row.row, "姓名", Code.NAME_DIFFERS)
    if place is None:
        return Fault(POST_SHEET, row.row, "单位", Code.UNIT_UNKNOWN, quoted(row.unit))
    return None


def _people(difference: Difference) -> dict[str, Person]:
    """Everybody of the school and of the file, by number."""
    place_of = difference.places.of_id
    users = User.objects.filter(school=difference.school).order_by("pk").values_list("number", "name")
    people = {number: Person(name) for number, name in users}
    students = Student.objects.filter(school=difference.school).order_by("pk")
    for number, name, class_id, dorm_id in students.values_list("number", "name", "school_class_id", "dorm_id"):
        people[number] = Person(name, place_of(class_id), place_of(dorm_id))
    people |= {row.number: Person(row.name) for row in difference.new_staff}
    people |= {
        row.number: Person(
            row.name, class_place(row.college, row.school_class), dorm_place(row.dorm) if row.dorm else None
        )
        for row in difference.new_students
    }
    for change in difference.changed_students:
        old = people[change.student.number]
        after = {name: pair[1] for name, pair in change.changes.items() if name in Person._fields}
        people[change.student.number] = old._replace(**after)
    for staff in difference.changed_staff:
        people[staff.user.number] = Person(staff.changes.get("name", ("", staff.user.name))[1])
    return people


def _place(difference: Difference, names: Names, row: PostRow, person: Person) -> Place | None:
    """The place that a row names; an empty cell means the school, or the person's own class or dorm."""
    level = ROLE_LEVEL[row.role]
    if level == Level.SCHOOL:
        return SCHOOL
    own = {Level.CLASS: person.school_class, Level.DORM: person.dorm}.get(level)
    if not row.unit:
        return own
    if own is not None and names.is_called(own, row.unit):
        return own
    return names.find(level, row.unit)


def _movers(difference: Difference) -> bool:
    return bool(difference.changed_students or difference.left_students)


def _ended_by_moves(difference: Difference, standing: dict[tuple[Role, Place], dict[str, Post]]) -> dict[int, Post]:
    """Peer posts whose holder no longer lives or studies there.
    SECURITY: who has left a room or class must not go on seeing the people in it."""
    gone = {student.number for student in difference.left_students}
    left_college, left_class, left_dorm = set(gone), set(gone), set(gone)
    for change in difference.changed_students:
        if change.changes.get("enrollment_status", (None, change.student.enrollment_status))[1] not in PRESENT:
            gone.add(change.student.number)
        old, new = change.changes.get("school_class", (None, None))
        left_college |= {change.student.number} if old and new and old[1] != new[1] else set()
        left_class |= {change.student.number} if "school_class" in change.changes else set()
        left_dorm |= {change.student.number} if "dorm" in change.changes else set()
    moved = {
        Level.COLLEGE: left_college | gone,
        Level.CLASS: left_class | gone,
        Level.DORM: left_dorm | gone,
        Level.SCHOOL: gone,
    }
    return {
        post.pk: post
        for (role, _place_), posts in standing.items()
        if role in PEER_ROLES
        for number, post in posts.items()
        if number in moved[ROLE_LEVEL[role]]
    }
