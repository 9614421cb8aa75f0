"""等保 level 3: three administrators, none of whom does another's work; and no flag of Django's opens anything."""

from datetime import datetime
from itertools import permutations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import AccessRequest, Post, Student, Unit, User
from network.rules import ADMINISTRATORS, GRANTS, PEOPLE, Ability, Role
from network.scope import Scope
from network.services import appoint, appoint_many, relieve
from network.services.signin.administrators import admit_colleague
from tests import factories
from tests.conftest import World

SYSTEM, SECURITY, AUDIT = Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR
# The work of each, and the page where it is done.
WORK = {SYSTEM: "network:school-edit", SECURITY: "network:post-list", AUDIT: "audit-list"}
PERSONAL = (
    *("network:student-list", "crisis:alarm-list", "reporting:report-list", "reporting:summary-page"),
    *("reporting:line-list", "reporting:export-list", "network:import-list"),
)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_no_ability_is_shared_by_two_administrators() -> None:
    for one, other in permutations(ADMINISTRATORS, 2):
        assert not GRANTS[one] & GRANTS[other]
    others = frozenset().union(*(GRANTS[role] for role in set(Role) - ADMINISTRATORS))
    assert {Ability.MANAGE_ACCESS, Ability.VIEW_AUDIT}.isdisjoint(others)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_does_the_own_work_and_no_other(world: World, role: Role) -> None:
    client = browser_of(world.holder(role))
    assert {one: client.get(reverse(page)).status_code for one, page in WORK.items()} == {
        one: 200 if one is role else 403 for one in WORK
    }


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_is_shown_no_personal_data(world: World, november: datetime, role: Role) -> None:
    user = world.holder(role)
    client = browser_of(user)
    assert [client.get(reverse(page)).status_code for page in PERSONAL] == [403] * len(PERSONAL)
    assert not Student.objects.visible_to(user, *set(Ability) - GRANTS[role]).exists()
    for unit in (world.school, world.it, world.it1, world.own):
        page = client.get(reverse("network:unit-detail", args=[unit.pk])).content.decode()
        holders = {post.holder for post in Post.objects.filter(unit=unit)} - {user}
        # Names needed for posts are the security administrator's alone; room-mates are nobody's here.
        assert all((person.name in page) is (role is SECURITY) for person in holders)
    assert not any(student.name in page for student in world.students["own"][2:])


def test_the_system_administrator_is_shown_not_even_names() -> None:
    assert GRANTS[SYSTEM].isdisjoint(PEOPLE)


@pytest.mark.parametrize(("first", "second"), list(permutations(sorted(ADMINISTRATORS), 2)))
def test_nobody_holds_two_of_the_three(world: World, at: datetime, first: Role, second: Role) -> None:
    one = world.holder(first)
    for by in (None, factories.give_post(world.school, SECURITY, at=at)):
        with pytest.raises(Refused, match="are kept apart and see no data") as refused:
            appoint(holder=one, unit=world.school, role=second, by=by, at=at)
        assert refused.value.code == "two-administrators"
    with pytest.raises(Refused, match="kept apart"):
        appoint_many(appointments=[(one, world.school, second)], by=None, at=at)
    # In another school of the same installation neither.
    assert world.other is not None
    with pytest.raises(Refused, match="kept apart"):
        appoint(holder=one, unit=world.other, role=second, by=None, at=at)
    relieve(post=one.posts.get(), by=None, at=at)
    assert appoint(holder=one, unit=world.school, role=second, by=None, at=at).role == second


@pytest.mark.parametrize("role", [SYSTEM, AUDIT, Role.CENTER_DIRECTOR])
def test_no_administrator_appoints_themselves(world: World, at: datetime, role: Role) -> None:
    security = world.holder(SECURITY)
    with pytest.raises(Refused, match="Nobody appoints themselves") as refused:
        appoint(holder=security, unit=world.school, role=role, by=security, at=at)
    assert refused.value.code == "own-post"
    url = reverse("network:post-appoint", args=[world.school.pk])
    answer = browser_of(security).post(url, {"role": role.value, "holder": security.pk})
    assert answer.status_code == 422
    assert "Nobody appoints themselves" in answer.content.decode()
    assert security.posts.get().role == SECURITY


def test_others_do_not_appoint_themselves_either(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    for name in ("one", "many"):
        with pytest.raises(Refused, match="Nobody appoints themselves"):
            if name == "one":
                appoint(holder=director, unit=world.it, role=Role.DEPUTY_SECRETARY, by=director, at=at)
            appoint_many(appointments=[(director, world.it, Role.DEPUTY_SECRETARY)], by=director, at=at)


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
@pytest.mark.parametrize("by", [Role.CENTER_DIRECTOR, Role.COLLEGE_COORDINATOR, SYSTEM, AUDIT])
def test_administrators_are_appointed_and_relieved_by_the_security_administrator_alone(
    world: World, at: datetime, role: Role, by: Role
) -> None:
    person = factories.make_user("新人", school=world.school)
    with pytest.raises(Refused):
        appoint(holder=person, unit=world.school, role=role, by=world.holder(by), at=at)
    with pytest.raises(Refused):
        relieve(post=world.holder(role).posts.get(), by=world.holder(by), at=at)
    appoint(holder=person, unit=world.school, role=role, by=world.holder(SECURITY), at=at)
    assert Scope.load(person).abilities == GRANTS[role]


def test_the_flags_of_django_open_nothing(world: World) -> None:
    assert world.outsider is not None
    User.objects.filter(pk=world.outsider.pk).update(is_superuser=True)
    user = User.objects.get(pk=world.outsider.pk)
    user.is_staff = True  # type: ignore[attr-defined]
    assert user.is_superuser
    assert not Scope.load(user).abilities
    client = browser_of(user)
    assert [client.get(reverse(page)).status_code for page in (*PERSONAL, *WORK.values())] == [403] * 10
    page = reverse("network:student-detail", args=[world.students["own"][0].pk])
    assert client.get(page).status_code == 404


def test_a_colleague_whom_no_roster_names_is_let_in(world: World) -> None:
    client = browser_of(world.holder(SECURITY))
    url = reverse("network:colleague-admit", args=[world.school.pk])
    assert "Let a colleague in" in client.get(reverse("network:unit-detail", args=[world.school.pk])).content.decode()
    assert client.get(url).status_code == 200
    given = {"number": "90009", "name": "新主任", "role": "center_director"}
    page = client.post(url, given)
    user = User.objects.get(number="90009")
    assert not user.posts.exists()
    assert AccessRequest.objects.get(holder=user).role == Role.CENTER_DIRECTOR
    assert "as soon as a second person has confirmed it" in page.content.decode()
    assert user.must_change_password
    assert user.check_password(page.context["slip"].code)
    assert page.context["slip"].code in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert AuditEvent.objects.filter(action="access.ask", detail__holder="90009").count() == 1
    again = client.post(url, given)
    assert again.status_code == 422
    assert "This number is taken" in again.content.decode()
    for bad in ({"number": "9 9"}, {"name": ""}, {"role": "dorm_head"}):
        assert client.post(url, given | {"number": "90010"} | bad).status_code == 422
    assert not User.objects.filter(number="90010").exists()


def test_nobody_else_opens_accounts(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    with pytest.raises(Refused) as refused:
        admit_colleague(school=world.school, number="9", name="九", role=Role.SCHOOL_LEADER, by=director, at=at)
    assert refused.value.code == "may-not-manage-access"
    assert not User.objects.filter(number="9").exists()


def test_the_server_lets_in_a_security_administrator_when_there_is_none_left(world: World, capsys: object) -> None:
    call_command("admit", school="MD", number="90011", name="安全员")
    user = User.objects.get(number="90011")
    assert Scope.load(user).abilities == GRANTS[SECURITY]
    with pytest.raises(CommandError, match="number is taken"):
        call_command("admit", school="MD", number="90011", name="安全员", role="auditor")
    with pytest.raises(CommandError, match="no school"):
        call_command("admit", school="NO", number="90012", name="安全员")
    assert Unit.objects.schools().count() == 2
