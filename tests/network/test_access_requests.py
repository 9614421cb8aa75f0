"""Posts that open a whole school or college, and resets upward, take two people; administrators see no data."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import AccessRequest, Post, User
from network.rules import ADMINISTRATORS, Role
from network.rules.appointments import DATA_ROLES, WIDE_ROLES
from network.scope import Scope
from network.services import (
    appoint,
    appoint_many,
    ask_post,
    decide_access_request,
    renew_factors,
    renew_password,
)
from network.services.signin.accounts import FirstPassword
from tests import factories
from tests.conftest import World

SECURITY, DIRECTOR, LEADER = Role.SECURITY_ADMINISTRATOR, Role.CENTER_DIRECTOR, Role.SCHOOL_LEADER
Login = Callable[[User], Client]


def ask_director(world: World, at: datetime) -> AccessRequest:
    person = factories.make_user("新主任", school=world.school)
    asked = ask_post(holder=person, unit=world.school, role=DIRECTOR, by=world.holder(SECURITY), at=at)
    assert isinstance(asked, AccessRequest)
    return asked


def people_told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=kind).values_list("recipient_id", flat=True))


@pytest.mark.parametrize("role", sorted(WIDE_ROLES))
def test_nobody_alone_gives_a_post_that_opens_a_school_or_college(world: World, at: datetime, role: Role) -> None:
    unit = world.it if role in (Role.DEPUTY_SECRETARY, Role.COLLEGE_COORDINATOR) else world.school
    person = factories.make_user("某人", school=world.school)
    for by in (SECURITY, DIRECTOR):
        with pytest.raises(Refused) as refused:
            appoint(holder=person, unit=unit, role=role, by=world.holder(by), at=at)
        assert refused.value.code == "takes-two"
    assert not person.posts.exists()


def test_a_wide_post_begins_when_a_second_person_confirms_it(world: World, at: datetime) -> None:
    asked = ask_director(world, at)
    assert not Scope.load(asked.holder).abilities
    assert people_told("access.asked") == {world.holder(DIRECTOR).pk, world.holder(LEADER).pk}
    decide_access_request(request=asked, grant=True, by=world.holder(LEADER), at=at)
    assert asked.holder.posts.get().appointed_by == world.holder(SECURITY)
    # Auditor, director and leader are told, whoever of them confirmed.
    assert people_told("post.wide") >= {world.holder(role).pk for role in (Role.AUDITOR, DIRECTOR, LEADER)}
    assert AuditEvent.objects.filter(action="access.grant", actor_id=str(world.holder(LEADER).pk)).exists()
    with pytest.raises(Refused, match="decided already"):
        decide_access_request(request=asked, grant=True, by=world.holder(DIRECTOR), at=at)


def test_a_declined_post_does_not_begin(world: World, at: datetime) -> None:
    asked = ask_director(world, at)
    decide_access_request(request=asked, grant=False, by=world.holder(DIRECTOR), at=at)
    assert not asked.holder.posts.exists()
    assert people_told("access.decided") == {world.holder(SECURITY).pk}


def test_neither_who_asked_nor_the_person_nor_another_administrator_confirms(world: World, at: datetime) -> None:
    asked = ask_director(world, at)
    second = factories.give_post(world.school, SECURITY, at=at)
    for by in (world.holder(SECURITY), asked.holder, second, world.holder(Role.AUDITOR)):
        with pytest.raises(Refused) as refused:
            decide_access_request(request=asked, grant=True, by=by, at=at)
        assert refused.value.code == "may-not-decide"
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessRequest.objects.filter(pk=asked.pk).update(decided_by=asked.asked_by, decided_at=at, is_granted=True)


def test_nobody_makes_the_second_person(world: World, at: datetime) -> None:
    security = world.holder(SECURITY)
    friend = factories.make_user("同伙", school=world.school)
    factories.give_post(world.school, LEADER, at=at, holder=friend)
    Post.objects.filter(holder=friend).update(appointed_by=security, starts_on=at.date() - timedelta(days=13))
    asked = ask_director(world, at)
    with pytest.raises(Refused):
        decide_access_request(request=asked, grant=True, by=User.objects.get(pk=friend.pk), at=at)
    Post.objects.filter(holder=friend).update(starts_on=at.date() - timedelta(days=14))
    assert decide_access_request(request=asked, grant=True, by=User.objects.get(pk=friend.pk), at=at)


@pytest.mark.parametrize("administrator", sorted(ADMINISTRATORS))
def test_administrators_hold_no_data_role_in_either_direction(world: World, at: datetime, administrator: Role) -> None:
    person = world.holder(administrator)
    for role, unit in ((Role.FUDAOYUAN, world.it1), (DIRECTOR, world.school), (Role.DORM_HEAD, world.own)):
        assert role in DATA_ROLES
        with pytest.raises(Refused) as refused:
            appoint(holder=person, unit=unit, role=role, by=None, at=at)
        assert refused.value.code == "two-administrators"
        with pytest.raises(Refused):
            appoint_many(appointments=[(person, unit, role)], by=None, at=at)
    with pytest.raises(Refused) as refused:
        appoint(holder=world.holder(DIRECTOR), unit=world.school, role=administrator, by=world.holder(SECURITY), at=at)
    assert refused.value.code == "two-administrators"
    newcomer = factories.make_user("两职", school=world.school)
    with pytest.raises(Refused):
        both = [(newcomer, world.school, role) for role in (administrator, DIRECTOR)]
        appoint_many(appointments=both, by=None, at=at)


def test_a_reset_upward_takes_two_people(world: World, at: datetime) -> None:
    director, security = world.holder(DIRECTOR), world.holder(SECURITY)
    asked = renew_password(user=director, by=security, at=at)
    assert isinstance(asked, AccessRequest)
    assert isinstance(renew_factors(user=director, by=security, at=at), AccessRequest)
    director.refresh_from_db()
    assert not director.must_change_password
    assert renew_password(user=director, by=security, at=at) == asked
    slip = decide_access_request(request=asked, grant=True, by=world.holder(LEADER), at=at)
    assert isinstance(slip, FirstPassword)
    director.refresh_from_db()
    assert director.check_password(slip.code)
    # Downward one person is enough.
    assert isinstance(renew_password(user=world.holder(Role.FUDAOYUAN), by=security, at=at), FirstPassword)


def test_nobody_resets_a_reviewer_of_their_own_acts(world: World, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        renew_password(user=world.holder(LEADER), by=world.holder(DIRECTOR), at=at)
    assert refused.value.code == "own-reviewer"


@pytest.mark.parametrize(("days", "allowed"), [(0, False), (13, False), (14, True)])
def test_nobody_resets_whom_they_have_just_appointed(world: World, at: datetime, days: int, allowed: bool) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    student = world.students["own"][2].user
    appoint(holder=student, unit=world.own, role=Role.DORM_HEAD, by=fudaoyuan, at=at)
    later = at + timedelta(days=days)
    for renew in (renew_password, renew_factors):
        if allowed:
            renew(user=student, by=fudaoyuan, at=later)
            continue
        with pytest.raises(Refused) as refused:
            renew(user=student, by=fudaoyuan, at=later)
        assert refused.value.code == "appointed-lately"
    # Somebody else who appoints there helps at once.
    assert renew_password(user=student, by=world.holder(Role.COLLEGE_COORDINATOR), at=later)


def test_a_post_of_the_system_needs_nobody_else(world: World, at: datetime) -> None:
    person = factories.make_user("新主任", school=world.school)
    appoint(holder=person, unit=world.school, role=DIRECTOR, by=None, at=at)
    call_command("admit", school="MD", number="90020", name="第二位", role="school_leader")
    assert not AccessRequest.objects.exists()
    assert not Notice.objects.filter(kind="post.wide").exists()


def test_many_wide_posts_at_once_are_told_in_one_notice(world: World, at: datetime) -> None:
    people = [factories.make_user(f"协调员{n}", school=world.school) for n in range(4)]
    posts = [(person, world.it, Role.COLLEGE_COORDINATOR) for person in people]
    appoint_many(appointments=posts, by=world.holder(DIRECTOR), at=at)
    assert Notice.objects.filter(kind="post.wide", recipient=world.holder(Role.AUDITOR)).get().params["count"] == 4


def test_the_pages_ask_confirm_and_decline(world: World, november: datetime, login: Login) -> None:
    person = factories.make_user("新秘书", school=world.school)
    url = reverse("network:post-appoint", args=[world.it.pk])
    sent = {"role": Role.DEPUTY_SECRETARY.value, "holder": person.pk}
    page = login(world.holder(DIRECTOR)).post(url, sent, follow=True).content.decode()
    assert "as soon as a second person has confirmed it" in page
    asked = AccessRequest.objects.get()
    leader = login(world.holder(LEADER))
    page = leader.get(reverse("network:access-request-list")).content.decode()
    assert "新秘书" in page
    leader.post(reverse("network:access-request-decide", args=[asked.pk]), {"answer": "yes"})
    assert person.posts.get().role == Role.DEPUTY_SECRETARY
    decided = reverse("network:access-request-decide", args=[asked.pk])
    assert login(world.holder(SECURITY)).post(decided, {"answer": "yes"}).status_code == 404
