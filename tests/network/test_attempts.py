"""Guessing is slow, and locks out nobody but the one who guesses."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.models import AuditEvent
from network.hashers import Argon2Floor, FirstCode
from network.models import User
from network.rules.signin import ADDRESS_LIMIT, SHARE_LIMIT, WHOLE_LIMIT
from network.services import issue_first_passwords
from tests import factories
from tests.factories import PASSWORD
from tests.sizes import size

GUESSES = size(quick=100, full=1000)
SECONDS_OF_GUESSING = 30_000
START = datetime.fromisoformat("2026-11-10T09:00:00+08:00")


@pytest.fixture(autouse=True)
def fresh_limits(db: None, settings: Any) -> None:
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every stored password that was compared with one that was typed; the check itself is the real one."""
    made: list[str] = []
    for hasher in (FirstCode, Argon2Floor):
        real = hasher.verify

        def verify(self: Any, password: str, encoded: str, real: Any = real) -> bool:
            made.append(encoded)
            return bool(real(self, password, encoded))

        monkeypatch.setattr(hasher, "verify", verify)
    return made


def attempt(number: str, password: str, address: str, client: Client | None = None) -> bool:
    """Whether it opened the door."""
    fields = {"login": number, "password": password}
    answer = (client or Client()).post(reverse("account_login"), fields, REMOTE_ADDR=address)
    return bool(answer.status_code == 302)


def test_guesses_from_many_addresses_are_checked_ten_times_at_most(checks: list[str]) -> None:
    victim = factories.make_user("王老师", number="T7700a")
    known = Client()
    assert attempt(victim.number, PASSWORD, "10.0.0.1", known)
    known.post(reverse("account_logout"))
    checks.clear()
    spellings = ("T7700a", "t7700A", " T7700A ")
    with time_machine.travel(START, tick=False) as clock:
        for turn in range(GUESSES):
            address = f"198.51.{turn % 200}.7"
            assert not attempt(spellings[turn % 3], f"guess-{turn}", address)
            clock.shift(SECONDS_OF_GUESSING / GUESSES)
        assert 5 <= len(checks) <= 10
        assert not attempt(victim.number, PASSWORD, "203.0.113.9"), "nobody else gets in meanwhile"
        assert attempt(victim.number, PASSWORD, "10.9.9.9", known), "the victim is not locked out"


def test_a_known_device_may_not_guess_for_ever_either(checks: list[str]) -> None:
    user, device = factories.make_user("张老师"), Client()
    attempt(user.number, PASSWORD, "10.0.0.1", device)
    device.post(reverse("account_logout"))
    checks.clear()
    for turn in range(20):
        attempt(user.number, f"guess-{turn}", "10.0.0.1", device)
    assert len(checks) == 5


def test_a_device_known_to_one_is_a_stranger_to_all_others(checks: list[str]) -> None:
    thief, victim, device = factories.make_user("甲"), factories.make_user("乙"), Client()
    attempt(thief.number, PASSWORD, "10.0.0.1", device)
    device.post(reverse("account_logout"))
    checks.clear()
    for turn in range(8):
        attempt(victim.number, f"guess-{turn}", "10.0.0.2")
        attempt(victim.number, f"guess-{turn}", "10.0.0.1", device)
    assert len(checks) == 5


@pytest.mark.parametrize("forged", ["", "x", "eyJuYW1lIjoiYSIsInBlb3BsZSI6WzFdfQ:1wAAAA:forged"])
def test_a_forged_mark_of_a_device_counts_for_nothing(checks: list[str], forged: str) -> None:
    victim = factories.make_user("丙")
    for turn in range(8):
        client = Client()
        client.cookies["known_device"] = forged
        attempt(victim.number, f"guess-{turn}", "10.0.0.1", client)
    assert len(checks) == 5


def test_whoever_knows_the_password_uses_nothing_up(checks: list[str]) -> None:
    user = factories.make_user("丁")
    assert all(attempt(user.number, PASSWORD, "10.0.0.1") for _ in range(12))


def test_a_new_slip_begins_a_new_count() -> None:
    user = factories.make_user("戊")
    for turn in range(5):
        attempt(user.number, f"guess-{turn}", "10.0.0.1")
    assert not attempt(user.number, PASSWORD, "10.0.0.1")
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    school = factories.make_school(at=START)
    slip = issue_first_passwords(users=User.objects.filter(pk=user.pk), unit=school, by=None, at=START)[0]
    assert attempt(user.number, slip.code, "10.0.0.1")


def test_an_unknown_number_meets_the_same_answers_as_a_known_one() -> None:
    user = factories.make_user("己", number="T8801")

    def answers(number: str) -> list[str]:
        fields = {"login": number, "password": "guess"}
        pages = [Client().post(reverse("account_login"), fields).content.decode() for _ in range(7)]
        return ["Too many attempts" if "Too many attempts" in page else "do not match" for page in pages]

    assert answers(user.number) == answers("T9901") == ["do not match"] * 5 + ["Too many attempts"] * 2


def test_an_address_that_guesses_at_everybody_has_to_wait(checks: list[str]) -> None:
    users = [factories.make_user(f"众{n}") for n in range(ADDRESS_LIMIT.amount + 5)]
    with time_machine.travel(START, tick=False) as clock:
        for user in users:
            attempt(user.number, "123456", "198.51.100.7")
        assert len(checks) == ADDRESS_LIMIT.amount
        assert attempt(users[0].number, PASSWORD, "198.51.100.8")
        clock.shift(timedelta(seconds=ADDRESS_LIMIT.seconds))
        assert attempt(users[1].number, PASSWORD, "198.51.100.7")


def test_when_the_whole_portal_is_guessed_at_known_devices_still_come_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.signin.attempts.WHOLE_LIMIT", WHOLE_LIMIT.__class__("whole", 12, 600))
    user, stranger, known = factories.make_user("庚"), factories.make_user("辛"), Client()
    assert attempt(user.number, PASSWORD, "10.0.0.1", known)
    known.post(reverse("account_logout"))
    guessed = [factories.make_user(f"众{n}") for n in range(12)]
    with time_machine.travel(START, tick=False) as clock:
        for turn in range(12):
            attempt(guessed[turn].number, "123456", f"198.51.100.{turn}")
        assert not attempt(stranger.number, PASSWORD, "10.0.0.3")
        assert attempt(user.number, PASSWORD, "10.0.0.2", known)
        clock.shift(timedelta(seconds=600))
        assert attempt(stranger.number, PASSWORD, "10.0.0.3")


def test_failures_for_numbers_that_nobody_has_make_only_such_numbers_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.signin.attempts.WHOLE_LIMIT", WHOLE_LIMIT.__class__("whole", 12, 600))
    stranger = factories.make_user("辛")
    with time_machine.travel(START, tick=False):
        for turn in range(12):
            attempt(f"N{turn}", "123456", f"198.51.100.{turn}")
        assert attempt(stranger.number, PASSWORD, "10.0.0.3"), "a new device of somebody real still comes in"


def test_two_addresses_cannot_make_all_new_devices_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("network.signin.attempts.WHOLE_LIMIT", WHOLE_LIMIT.__class__("whole", 12, 600))
    monkeypatch.setattr("network.signin.attempts.SHARE_LIMIT", SHARE_LIMIT.__class__("share", 4, 600))
    stranger = factories.make_user("辛")
    guessed = [factories.make_user(f"众{n}") for n in range(30)]
    with time_machine.travel(START, tick=False):
        for turn, user in enumerate(guessed):
            attempt(user.number, "123456", f"198.51.100.{turn % 2}")
        assert attempt(stranger.number, PASSWORD, "10.0.0.3")


def test_a_wrong_guess_costs_the_same_whatever_state_the_account_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    slow: list[str] = []
    real = Argon2Floor.encode

    def encode(self: Argon2Floor, password: str, salt: str) -> str:
        slow.append("made")
        return str(real(self, password, salt))

    def verify(self: Argon2Floor, password: str, encoded: str) -> bool:
        slow.append("checked")
        return False

    monkeypatch.setattr(Argon2Floor, "encode", encode)
    monkeypatch.setattr(Argon2Floor, "verify", verify)
    active, closed, fresh, empty = (factories.make_user(name) for name in ("在", "关", "新", "空"))
    User.objects.filter(pk__in=[active.pk, closed.pk]).update(password=make_password("their-own-7", hasher="argon2"))
    User.objects.filter(pk=closed.pk).update(is_active=False)
    User.objects.filter(pk=empty.pk).update(password=make_password(None))
    counts = {}
    for number in (active.number, closed.number, fresh.number, empty.number, "nobody-7"):
        slow.clear()
        assert not attempt(number, "wrong-guess", "10.0.0.1")
        counts[number] = len(slow)
    assert set(counts.values()) == {1}, counts


def test_guesses_on_the_page_of_the_own_password_count_and_are_on_record(checks: list[str]) -> None:
    user, client = factories.make_user("壬"), Client()
    assert attempt(user.number, PASSWORD, "10.0.0.1", client)
    checks.clear()
    fields = {"password1": "blue-harbour-7", "password2": "blue-harbour-7"}
    with time_machine.travel(START, tick=False) as clock:
        for turn in range(7):
            # Slower than what allauth itself lets through in a minute.
            clock.shift(timedelta(seconds=20))
            guess = fields | {"oldpassword": f"guess-{turn}"}
            page = client.post(reverse("account_change_password"), guess).content.decode()
    assert len(checks) == 5
    assert "Too many attempts" in page
    assert AuditEvent.objects.filter(action="user.fail_sign_in", object_id=str(user.pk)).count() == 5
    # The right one costs nothing.
    cache.clear()
    fields["oldpassword"] = PASSWORD
    assert client.post(reverse("account_change_password"), fields).status_code == 302


def test_no_two_numbers_differ_by_case_alone() -> None:
    factories.make_user("甲", number="T77a")
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_user("乙", number="t77A")


def test_a_shared_machine_remembers_the_last_few_people() -> None:
    shared = Client()
    users = [factories.make_user(f"同学{n}") for n in range(10)]
    for user in users:
        assert attempt(user.number, PASSWORD, "10.0.0.1", shared)
        shared.post(reverse("account_logout"))
    for turn in range(5):
        attempt(users[9].number, f"guess-{turn}", "10.9.0.1")
        attempt(users[0].number, f"guess-{turn}", "10.9.0.2")
    assert attempt(users[9].number, PASSWORD, "10.0.0.1", shared)
    shared.post(reverse("account_logout"))
    assert not attempt(users[0].number, PASSWORD, "10.0.0.1", shared)


def test_behind_a_proxy_the_address_of_the_one_who_asks_counts(checks: list[str], settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    with time_machine.travel(START, tick=False):
        for n in range(ADDRESS_LIMIT.amount + 5):
            fields = {"login": factories.make_user(f"众{n}").number, "password": "123456"}
            forged = f"10.1.1.{n}, 198.51.100.7"
            Client().post(reverse("account_login"), fields, headers={"x-forwarded-for": forged})
    assert len(checks) == ADDRESS_LIMIT.amount
