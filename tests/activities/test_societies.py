from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from activities.models import Membership, Society
from activities.services.societies import add_member, end_membership, save_society
from kernel import personal_data
from kernel.errors import Refused
from network.models import Student, Unit, User
from network.rules import Role
from tests.conftest import World

Login = Callable[[User], Client]


def found(world: World, at: datetime, unit: Unit | None = None, **values: Any) -> Society:
    given: dict[str, Any] = {
        "kind": "department", "name": "心理部", "purpose": "办活动", "adviser": world.holder(Role.FULL_TIME_COUNSELOR),
        "founded_on": date(2020, 9, 1), "is_active": True, "by": world.holder(Role.CENTER_DIRECTOR),
    }  # fmt: skip
    return save_society(unit=unit or world.school, at=at, **given | values)


def join(society: Society, student: Student, at: datetime, by: User, **values: Any) -> Membership:
    given = {"number": student.number, "name": student.name, "office": "member", "starts_on": date(2026, 9, 1)}
    return add_member(society=society, by=by, at=at, **given | values)


def test_officers_take_members_in_by_number_and_name_alone(world: World, at: datetime) -> None:
    officer, student = world.holder(Role.STUDENT_UNION_OFFICER), world.students["own"][0]
    society = found(world, at)
    join(society, student, at, officer)
    with pytest.raises(Refused, match="member already"):
        join(society, student, at, officer)
    other = world.students["own"][1]
    unknown: list[str] = []
    for values in ({"name": "别的名字"}, {"number": "000000"}):
        with pytest.raises(Refused) as refused:
            join(society, other, at, officer, **values)
        unknown.append(str(refused.value))
    assert unknown[0] == unknown[1], "a number that exists is told like one that does not"


def test_a_college_takes_in_its_own(world: World, at: datetime) -> None:
    society = found(world, at, unit=world.arts)
    with pytest.raises(Refused, match="another college"):
        join(society, world.students["own"][0], at, world.holder(Role.CENTER_DIRECTOR))


def test_officers_of_one_college_find_nothing_of_another(world: World, november: datetime, login: Login) -> None:
    society = found(world, november, unit=world.arts)
    officer = login(world.holder(Role.COLLEGE_UNION_OFFICER, world.it))
    assert officer.get(society.get_absolute_url()).status_code == 404
    assert login(world.holder(Role.STUDENT_UNION_OFFICER)).get(society.get_absolute_url()).status_code == 200


def test_a_term_of_office_ends_and_can_begin_again(world: World, at: datetime) -> None:
    officer, society = world.holder(Role.STUDENT_UNION_OFFICER), found(world, at)
    membership = join(society, world.students["own"][0], at, officer, office="leader")
    end_membership(membership=membership, by=officer, at=at)
    with pytest.raises(Refused, match="ended already"):
        end_membership(membership=membership, by=officer, at=at)
    join(society, world.students["own"][0], at, officer)
    assert Membership.objects.on(at.date()).count() == 1


def test_officers_found_no_society_and_a_name_stands_once(world: World, at: datetime) -> None:
    found(world, at)
    with pytest.raises(Refused, match="this name"):
        found(world, at)
    with pytest.raises(Refused, match="founds a society"):
        found(world, at, name="新", by=world.holder(Role.STUDENT_UNION_OFFICER))


def test_a_society_on_its_pages(world: World, november: datetime, login: Login) -> None:
    director = login(world.holder(Role.CENTER_DIRECTOR))
    form = {
        "unit": world.school.pk, "kind": "self_help", "name": "<b>晚安</b>小组", "purpose": "一起早睡",
        "adviser": world.holder(Role.FULL_TIME_COUNSELOR).pk, "founded_on": "2026-10-01", "is_active": "on",
    }  # fmt: skip
    director.post(reverse("activities:society-new"), form)
    society = Society.objects.get()
    officer = login(world.holder(Role.STUDENT_UNION_OFFICER))
    student = world.students["own"][0]
    sent = {"number": student.number, "name": student.name, "office": "leader", "starts_on": "2026-10-01"}
    officer.post(reverse("activities:member-add", args=[society.pk]), sent)
    page = officer.get(society.get_absolute_url()).content.decode()
    assert student.name in page
    assert "&lt;b&gt;晚安" in page
    assert officer.get(reverse("activities:society-list")).status_code == 200
    officer.post(reverse("activities:member-end", args=[Membership.objects.get().pk]))
    assert Membership.objects.get().ends_on == november.date()


def test_memberships_and_courses_are_handed_out_and_erased_as_declared(world: World, at: datetime) -> None:
    student, officer = world.students["own"][0], world.holder(Role.STUDENT_UNION_OFFICER)
    membership = join(found(world, at), student, at, officer)
    end_membership(membership=membership, by=officer, at=at)
    kinds = {category.name: category for category in personal_data.declared()}
    memberships, courses = kinds["activities.memberships"], kinds["activities.courses"]
    assert memberships.own is not None
    assert memberships.due is not None
    assert memberships.erase is not None
    assert [fact[2] for fact in memberships.own(student)[0]][:2] == ["心理部", "member"]
    held = Student.objects.none().values("pk")
    assert memberships.due(world.school.pk, at + timedelta(days=2), held).count() == 1
    assert memberships.due(world.school.pk, at, held).count() == 0
    assert memberships.erase(student, at) == 1
    assert courses.erase is None, "a study record stays"
