"""Sessions begin anew at sign-in, and end when they should."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent
from network import tasks
from network.models import User, UserSession
from network.rules import Role
from network.rules.signin import DESK_IDLE, HAND_IDLE, LONGEST_SESSION, SEEN_EVERY, Stay, idle_limit, stay
from network.services import (
    appoint,
    appoint_many,
    disable_account,
    enable_account,
    end_posts,
    end_sessions,
    relieve,
    reset_password,
    set_password,
)
from network.services.posts import relieve_many, restore_posts
from tests import factories
from tests.conftest import World
from tests.factories import PASSWORD

PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131 Safari/537.36 Edg/131"
NEW = "blue-harbour-7"


def signed_in(user: User, agent: str = DESK) -> Client:
    client = Client(HTTP_USER_AGENT=agent)
    client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
    return client


def is_in(client: Client) -> bool:
    return bool(client.get(reverse("notices")).status_code == 200)


def test_signing_in_gives_the_session_a_new_key_and_is_on_record(client: Client, world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    client.get(reverse("account_login"))
    client.session["mark"] = "before"
    client.session.save()
    client.cookies["sessionid"] = before = "a" * 32
    client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
    after = client.cookies["sessionid"].value
    assert after != before
    assert UserSession.objects.get(user=user).session_key == after
    event = AuditEvent.objects.get(action="user.sign_in")
    assert (event.actor_id, event.detail) == (str(user.pk), {"by": "password", "address": "127.0.0.1"})


def test_a_wrong_password_is_on_record_without_a_word_of_what_was_typed(client: Client, world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    for number in (user.number, "my-secret-7"):
        client.post(reverse("account_login"), {"login": number, "password": "wrong-pass"})
    known, unknown = AuditEvent.objects.filter(action="user.fail_sign_in").order_by("pk")
    assert (known.object_id, unknown.object_id, known.actor_id) == (str(user.pk), "", "")
    assert known.detail == unknown.detail == {"by": "password", "address": "127.0.0.1"}


def test_a_session_that_stood_before_sign_in_is_of_no_use_afterwards(world: World) -> None:
    planted, victim = Client(), Client()
    planted.get(reverse("account_login"))
    session = planted.session
    session["mark"] = 1
    session.save()
    planted.cookies["sessionid"] = victim.cookies["sessionid"] = session.session_key or ""
    user = world.holder(Role.FUDAOYUAN)
    victim.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
    assert is_in(victim)
    assert not is_in(planted)


def test_a_session_left_alone_ends_at_a_desk(world: World) -> None:
    role, minutes = Role.FUDAOYUAN, 30
    start = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(world.holder(role))
        clock.shift(timedelta(minutes=minutes - 1))
        assert is_in(client)
        clock.shift(timedelta(minutes=minutes - 1))
        assert is_in(client), "each look counts"
        clock.shift(timedelta(minutes=minutes))
        answer = client.get(reverse("notices"))
        assert answer["Location"].startswith(reverse("account_login"))
        page = client.get(answer["Location"]).content.decode()
        assert "You were away for a while" in page
        assert not UserSession.objects.filter(user=world.holder(role)).exists()


@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.DORM_HEAD])
def test_a_session_ends_twelve_hours_after_sign_in_however_much_it_is_used(world: World, role: Role) -> None:
    start = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(world.holder(role))
        for _turn in range(35):
            clock.shift(timedelta(minutes=20))
            assert is_in(client)
        clock.shift(timedelta(minutes=20))
        answer = client.get(reverse("notices"))
        assert answer["Location"].startswith(reverse("account_login"))
        assert "signed in twelve hours ago" in client.get(answer["Location"]).content.decode()
        assert not UserSession.objects.filter(user=world.holder(role)).exists()
    assert timedelta(hours=12) == LONGEST_SESSION


def test_the_row_of_a_session_ends_with_it_too(world: World) -> None:
    start = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(world.holder(Role.FUDAOYUAN))
        clock.shift(timedelta(minutes=20))
        assert is_in(client)
        row = Session.objects.get(session_key=client.cookies["sessionid"].value)
        assert row.expire_date == start + LONGEST_SESSION + SEEN_EVERY


def test_a_page_that_asks_by_itself_is_no_use_of_the_session(world: World) -> None:
    start = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(world.holder(Role.FUDAOYUAN))
        for _turn in range(5):
            clock.shift(timedelta(minutes=5))
            assert client.get(reverse("notices"), headers={"X-Polling": "1"}).status_code == 200
        clock.shift(timedelta(minutes=5))
        assert client.get(reverse("notices"), headers={"X-Polling": "1"}).status_code == 302


def test_pages_that_ask_by_themselves_say_so() -> None:
    polling = [path for path in Path("templates").rglob("*.html") if 'hx-trigger="every ' in path.read_text()]
    assert len(polling) >= 2
    assert [path for path in polling if '"X-Polling"' not in path.read_text()] == []


def test_a_session_is_noted_as_seen_once_a_minute(world: World) -> None:
    start = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(world.holder(Role.AUDITOR))
        clock.shift(59)
        is_in(client)
        assert UserSession.objects.get().seen_at == start
        clock.shift(1)
        is_in(client)
        assert UserSession.objects.get().seen_at == start + timedelta(minutes=1)


def test_a_password_of_ones_own_ends_all_other_sessions(world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    here, there = signed_in(user), signed_in(user)
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    assert here.post(reverse("account_change_password"), fields).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert UserSession.objects.get(user=user).session_key == here.cookies["sessionid"].value


Change = Callable[[World, User, datetime], object]


def relieved(world: World, user: User, at: datetime) -> object:
    return relieve(post=user.posts.get(), by=None, at=at)


def relieved_by_roster(world: World, user: User, at: datetime) -> object:
    return relieve_many(posts=user.posts.all(), by=None, at=at)


def appointed(world: World, user: User, at: datetime) -> object:
    return appoint(holder=user, unit=world.it2, role=Role.CLASS_ADVISER, by=None, at=at)


def appointed_by_roster(world: World, user: User, at: datetime) -> object:
    return appoint_many(appointments=[(user, world.it2, Role.CLASS_ADVISER)], by=None, at=at)


def restored(world: World, user: User, at: datetime) -> object:
    post = user.posts.get()
    post.grants.all().delete()
    return restore_posts(posts=[post], by=None, at=at)


def run_out(world: World, user: User, at: datetime) -> object:
    user.posts.update(ends_on=at.date())
    return end_posts(at=at)


def password_reset(world: World, user: User, at: datetime) -> object:
    return reset_password(user=user, by=world.holder(Role.COLLEGE_COORDINATOR), at=at)


def password_set(world: World, user: User, at: datetime) -> object:
    return set_password(user=user, password=NEW, at=at)


def disabled(world: World, user: User, at: datetime) -> object:
    return disable_account(user=user, by=world.holder(Role.SECURITY_ADMINISTRATOR), at=at)


@pytest.mark.parametrize(
    "change",
    [
        relieved,
        relieved_by_roster,
        appointed,
        appointed_by_roster,
        restored,
        run_out,
        password_reset,
        password_set,
        disabled,
    ],
    ids=lambda one: one.__name__,
)
def test_a_session_ends_with_what_it_stood_on(world: World, at: datetime, change: Change) -> None:
    user, other = world.holder(Role.FUDAOYUAN), world.holder(Role.CLASS_ADVISER)
    desk, phone, colleague = signed_in(user), signed_in(user, PHONE), signed_in(other)
    change(world, user, at)
    assert (is_in(desk), is_in(phone), is_in(colleague)) == (False, False, True)
    assert not UserSession.objects.filter(user=user).exists()
    assert AuditEvent.objects.get(action="user.end_session").detail == {"sessions": 2}


def test_a_session_that_is_no_longer_listed_ends_within_a_minute(world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    start = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    with time_machine.travel(start, tick=False) as clock:
        client = signed_in(user)
        UserSession.objects.filter(user=user).delete()
        clock.shift(60)
        assert not is_in(client)


def test_signing_out_takes_the_device_from_the_list(world: World) -> None:
    client = signed_in(world.holder(Role.AUDITOR))
    client.post(reverse("account_logout"))
    assert not UserSession.objects.exists()
    assert not is_in(client)


def test_my_devices_are_listed_with_this_one_first(world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    signed_in(user, PHONE)
    here = signed_in(user)
    signed_in(world.holder(Role.AUDITOR))
    page = " ".join(here.get(reverse("device-list")).content.decode().split())
    assert page.index("Edge · Windows") < page.index("this device") < page.index("WeChat · Android")
    assert page.count("Sign out there") == 1
    assert "127.0.0.1" in page


def test_a_device_of_mine_is_signed_out_and_nobody_elses(world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    phone, stranger, here = signed_in(user, PHONE), signed_in(world.holder(Role.AUDITOR)), signed_in(user)
    row = UserSession.objects.get(session_key=phone.cookies["sessionid"].value)
    foreign = UserSession.objects.get(user=world.holder(Role.AUDITOR))
    assert here.post(reverse("device-end", args=[foreign.pk])).status_code == 404
    assert here.post(reverse("device-end", args=[uuid4()])).status_code == 404
    assert here.post(reverse("device-end", args=[row.pk])).status_code == 302
    assert (is_in(phone), is_in(stranger), is_in(here)) == (False, True, True)


def test_all_other_devices_are_signed_out_at_once(world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    phone, desk, here = signed_in(user, PHONE), signed_in(user), signed_in(user)
    page = here.post(reverse("device-end-others"), follow=True).content.decode()
    assert "Signed out on 2 other devices." in page
    assert "You are signed in nowhere else." in page
    assert (is_in(phone), is_in(desk), is_in(here)) == (False, False, True)


def test_a_closed_account_opens_no_door_and_is_opened_again(world: World, at: datetime) -> None:
    user, security = world.holder(Role.FUDAOYUAN), world.holder(Role.SECURITY_ADMINISTRATOR)
    disable_account(user=user, by=security, at=at)
    disable_account(user=user, by=security, at=at)
    client = Client()
    answer = client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
    assert answer["Location"] == reverse("account_inactive")
    assert not is_in(client)
    enable_account(user=user, by=security, at=at)
    enable_account(user=user, by=security, at=at)
    assert is_in(signed_in(user))
    assert AuditEvent.objects.filter(action="user.disable").count() == 1
    assert AuditEvent.objects.filter(action="user.enable").count() == 1


@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR, Role.AUDITOR, Role.SCHOOL_LEADER])
def test_an_account_is_closed_by_nobody_who_does_not_appoint_all_staff(world: World, at: datetime, role: Role) -> None:
    with pytest.raises(Refused) as refused:
        disable_account(user=world.holder(Role.DORM_HEAD), by=world.holder(role), at=at)
    assert refused.value.code == "may-not-disable"


def test_nobody_closes_their_own_account_or_one_of_another_school(world: World, at: datetime) -> None:
    security = world.holder(Role.SECURITY_ADMINISTRATOR)
    elsewhere = factories.make_user("别校的人", school=world.other)
    homeless = factories.make_user("没有学校的人")
    for user in (security, elsewhere, homeless):
        with pytest.raises(Refused):
            disable_account(user=user, by=security, at=at)


def test_rows_of_sessions_that_ran_out_are_taken_at_night(world: World) -> None:
    start = datetime.fromisoformat("2026-11-10T09:00:00+08:00")
    with time_machine.travel(start, tick=False) as clock:
        signed_in(world.holder(Role.AUDITOR))
        tasks.forget_sessions()
        assert UserSession.objects.count() == 1
        clock.shift(HAND_IDLE + timedelta(seconds=1))
        tasks.forget_sessions()
    assert not UserSession.objects.exists()
    assert not Session.objects.exists()


def test_ending_no_session_leaves_no_trace(world: World, at: datetime) -> None:
    assert end_sessions(users=[world.holder(Role.AUDITOR)], by=None, at=at) == 0
    assert not AuditEvent.objects.filter(action="user.end_session").exists()


def test_a_student_with_a_post_of_the_staff_sits_at_a_desk() -> None:
    assert idle_limit(is_student=True, roles=[]) == HAND_IDLE
    assert idle_limit(is_student=True, roles=[Role.DORM_HEAD, Role.CLASS_COMMITTEE_MEMBER]) == HAND_IDLE
    assert idle_limit(is_student=True, roles=[Role.DORM_HEAD, Role.AUDITOR]) == DESK_IDLE
    assert idle_limit(is_student=False, roles=[]) == DESK_IDLE


@pytest.mark.parametrize(
    ("seconds", "found"), [(0, Stay.FRESH), (59, Stay.FRESH), (60, Stay.SEEN), (1799, Stay.SEEN), (1800, Stay.LEFT)]
)
def test_a_minute_is_what_last_seen_is_exact_to(seconds: int, found: Stay) -> None:
    assert stay(alone=timedelta(seconds=seconds), limit=DESK_IDLE, age=timedelta(hours=1)) == found
