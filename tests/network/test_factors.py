"""Whoever can see other people's data shows a second factor."""

import re
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.access import AccessKind
from network.models import FactorSecret, User, UserSession
from network.rules import GRANTS, Ability, Role
from network.rules.signin import demands_second_factor
from network.services import appoint, renew_factors
from tests import factories
from tests.architecture.walking import ALL_ROUTES
from tests.conftest import World
from tests.factories import PASSWORD

NEW = "blue-harbour-7"
CLOSED = {
    route.name
    for route in ALL_ROUTES.values()
    if not route.arguments and route.access(route.methods[0]).door is not AccessKind.PUBLIC
}
SETTING_UP = {
    "account_change_password",
    "account_logout",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


@pytest.fixture(autouse=True)
def required(settings: Any, no_second_factor: None) -> Iterator[None]:
    settings.SECOND_FACTOR = "required"
    settings.CACHES = settings.CACHES | {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    yield
    cache.clear()


def sign_in(user: User, password: str = PASSWORD) -> Client:
    client = Client()
    client.post(reverse("account_login"), {"login": user.number, "password": password})
    return client


def code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def enrol(client: Client) -> str:
    """Set up an app as the page asks for it; returns the secret."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)
    assert secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code(secret[1])})
    assert answer["Location"] == reverse("mfa_view_recovery_codes"), answer.content.decode()
    return secret[1]


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<code>(\d{8})</code>", client.get(reverse("mfa_view_recovery_codes")).content.decode())


def is_in(client: Client) -> bool:
    return bool(client.get(reverse("home")).status_code == 200)


def test_every_post_that_opens_something_asks_for_a_second_factor() -> None:
    without = {role for role in Role if not demands_second_factor(GRANTS[role])}
    assert without == set()
    assert all(demands_second_factor({ability}) for ability in Ability)
    assert not demands_second_factor(frozenset())


@pytest.mark.parametrize("role", sorted(Role))
def test_whoever_must_have_one_is_led_to_it_before_anything_else(world: World, role: Role) -> None:
    client = sign_in(world.holder(role))
    for name in sorted(CLOSED - SETTING_UP):
        for method in (client.get, client.post):
            answer = method(reverse(name))
            assert answer["Location"].startswith(reverse("mfa_activate_totp")), name
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    assert "One more lock, just this once" in page
    assert 'src="data:image/svg+xml;base64,' in page


def test_students_and_posts_without_abilities_go_in_by_their_password(world: World) -> None:
    assert world.outsider is not None
    for user in (world.outsider, world.roomless.user):
        assert is_in(sign_in(user))


def test_setting_up_leads_in_and_the_next_sign_in_asks_for_the_code(world: World) -> None:
    user = world.holder(Role.DORM_HEAD)
    client = sign_in(user)
    secret = enrol(client)
    assert len(recovery_codes(client)) == 10
    saved = client.get(reverse("recovery-codes-download"))
    assert saved["Content-Disposition"] == 'attachment; filename="recovery-codes.txt"'
    assert user.number in saved.content.decode()
    assert client.post(reverse("mfa_view_recovery_codes"), {"act": "kept"})["Location"] == reverse("home")
    assert is_in(client)
    assert client.get(reverse("mfa_view_recovery_codes"))["Location"] == reverse("mfa_index")
    assert client.get(reverse("recovery-codes-download")).status_code == 404

    again = sign_in(user)
    assert not is_in(again)
    assert again.get(reverse("mfa_authenticate")).status_code == 200
    wrong = again.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert "This code does not fit." in wrong
    failed = AuditEvent.objects.get(action="user.fail_sign_in")
    assert (failed.object_id, failed.detail["by"]) == (str(user.pk), "mfa")
    assert not is_in(again)
    assert again.post(reverse("mfa_authenticate"), {"code": code(secret, 1)})["Location"] == reverse("home")
    assert is_in(again)
    details = AuditEvent.objects.filter(action="user.sign_in").order_by("pk").values_list("detail", flat=True)
    assert [one["by"] for one in details] == ["password", "password+mfa"]


def test_a_code_of_the_app_works_once(world: World) -> None:
    user = world.holder(Role.AUDITOR)
    secret = enrol(sign_in(user))
    first, second = sign_in(user), sign_in(user)
    used = code(secret, 1)
    first.post(reverse("mfa_authenticate"), {"code": used})
    second.post(reverse("mfa_authenticate"), {"code": used})
    assert (is_in(first), is_in(second)) == (True, False)


def test_a_recovery_code_opens_once(world: World) -> None:
    user = world.holder(Role.AUDITOR)
    client = sign_in(user)
    enrol(client)
    spare = recovery_codes(client)[0]
    first, second = sign_in(user), sign_in(user)
    first.post(reverse("mfa_authenticate"), {"code": spare})
    second.post(reverse("mfa_authenticate"), {"code": spare})
    assert (is_in(first), is_in(second)) == (True, False)
    assert "9 codes are left" in first.get(reverse("mfa_index")).content.decode()


def test_five_wrong_codes_close_the_second_door_for_a_while(world: World) -> None:
    user = world.holder(Role.AUDITOR)
    secret = enrol(sign_in(user))
    client = sign_in(user)
    for _ in range(5):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    page = client.post(reverse("mfa_authenticate"), {"code": code(secret, 1)}).content.decode()
    assert "Too many attempts." in page
    assert not is_in(client)


def test_a_session_of_the_password_alone_ends_when_a_factor_is_set_up(world: World) -> None:
    user = world.holder(Role.FUDAOYUAN)
    thief, owner = sign_in(user), sign_in(user)
    enrol(owner)
    assert thief.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_login"))
    assert is_in(owner)


def test_a_session_that_has_not_shown_the_factor_shows_it_first(world: World) -> None:
    """However it came about: here the sign-in is put in place by hand."""
    user = world.holder(Role.FUDAOYUAN)
    owner = sign_in(user)
    secret = enrol(owner)
    bare = Client()
    user.refresh_from_db()
    bare.force_login(user)
    answer = bare.get(reverse("notices"))
    assert answer["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fnotices%2F"
    # It may not put a factor of its own in place of the one that is asked for, nor get by with the password.
    assert bare.get(reverse("account_reauthenticate"))["Location"].startswith(reverse("mfa_reauthenticate"))
    assert bare.get(reverse("mfa_add_webauthn"))["Location"].startswith(reverse("mfa_reauthenticate"))
    assert bare.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("mfa_reauthenticate"))
    assert bare.post(reverse("mfa_view_recovery_codes"), {"act": "make"})["Location"].startswith(
        reverse("mfa_reauthenticate")
    )
    answer = bare.post(answer["Location"], {"code": code(secret, 1)})
    assert answer["Location"] == reverse("notices")
    assert is_in(bare)


def test_a_post_given_in_mid_session_asks_for_the_factor(world: World, at: datetime) -> None:
    user = factories.make_user("新任", school=world.school)
    client = sign_in(user)
    assert is_in(client)
    appoint(holder=user, unit=world.it1, role=Role.CLASS_ADVISER, by=None, at=at)
    assert client.get(reverse("home"))["Location"].startswith(reverse("account_login"))
    assert sign_in(user).get(reverse("home"))["Location"].startswith(reverse("mfa_activate_totp"))


def test_a_first_sign_in_asks_for_the_password_and_then_for_the_factor(world: World) -> None:
    user = world.holder(Role.DORM_HEAD)
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    client = sign_in(user)
    assert client.get(reverse("home"))["Location"] == reverse("account_change_password")
    assert client.get(reverse("mfa_activate_totp"))["Location"] == reverse("account_change_password")
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    client.post(reverse("account_change_password"), fields)
    assert client.get(reverse("home"))["Location"].startswith(reverse("mfa_activate_totp"))
    enrol(client)
    assert is_in(client)


def test_a_wrong_first_code_keeps_the_picture(world: World) -> None:
    client = sign_in(world.holder(Role.DORM_HEAD))
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    again = client.post(reverse("mfa_activate_totp"), {"code": "000000"}).content.decode()
    key = re.compile(r'<code class="secret">([A-Z2-7]+)</code>')
    assert "This code does not fit." in again
    assert key.findall(page) == key.findall(again)


def test_no_secret_is_stored_in_clear_and_none_serves_another(world: World, settings: Any) -> None:
    one, two = world.holder(Role.AUDITOR), world.holder(Role.FUDAOYUAN)
    secret, other = enrol(sign_in(one)), enrol(sign_in(two))
    codes = {code(secret, 1)}
    stored = ""
    with connection.cursor() as cursor:
        for table in ("mfa_authenticator", "network_factorsecret", "django_session"):
            cursor.execute(f"SELECT * FROM {table}")
            stored += repr(cursor.fetchall())
    assert secret not in stored
    assert other not in stored
    assert codes
    apps = {auth.user_id: auth for auth in Authenticator.objects.filter(type="totp")}
    # A row that names another's secret, and a ciphertext moved to another's row, both open nothing.
    apps[one.pk].data = apps[two.pk].data
    apps[one.pk].save()
    client = sign_in(one)
    with pytest.raises(FactorSecret.DoesNotExist):
        client.post(reverse("mfa_authenticate"), {"code": code(other, 1)})


def test_the_keys_of_secrets_are_rotated_like_all_others(world: World, settings: Any) -> None:
    user = world.holder(Role.AUDITOR)
    secret = enrol(sign_in(user))
    old = settings.FIELD_KEYS[0]
    settings.FIELD_KEYS = ["t9:OTg3NjU0MzIxMDk4NzY1NDMyMTA5ODc2NTQzMjEwOTg=", old]
    call_command("rotate_keys", verbosity=0)
    settings.FIELD_KEYS = settings.FIELD_KEYS[:1]
    client = sign_in(user)
    client.post(reverse("mfa_authenticate"), {"code": code(secret, 1)})
    assert is_in(client)


def test_the_app_moves_to_another_phone(world: World) -> None:
    user = world.holder(Role.AUDITOR)
    client = sign_in(user)
    old = enrol(client)
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    fresh = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page)
    assert fresh
    assert fresh[1] != old
    assert client.post(reverse("mfa_activate_totp"), {"code": code(fresh[1])})["Location"] == reverse("mfa_index")
    assert FactorSecret.objects.filter(user=user).count() == 2  # the app and the seed of the recovery codes
    again = sign_in(user)
    again.post(reverse("mfa_authenticate"), {"code": code(old, 1)})
    assert not is_in(again)
    again.post(reverse("mfa_authenticate"), {"code": code(fresh[1], 1)})
    assert is_in(again)


def test_the_last_factor_stays_while_the_post_asks_for_one(world: World) -> None:
    user = world.holder(Role.AUDITOR)
    client = sign_in(user)
    enrol(client)
    app = Authenticator.objects.get(user=user, type="totp")
    page = client.post(reverse("factor-drop", args=[app.pk]), follow=True).content.decode()
    assert "Add another second factor first" in page
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "x"})
    client.post(reverse("factor-drop", args=[app.pk]))
    assert not Authenticator.objects.filter(pk=app.pk).exists()
    codes = Authenticator.objects.get(user=user, type="recovery_codes")
    assert client.post(reverse("factor-drop", args=[codes.pk])).status_code == 404


def test_whoever_needs_none_adds_and_removes_one_after_saying_the_password(world: World) -> None:
    user = world.roomless.user
    client = sign_in(user)
    assert client.get(reverse("mfa_activate_totp"))["Location"].startswith(reverse("account_reauthenticate"))
    asked = f"{reverse('account_reauthenticate')}?next={reverse('mfa_activate_totp')}"
    assert "does not" not in client.post(asked, {"password": PASSWORD})["Location"]
    enrol(client)
    app = Authenticator.objects.get(user=user, type="totp")
    client.post(reverse("factor-drop", args=[app.pk]))
    assert not Authenticator.objects.filter(user=user).exists()
    assert not FactorSecret.objects.filter(user=user).exists()
    assert is_in(sign_in(user))


def test_new_recovery_codes_end_the_old_ones(world: World) -> None:
    user = world.holder(Role.AUDITOR)
    client = sign_in(user)
    enrol(client)
    old = recovery_codes(client)
    client.post(reverse("mfa_view_recovery_codes"), {"act": "make"})
    fresh = recovery_codes(client)
    assert not set(old) & set(fresh)
    again = sign_in(user)
    again.post(reverse("mfa_authenticate"), {"code": old[0]})
    assert not is_in(again)
    again.post(reverse("mfa_authenticate"), {"code": fresh[0]})
    assert is_in(again)


def test_a_lost_phone_is_helped_by_whoever_appoints(world: World, at: datetime) -> None:
    head = world.holder(Role.DORM_HEAD)
    client = sign_in(head)
    enrol(client)
    renew_factors(user=head, by=world.holder(Role.FUDAOYUAN), at=at)
    assert not UserSession.objects.filter(user=head).exists()
    assert not FactorSecret.objects.filter(user=head).exists()
    assert sign_in(head).get(reverse("home"))["Location"].startswith(reverse("mfa_activate_totp"))
    assert Notice.objects.get(recipient=head).kind == "user.reset"


@pytest.mark.parametrize(
    ("who", "whom"),
    [
        (Role.CLASS_ADVISER, Role.DORM_HEAD),
        (Role.FUDAOYUAN, Role.CLASS_ADVISER),
        (Role.SYSTEM_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR),
    ],
)
def test_a_second_factor_is_reset_by_nobody_else_and_not_by_oneself(
    world: World, at: datetime, who: Role, whom: Role
) -> None:
    with pytest.raises(Refused) as refused:
        renew_factors(user=world.holder(whom), by=world.holder(who), at=at)
    assert refused.value.code == "may-not-reset"


def test_switched_off_for_a_demonstration_nobody_is_asked(world: World, settings: Any) -> None:
    settings.SECOND_FACTOR = "off"
    assert is_in(sign_in(world.holder(Role.CENTER_DIRECTOR)))


@pytest.mark.django_db
@pytest.mark.parametrize(("value", "warned"), [("off", True), ("required", False), ("of", False)])
def test_a_server_without_a_second_factor_is_warned_of(settings: Any, value: str, warned: bool) -> None:
    settings.SECOND_FACTOR = value
    found = {one.id for one in run_checks(include_deployment_checks=True)}
    assert ("network.W001" in found) is warned


def test_a_passkey_is_asked_of_whoever_has_nothing_else(world: World) -> None:
    user = world.holder(Role.AUDITOR)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": "x"})
    client = Client()
    client.force_login(user)
    assert client.get(reverse("home"))["Location"].startswith(reverse("mfa_reauthenticate_webauthn"))
    assert client.post(reverse("notice-read-all"))["Location"] == reverse("mfa_reauthenticate_webauthn")


def test_the_routes_of_setting_up_are_all_there() -> None:
    assert set(ALL_ROUTES) >= SETTING_UP
