"""Signing in as people do: on a phone, with an app, a passkey, or the university's own sign-in."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from network.models import User
from network.rules import Role
from tests.conftest import World
from tests.factories import PASSWORD
from tests.faults.conftest import database_url as database_url
from tests.faults.servers import running_web
from tests.journeys.conftest import HAND, barriers, overflow, sign_in
from tests.universities.cas_server import PASSWORD as CAS_PASSWORD
from tests.universities.saml import ENTITY, Identity, running_saml
from tests.universities.servers import running_cas, running_oidc

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser"), pytest.mark.one_database]


@pytest.fixture
def required(settings: Any, no_second_factor: None) -> None:
    settings.SECOND_FACTOR = "required"


@pytest.fixture
def portal(live_server: LiveServer) -> str:
    """By its name: a browser keeps no passkeys for a bare address."""
    return live_server.url.replace("127.0.0.1", "localhost")


def code(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


@pytest.mark.parametrize("language", ["zh-CN", "en-US"])
def test_a_dorm_head_sets_up_an_app_on_the_phone(
    world: World, required: None, open_page: Callable[..., Page], picture: Callable[[Page, str], None], language: str
) -> None:
    number = world.holder(Role.DORM_HEAD).number
    page = open_page(HAND, language)
    sign_in(page, number, PASSWORD)
    assert page.url.endswith("/accounts/factors/app/")
    assert overflow(page) == 0
    assert barriers(page) == []
    picture(page, f"app-{language}")
    qr: Any = page.evaluate(
        "(() => { const qr = document.querySelector('.qr'); return [qr.complete, qr.naturalWidth]; })()"
    )
    assert qr[0]
    assert qr[1] > 100
    page.click("details summary")
    secret = page.inner_text(".secret")
    page.fill("[name=code]", code(secret))
    page.press("[name=code]", "Enter")
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".codes li").count() == 10
    assert overflow(page) == 0
    assert barriers(page) == []
    picture(page, f"codes-{language}")
    with page.expect_download() as saved:
        page.click("a[download]")
    assert number in Path(saved.value.path()).read_text()
    page.click("button[value=kept]")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    again = open_page(HAND, language)
    sign_in(again, number, PASSWORD)
    assert again.url.endswith("/accounts/factors/code/")
    assert overflow(again) == 0
    assert barriers(again) == []
    picture(again, f"second-{language}")
    again.fill("[name=code]", code(secret, 1))
    again.press("[name=code]", "Enter")
    again.wait_for_url(re.compile(r"localhost:\d+/$"))
    again.goto("/accounts/devices/")
    assert overflow(again) == 0
    picture(again, f"devices-{language}")
    again.goto("/accounts/factors/")
    assert overflow(again) == 0
    picture(again, f"factors-{language}")


def test_a_passkey_is_made_shown_and_signs_in_by_itself(
    world: World, required: None, open_page: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    number = world.holder(Role.FUDAOYUAN).number
    page = open_page(HAND)
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    authenticator = device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    sign_in(page, number, PASSWORD)
    with page.expect_navigation():
        page.click("a[href='/accounts/passkeys/add/']")
    picture(page, "add")
    page.click("form[data-passkey=create] button")
    page.wait_for_url("**/recovery-codes/")
    page.click("button[value=kept]")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    page.context.clear_cookies()
    sign_in(page, number, PASSWORD)
    page.click("form[data-passkey=show] button")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    picture(page, "sign-in")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.click("form[data-passkey=sign-in] button")
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    device.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.click("form[data-passkey=sign-in] button")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.goto("/accounts/devices/")
    expect(page.locator("main")).to_contain_text("Chrome")


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """A phone's window on a portal of its own process."""
    contexts = []

    def make(address: str) -> Page:
        context = browser.new_context(viewport=HAND, locale="zh-CN", base_url=address.replace("127.0.0.1", "localhost"))
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()


def by_cas(page: Page, number: str) -> None:
    page.fill("[name=username]", number)
    page.fill("[name=password]", CAS_PASSWORD)
    page.press("[name=password]", "Enter")


def by_oidc(page: Page, number: str) -> None:
    page.fill("input[name=sub]", f"sub-{number}")
    page.press("input[name=sub]", "Enter")


def by_saml(page: Page, number: str) -> None:
    page.fill("[name=number]", number)
    page.press("[name=number]", "Enter")
    page.wait_for_selector("[name=SAMLResponse]", state="attached")
    page.click("button")


def come_in(page: Page, number: str, speak: Callable[[Page, str], None]) -> None:
    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.click(".way-in button")
    speak(page, number)
    page.wait_for_url(re.compile(r"localhost:\d+/(accounts/|$)"))
    page.wait_for_load_state()


def see_three_ends(
    world: World, page: Page, speak: Callable[[Page, str], None], picture: Callable[[Page, str], None]
) -> None:
    """A student comes in, a dorm head meets the second factor, and a stranger is told what to do."""
    picture_of = page.url
    come_in(page, world.roomless.number, speak)
    assert re.search(r"localhost:\d+/$", page.url), (picture_of, page.url)
    come_in(page, world.holder(Role.DORM_HEAD).number, speak)
    assert "/accounts/factors/app/" in page.url
    come_in(page, "nobody-here", speak)
    expect(page.locator("h1")).to_have_text("平台还不认识您")
    picture(page, "unknown")
    assert not User.objects.filter(number="nobody-here").exists()


def numbers(world: World) -> tuple[str, ...]:
    return world.roomless.number, world.holder(Role.DORM_HEAD).number, "nobody-here"


def test_cas_is_switched_on_by_an_address(
    world: World, database_url: str, tmp_path: Path, window: Callable[[str], Page], picture: Callable[..., None]
) -> None:
    with running_cas(tmp_path, *numbers(world)) as cas:
        env = {"DATABASE_URL": database_url, "CAS_URL": cas, "SINGLE_SIGN_ON_NAME": "统一身份认证"}
        with running_web(tmp_path, SECOND_FACTOR="required", **env) as address:
            page = window(address)
            page.goto("/accounts/login/")
            expect(page.locator(".way-in")).to_contain_text("统一身份认证")
            picture(page, "sign-in")
            see_three_ends(world, page, by_cas, picture)


def test_openid_is_switched_on_by_an_address(
    world: World, database_url: str, tmp_path: Path, window: Callable[[str], Page], picture: Callable[..., None]
) -> None:
    with running_oidc(tmp_path, *numbers(world)) as oidc:
        env = {"DATABASE_URL": database_url, "OIDC_URL": oidc, "OIDC_CLIENT_ID": "portal", "OIDC_CLIENT_SECRET": "s"}
        with running_web(tmp_path, SECOND_FACTOR="required", **env) as address:
            see_three_ends(world, window(address), by_oidc, picture)


def test_saml_is_switched_on_by_an_address(
    world: World, database_url: str, tmp_path: Path, window: Callable[[str], Page], picture: Callable[..., None]
) -> None:
    identity = Identity()
    with running_saml(identity) as saml:
        env = {"DATABASE_URL": database_url, "SAML_URL": saml, "SAML_ENTITY_ID": ENTITY}
        env["SAML_CERTIFICATE"] = "".join(identity.certificate.splitlines()[1:-1])
        with running_web(tmp_path, SECOND_FACTOR="required", **env) as address:
            see_three_ends(world, window(address), by_saml, picture)
