"""Compare the staff of a roster with the accounts and posts that are stored."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from django.db.models import Q

from kernel.folding import fold
from network.models import Post, User
from network.models.units import PostQuerySet
from network.rules import ROLE_LEVEL, Level, Role
from network.rules.cells import Code, quoted
from network.rules.roster_columns import STAFF_ROLES, STAFF_SHEET, Fault, StaffRow, is_too_small
from network.services.rosters.difference import Difference, StaffChange
from network.services.rosters.numbers import Zeros, same_but_for_zeros, taken_numbers
from network.services.rosters.places import SCHOOL, Names, Place, class_place, college_place

Wanted = list[tuple[Role, Place]]
CHUNK = 5000


def compare_staff(difference: Difference, *, is_partial: bool, on: date) -> None:
    """The roster decides on the posts of its eight roles; other posts of the same people stay."""
    roster = difference.roster
    rows = _with_their_zeros(difference)
    users = _users(row.number for row in rows)
    held = _held(difference, on)
    coming = {row.number.lower() for row in difference.new_students}
    taken = taken_numbers(row.number for row in rows if row.number not in users)
    names = Names(difference.places, difference.classes)
    promised = _promised(difference, names)
    for group in _by_person(rows):
        row = group[0]
        asked = [_wanted(difference, names, row) for row in group]
        user = users.get(row.number)
        if row.number in taken or row.number.lower() in coming or (user and not _is_ours(difference, user)):
            difference.faults.append(Fault(STAFF_SHEET, row.row, "工号", Code.NUMBER_TAKEN, row.number))
        elif all(wanted is None for wanted in asked):
            continue
        else:
            posts = list(dict.fromkeys(post for wanted in asked for post in wanted or ()))
            is_whole = None not in asked and row.number not in roster.refused_numbers
            kept = promised.get(row.number, set()) if is_whole else None
            _note(difference, row, user, posts, held, kept)
    if not is_partial:
        _find_left(difference, held)


def _note(
    difference: Difference,
    row: StaffRow,
    user: User | None,
    posts: Wanted,
    held: Mapping[User, list[Post]],
    kept: set[tuple[Role, Place]] | None,
) -> None:
    """Somebody new, changed or unchanged. `kept`: posts that another sheet gives them, which do not end; None: none
    ends, because a row about them was refused."""
    if user is None:
        difference.new_staff.append(row)
        difference.given_posts += [(row.number, role, place) for role, place in posts]
        return
    change = _change(difference, user, row, posts, held.get(user, []))
    change.ended = [post for post in change.ended if kept is not None and _key(difference, post) not in kept]
    if change:
        difference.changed_staff.append(change)
    else:
        difference.unchanged_staff += 1


def _by_person(rows: Iterable[StaffRow]) -> list[list[StaffRow]]:
    """The rows of each person, in the order of their first ones. A mail address or phone of any of them counts."""
    groups: dict[str, list[StaffRow]] = {}
    for row in rows:
        groups.setdefault(row.number.lower(), []).append(row)
    for group in groups.values():
        email = next((row.email for row in group if row.email), "")
        phone = next((row.phone for row in group if row.phone), "")
        group[0] = replace(group[0], email=email, phone=phone)
    return list(groups.values())


def _with_their_zeros(difference: Difference) -> list[StaffRow]:
    roster = difference.roster
    known = User.objects.filter(school=difference.school).exclude(student__isnull=False)
    numbers = set(known.order_by("pk").values_list("number", flat=True))
    meant = same_but_for_zeros((row.number for row in roster.staff if row.number not in numbers), Zeros(numbers))
    roster.named.update(meant.values())
    return [
        replace(row, number=meant[row.number])
        if row.number in meant and (STAFF_SHEET, row.row) in roster.numeric
        else row
        for row in roster.staff
    ]


def _promised(difference: Difference, names: Names) -> dict[str, set[tuple[Role, Place]]]:
    """The posts of the roster's staff roles that the sheet 任职 gives, by number."""
    promised: dict[str, set[tuple[Role, Place]]] = defaultdict(set)
    for row in difference.roster.posts:
        level = ROLE_LEVEL[row.role]
        place = SCHOOL if level == Level.SCHOOL else names.find(level, row.unit)
        if place is not None:
            promised[row.number].add((row.role, place))
    return promised


def _users(numbers: Iterable[str]) -> dict[str, User]:
    asked = list(numbers)
    chunks = (asked[start : start + CHUNK] for start in range(0, len(asked), CHUNK))
    batches = (User.objects.filter(number__in=chunk).select_related("student", "staff_phone") for chunk in chunks)
    return {user.number: user for users in batches for user in users}


def _is_ours(difference: Difference, user: User) -> bool:
    return user.school_id in (difference.school.pk, None) and not hasattr(user, "student")


def _held(difference: Difference, on: date) -> dict[User, list[Post]]:
    """Who holds posts of the roster's roles today."""
    held: dict[User, list[Post]] = defaultdict(list)
    posts = of_school(difference, on).filter(role__in=STAFF_ROLES.values())
    for post in posts:
        held[post.holder].append(post)
    return held


def of_school(difference: Difference, on: date) -> PostQuerySet:
    """The posts in force at the school and below."""
    school = difference.school
    return Post.objects.active(on).filter(Q(unit=school) | Q(unit__school=school)).select_related("holder", "unit")


def _wanted(difference: Difference, names: Names, row: StaffRow) -> Wanted | None:
    """The posts that a row asks for; None when it names something that does not exist."""
    level = ROLE_LEVEL[row.role]
    if level == Level.SCHOOL:
        return [(row.role, SCHOOL)]
    college = college_place(row.department)
    if college not in difference.places.units and college not in difference.colleges:
        fault = Fault(STAFF_SHEET, row.row, "部门", Code.DEPARTMENT_UNKNOWN, quoted(row.department))
        difference.faults.append(fault)
        return None
    return [(row.role, college)] if level == Level.COLLEGE else _wanted_classes(difference, names, row)


def _wanted_classes(difference: Difference, names: Names, row: StaffRow) -> Wanted | None:
    wanted: Wanted = []
    unknown = []
    for name in row.classes:
        own = class_place(row.department, name)
        is_there = own in difference.places.units or own in difference.classes
        place = own if is_there else names.find(Level.CLASS, name)
        if place is None:
            unknown.append(name)
        else:
            wanted.append((row.role, place))
    if unknown:
        value = quoted("、".join(unknown))
        difference.faults.append(Fault(STAFF_SHEET, row.row, "负责班级", Code.CLASS_UNKNOWN, value))
    elif not wanted:
        difference.faults.append(Fault(STAFF_SHEET, row.row, "负责班级", Code.CLASSES_MISSING))
    return None if unknown else wanted


def _change(difference: Difference, user: User, row: StaffRow, wanted: Wanted, held: list[Post]) -> StaffChange:
    change = StaffChange(user)
    if fold(user.name) != fold(row.name):
        change.changes["name"] = (user.name, row.name)
    if row.email and user.email != row.email:
        change.changes["email"] = (user.email, row.email)
    phone = user.staff_phone.phone if hasattr(user, "staff_phone") else ""
    if row.phone and phone != row.phone:
        change.changes["phone"] = (phone, row.phone)
    have = {_key(difference, post): post for post in held}
    change.given = [post_key for post_key in dict.fromkeys(wanted) if post_key not in have]
    change.ended = [post for post_key, post in have.items() if post_key not in wanted]
    return change


def _key(difference: Difference, post: Post) -> tuple[Role, Place]:
    return Role(post.role), difference.places.by_id[post.unit_id]


def _find_left(difference: Difference, held: dict[User, list[Post]]) -> None:
    roster = difference.roster
    gone = [
        user for user in held if user.number not in roster.named and fold(user.name) not in roster.names_without_number
    ]
    if is_too_small(len(held) - len(gone), len(held)):
        value = f"{len(held) - len(gone)}/{len(held)}"
        difference.faults.append(Fault(STAFF_SHEET, 0, "", Code.ROSTER_TOO_SMALL, value))
        return
    if gone and roster.nameless[STAFF_SHEET]:
        difference.faults.append(Fault(STAFF_SHEET, 0, "", Code.LEFT_HELD_BACK, str(len(gone))))
        return
    difference.left_staff = [StaffChange(user, ended=held[user]) for user in gone]
