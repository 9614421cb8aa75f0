from datetime import date, datetime, timedelta

import pytest

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import Duty, Post, Unit, UnitGrant
from network.rules import GRANTS, Ability, Role
from network.rules.appointments import WIDE_ROLES
from network.scope import Scope
from network.services import appoint, appoint_many, ask_post, end_posts, relieve
from network.services.duties import vacancy_key
from tests import factories
from tests.conftest import World


def active(unit: Unit, role: Role, at: datetime) -> list[Post]:
    return list(Post.objects.active(at.date()).filter(unit=unit, role=role))


def test_appointing_gives_the_abilities_of_the_role_on_that_unit(world: World, at: datetime) -> None:
    holder = factories.make_user("新辅导员", school=world.school)
    post = appoint(holder=holder, unit=world.it1, role=Role.FUDAOYUAN, by=None, at=at)
    assert Scope.load(holder).abilities == GRANTS[Role.FUDAOYUAN]
    assert str(post) == f"新辅导员 · {post.label()} · 计科2601班"


def test_relieving_takes_the_abilities_back_at_once_and_keeps_the_history(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    holder = world.holder(Role.FUDAOYUAN)
    post = active(world.it1, Role.FUDAOYUAN, at)[0]
    relieve(post=post, by=director, at=at)
    assert not Scope.load(holder).abilities
    post.refresh_from_db()
    assert post.ends_on == at.date()
    assert AuditEvent.objects.filter(action="post.relieve", detail__holder=holder.number).count() == 1


def test_relieving_twice_is_one_act(world: World, at: datetime) -> None:
    post = active(world.it1, Role.FUDAOYUAN, at)[0]
    relieve(post=post, by=None, at=at)
    again = relieve(post=post, by=None, at=at + timedelta(days=3))
    assert again.ends_on == at.date()
    assert AuditEvent.objects.filter(action="post.relieve").count() == 1


def test_relieving_is_undone_by_appointing_again_on_the_same_day(world: World, at: datetime) -> None:
    holder = world.holder(Role.FUDAOYUAN)
    relieve(post=active(world.it1, Role.FUDAOYUAN, at)[0], by=None, at=at)
    appoint(holder=holder, unit=world.it1, role=Role.FUDAOYUAN, by=None, at=at)
    assert Ability.VIEW_LINES in Scope.load(holder).abilities


def test_a_new_dorm_head_relieves_the_one_before(world: World, at: datetime) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    second = world.students["own"][2].user
    appoint(holder=second, unit=world.own, role=Role.DORM_HEAD, by=fudaoyuan, at=at)
    assert [post.holder for post in active(world.own, Role.DORM_HEAD, at)] == [second]
    assert not Scope.load(world.students["own"][0].user).abilities


def test_staff_posts_may_have_several_holders(world: World, at: datetime) -> None:
    second = factories.make_user("第二位", school=world.school)
    appoint(holder=second, unit=world.it1, role=Role.FUDAOYUAN, by=None, at=at)
    assert len(active(world.it1, Role.FUDAOYUAN, at)) == 2


def test_appointing_the_holder_again_changes_nothing(world: World, at: datetime) -> None:
    standing = active(world.own, Role.DORM_HEAD, at)[0]
    assert appoint(holder=standing.holder, unit=world.own, role=Role.DORM_HEAD, by=None, at=at) == standing


def test_a_role_of_another_level_is_refused(world: World, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        appoint(holder=world.students["own"][1].user, unit=world.it1, role=Role.DORM_HEAD, by=None, at=at)
    assert refused.value.code == "wrong-level"


MAY_APPOINT = [
    (Role.CENTER_DIRECTOR, Role.FUDAOYUAN, "it1", True),
    (Role.CENTER_DIRECTOR, Role.DORM_HEAD, "own", True),
    (Role.CENTER_DIRECTOR, Role.COLLEGE_COORDINATOR, "it", True),
    (Role.SECURITY_ADMINISTRATOR, Role.CENTER_DIRECTOR, "school", True),
    (Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, "school", True),
    (Role.SECURITY_ADMINISTRATOR, Role.AUDITOR, "school", True),
    (Role.SYSTEM_ADMINISTRATOR, Role.CENTER_DIRECTOR, "school", False),
    (Role.SYSTEM_ADMINISTRATOR, Role.DORM_HEAD, "own", False),
    (Role.CENTER_DIRECTOR, Role.AUDITOR, "school", False),
    (Role.CENTER_DIRECTOR, Role.SECURITY_ADMINISTRATOR, "school", False),
    (Role.COLLEGE_COORDINATOR, Role.FUDAOYUAN, "it1", True),
    (Role.COLLEGE_COORDINATOR, Role.CLASS_ADVISER, "it2", True),
    (Role.COLLEGE_COORDINATOR, Role.DORM_HEAD, "own", True),
    (Role.COLLEGE_COORDINATOR, Role.FUDAOYUAN, "arts1", False),
    (Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY, "it", False),
    (Role.FUDAOYUAN, Role.DORM_HEAD, "own", True),
    (Role.FUDAOYUAN, Role.CLASS_COMMITTEE_MEMBER, "it1", True),
    (Role.FUDAOYUAN, Role.CLASS_COMMITTEE_MEMBER, "it2", False),
    (Role.FUDAOYUAN, Role.DORM_HEAD, "far", False),
    (Role.FUDAOYUAN, Role.CLASS_ADVISER, "it1", False),
    (Role.CLASS_ADVISER, Role.DORM_HEAD, "own", False),
    (Role.DEPUTY_SECRETARY, Role.DORM_HEAD, "own", False),
    (Role.CLASS_COMMITTEE_MEMBER, Role.DORM_HEAD, "own", False),
    (Role.DORM_HEAD, Role.DORM_HEAD, "own", False),
    (Role.FULL_TIME_COUNSELOR, Role.FUDAOYUAN, "it1", False),
    (Role.AUDITOR, Role.AUDITOR, "school", False),
]


@pytest.mark.parametrize(("who", "role", "where", "allowed"), MAY_APPOINT)
def test_who_may_appoint_whom(world: World, at: datetime, who: Role, role: Role, where: str, allowed: bool) -> None:
    holder = factories.make_user("被任命者", school=world.school)
    unit = getattr(world, where)
    if allowed:
        give = ask_post if role in WIDE_ROLES else appoint
        assert give(holder=holder, unit=unit, role=role, by=world.holder(who), at=at).holder == holder
        return
    with pytest.raises(Refused) as refused:
        appoint(holder=holder, unit=unit, role=role, by=world.holder(who), at=at)
    assert refused.value.code == "may-not-appoint"
    assert not holder.posts.exists()


def test_who_may_not_appoint_may_not_relieve(world: World, at: datetime) -> None:
    post = active(world.far, Role.DORM_HEAD, at)[0]
    with pytest.raises(Refused):
        relieve(post=post, by=world.holder(Role.FUDAOYUAN), at=at)


def test_many_appointments_pass_over_what_is_held_and_what_is_named_twice(world: World, at: datetime) -> None:
    new = factories.make_user("新人", school=world.school)
    wanted = [
        (world.holder(Role.FUDAOYUAN), world.it1, Role.FUDAOYUAN),
        (new, world.it1, Role.CLASS_ADVISER),
        (new, world.it1, Role.CLASS_ADVISER),
    ]
    posts = appoint_many(appointments=wanted, by=None, at=at)
    assert [(post.holder, post.role) for post in posts] == [(new, Role.CLASS_ADVISER)]


def test_many_appointments_check_the_level(world: World, at: datetime) -> None:
    with pytest.raises(Refused):
        appoint_many(appointments=[(world.holder(Role.FUDAOYUAN), world.it, Role.FUDAOYUAN)], by=None, at=at)


def test_appointing_settles_the_duty_to_find_somebody(world: World, at: datetime) -> None:
    Duty.objects.create(
        kind="vacancy", key=vacancy_key(world.own.pk, Role.DORM_HEAD), unit=world.it1, role=Role.FUDAOYUAN,
        title="x", link="/", due_at=at,
    )  # fmt: skip
    appoint(holder=world.students["own"][3].user, unit=world.own, role=Role.DORM_HEAD, by=None, at=at)
    assert Duty.objects.get().settled_at == at


def test_a_post_that_ends_by_its_date_loses_its_grants(world: World, at: datetime) -> None:
    holder = factories.make_user("代班", school=world.school)
    appoint(holder=holder, unit=world.it1, role=Role.FUDAOYUAN, by=None, at=at, ends_on=date(2026, 11, 20))
    assert end_posts(at=at + timedelta(days=9)) == 0
    assert end_posts(at=at + timedelta(days=10)) == 1
    assert not UnitGrant.objects.filter(user=holder).exists()
    assert end_posts(at=at + timedelta(days=11)) == 0
