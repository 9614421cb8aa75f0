from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.hashers import FirstCode
from network.models import User
from network.rules import Role
from network.services import (
    first_passwords_workbook,
    issue_first_passwords,
    issue_post_passwords,
    renew_password,
    reset_password,
    set_password,
)
from network.services.signin.accounts import FirstPassword
from network.signin.adapters import AccountAdapter
from tests import factories
from tests.conftest import World
from tests.factories import PASSWORD

NEW = "blue-harbour-7"


@pytest.fixture(autouse=True)
def fresh_limits(db: None, settings: Any) -> None:
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def newcomer(db: None) -> User:
    user = factories.make_user("新同学", number="2026123")
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    return User.objects.get(pk=user.pk)


def sign_in(client: Client, number: str, password: str = PASSWORD) -> object:
    return client.post(reverse("account_login"), {"login": number, "password": password})


def test_signing_in_by_number_leads_home(client: Client, db: None) -> None:
    user = factories.make_user("王老师")
    answer = sign_in(client, f" {user.number} ")
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))  # type: ignore[attr-defined, index]


def test_a_wrong_password_is_met_kindly_and_the_number_is_kept(client: Client, newcomer: User) -> None:
    page = sign_in(client, newcomer.number, "wrong").content.decode()  # type: ignore[attr-defined]
    assert "Number and password do not match." in page
    assert 'value="2026123"' in page
    assert "wrong" not in page.split("<form", 1)[1].split("</form>")[0].replace("field-wrong", "")


def test_five_wrong_passwords_close_the_door_for_five_minutes(client: Client, newcomer: User) -> None:
    for _ in range(5):
        sign_in(client, newcomer.number, "wrong")
    answer = sign_in(client, newcomer.number)
    assert "Too many attempts." in answer.content.decode()  # type: ignore[attr-defined]


def test_the_first_sign_in_leads_to_a_password_of_ones_own(client: Client, newcomer: User) -> None:
    sign_in(client, newcomer.number)
    assert client.get(reverse("home"))["Location"] == reverse("account_change_password")
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    # "Save and go on" goes on: not to the same empty form once more.
    answer = client.post(reverse("account_change_password"), fields)
    assert (answer.status_code, answer["Location"]) == (302, reverse("home"))
    assert client.get(reverse("home")).status_code == 200
    assert client.get(reverse("notices")).status_code == 200
    newcomer.refresh_from_db()
    assert newcomer.joined_at is not None
    assert newcomer.check_password(NEW)


@pytest.mark.parametrize("weak", ["12345678", "2026123x", "short1"])
def test_a_weak_password_is_refused(client: Client, newcomer: User, weak: str) -> None:
    sign_in(client, newcomer.number)
    client.post(reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": weak, "password2": weak})
    newcomer.refresh_from_db()
    assert newcomer.must_change_password


def test_nobody_signs_up(rf: RequestFactory) -> None:
    assert AccountAdapter().is_open_for_signup(rf.get("/")) is False


def test_setting_a_password_again_keeps_the_day_of_joining(newcomer: User, at: datetime) -> None:
    set_password(user=newcomer, password=NEW, at=at)
    set_password(user=newcomer, password=NEW + "x", at=at.replace(day=20))
    assert newcomer.joined_at == at
    assert newcomer.get_short_name() == "新同学"


def test_a_password_is_kept_by_argon2_and_a_code_by_a_cheap_hash(newcomer: User, at: datetime) -> None:
    slip = issue_first_passwords(users=[newcomer], unit=factories.make_school(at=at), by=None, at=at)[0]
    assert newcomer.password.startswith("first_code$")
    assert newcomer.check_password(slip.code)
    assert len(slip.code) == 10
    set_password(user=newcomer, password=NEW, at=at)
    assert newcomer.password.startswith("argon2")


def test_slips_go_to_those_who_still_wait(world: World, newcomer: User, at: datetime) -> None:
    closed = factories.make_user("已停用")
    User.objects.filter(pk=closed.pk).update(must_change_password=True, is_active=False)
    people = User.objects.filter(pk__in=[closed.pk, newcomer.pk, world.holder(Role.AUDITOR).pk])
    slips = issue_first_passwords(users=people, unit=world.school, by=None, at=at)
    assert [slip.number for slip in slips] == [newcomer.number]
    assert AuditEvent.objects.get(action="user.issue_slips").detail == {"count": 1}


def test_a_reset_ends_the_old_password_and_every_session(
    world: World, at: datetime, login: Callable[[User], Client]
) -> None:
    head = world.holder(Role.DORM_HEAD)
    browser = login(head)
    slip = reset_password(user=head, by=world.holder(Role.FUDAOYUAN), at=at)
    assert browser.get(reverse("notices"))["Location"].startswith(reverse("account_login"))
    head.refresh_from_db()
    assert head.check_password(slip.code)
    assert head.must_change_password


@pytest.mark.parametrize(
    ("who", "whom", "allowed"),
    [
        (Role.FUDAOYUAN, Role.DORM_HEAD, True),
        (Role.FUDAOYUAN, Role.CLASS_ADVISER, False),
        (Role.COLLEGE_COORDINATOR, Role.FUDAOYUAN, True),
        (Role.COLLEGE_COORDINATOR, Role.COLLEGE_COORDINATOR, False),
        (Role.CENTER_DIRECTOR, Role.COLLEGE_COORDINATOR, True),
        (Role.SECURITY_ADMINISTRATOR, Role.FUDAOYUAN, True),
        (Role.CLASS_ADVISER, Role.DORM_HEAD, False),
    ],
)
def test_a_password_is_reset_by_whoever_appoints_to_the_post(
    world: World, at: datetime, who: Role, whom: Role, allowed: bool
) -> None:
    if allowed:
        slip = renew_password(user=world.holder(whom), by=world.holder(who), at=at)
        assert isinstance(slip, FirstPassword)
        assert slip.number == world.holder(whom).number
        return
    with pytest.raises(Refused) as refused:
        renew_password(user=world.holder(whom), by=world.holder(who), at=at)
    assert refused.value.code == "may-not-reset"


def test_nobody_takes_over_an_account_that_may_do_more(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    factories.give_post(world.it1, Role.FUDAOYUAN, at=at, holder=director)
    User.objects.filter(pk=director.pk).update(must_change_password=True)
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    with pytest.raises(Refused):
        renew_password(user=director, by=coordinator, at=at)
    with pytest.raises(Refused):
        issue_post_passwords(unit=world.it1, by=coordinator, at=at)


def test_a_password_of_somebody_without_a_post_is_not_reset_here(world: World, at: datetime) -> None:
    assert world.outsider is not None
    with pytest.raises(Refused):
        renew_password(user=world.outsider, by=world.holder(Role.SECURITY_ADMINISTRATOR), at=at)


def test_slips_of_a_unit_name_each_waiting_post_holder_once(world: World, at: datetime) -> None:
    head, member = world.holder(Role.DORM_HEAD), world.holder(Role.CLASS_COMMITTEE_MEMBER)
    factories.give_post(world.own, Role.DORM_HEAD, at=at, holder=member)
    User.objects.filter(pk__in=[head.pk, member.pk]).update(must_change_password=True)
    slips = issue_post_passwords(unit=world.it1, by=world.holder(Role.FUDAOYUAN), at=at)
    assert [(slip.number, slip.unit) for slip in slips] == [(member.number, "计科2601班")]
    member.refresh_from_db()
    assert member.check_password(slips[0].code)
    assert first_passwords_workbook(slips=slips).startswith(b"PK")


def test_slips_are_refused_when_everybody_has_signed_in(world: World, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        issue_post_passwords(unit=world.school, by=None, at=at)
    assert refused.value.code == "nobody-waits"


def test_a_code_is_checked_by_a_cheap_hash_of_its_own() -> None:
    hasher, encoded = FirstCode(), make_password("abc", hasher="first_code")
    assert hasher.verify("abc", encoded)
    assert not hasher.verify("abd", encoded)
    assert hasher.must_update(encoded) is False
    hasher.harden_runtime("abc", encoded)
