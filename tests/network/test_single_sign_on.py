"""The university's own sign-in says who somebody is. What goes wrong there ends on a page that gives nothing away."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount, SocialApp
from django.test import Client
from django.urls import reverse

from kernel.models import AuditEvent
from network.models import User
from network.rules import Role
from portal import single_sign_on
from tests.conftest import World
from tests.services import free_port
from tests.universities.saml import ENTITY, Identity, answer
from tests.universities.servers import running_stranger

OFF = {"url": ""}
KNOWS_NOTHING = ("Signing in did not work", "the answer was too old or did not fit")
CAS = '<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{}</cas:serviceResponse>'
YES = CAS.format(
    "<cas:authenticationSuccess><cas:user>{number}</cas:user><cas:attributes><cas:staffId>{number}</cas:staffId>"
    "</cas:attributes></cas:authenticationSuccess>"
)
NO = CAS.format('<cas:authenticationFailure code="INVALID_TICKET">Ticket ST-1 expired</cas:authenticationFailure>')

Configure = Callable[..., None]


@pytest.fixture
def configure(settings: Any) -> Configure:
    """What the environment sets."""

    def to(*, cas: str = "", attribute: str = "", oidc: str = "", saml: Identity | None = None) -> None:
        settings.SOCIALACCOUNT_PROVIDERS = single_sign_on.providers(
            name="明德统一认证",
            cas={"url": cas, "attribute": attribute},
            oidc={"url": oidc, "client_id": "portal", "secret": "s", "claim": "preferred_username"},
            saml={
                "url": "https://idp.mingde.example/sso" if saml else "",
                "entity_id": ENTITY,
                "certificate": saml.certificate if saml else "",
                "attribute": "",
            },
        )

    return to


@pytest.fixture
def browser() -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def identity() -> Identity:
    return Identity()


def gives_nothing_away(answer: Any) -> bool:
    page = answer.content.decode()
    secrets = ("Ticket", "ST-1", "Traceback", "Exception", "SSL", "Connection", "x509", "localhost:")
    return (
        answer.status_code == 401
        and all(words in page for words in KNOWS_NOTHING)
        and not any(word in page for word in secrets)
    )


def is_in(client: Client) -> bool:
    return bool(client.get(reverse("notices")).status_code == 200)


def to_cas(browser: Client, next_url: str = "") -> str:
    """Start by the button; returns the address to which the CAS server sends back."""
    there = browser.post(f"{reverse('cas_login')}?next={next_url}" if next_url else reverse("cas_login"))["Location"]
    return parse_qs(urlsplit(there).query)["service"][0]


def test_ways_that_are_not_configured_are_not_there(browser: Client, world: World) -> None:
    paths = [
        reverse("cas_login"),
        reverse("cas_callback"),
        reverse("openid_connect_login", args=["oidc"]),
        reverse("openid_connect_callback", args=["oidc"]),
        *(reverse(f"saml_{name}", args=["saml"]) for name in ("login", "acs", "finish_acs", "sls", "metadata")),
    ]
    for path in paths:
        assert browser.get(path).status_code == 404
        assert browser.post(path).status_code == 404
    assert "Sign in with" not in browser.get(reverse("account_login")).content.decode().replace(
        "Sign in with a passkey", ""
    ).replace("Sign in with your staff", "")


def test_no_other_server_than_the_configured_one_is_asked(browser: Client, configure: Configure, world: World) -> None:
    SocialApp.objects.create(provider="openid_connect", provider_id="evil", client_id="x", name="x")
    SocialApp.objects.create(provider="cas", provider_id="evil", client_id="x", name="evil")
    assert browser.post(reverse("cas_login")).status_code == 404
    configure(oidc="http://localhost:1", saml=Identity())
    assert browser.post(reverse("openid_connect_login", args=["evil"])).status_code == 404
    assert browser.post(reverse("saml_login", args=["evil"])).status_code == 404
    assert "evil" not in browser.get(reverse("account_login")).content.decode()


def test_a_button_leads_there_and_a_link_asks_first(browser: Client, configure: Configure, world: World) -> None:
    configure(cas="https://cas.mingde.example/cas")
    assert "明德统一认证" in browser.get(reverse("account_login")).content.decode()
    page = browser.get(reverse("cas_login")).content.decode()
    assert "You are led to your university" in page
    there = browser.post(reverse("cas_login"))["Location"]
    assert there.startswith("https://cas.mingde.example/cas/login?service=http%3A%2F%2Flocalhost%2Faccounts%2Fcas")


@pytest.mark.parametrize("attribute", ["", "staffId"])
def test_a_known_number_comes_in_and_goes_where_it_was_going(
    browser: Client, configure: Configure, world: World, tmp_path: Path, attribute: str
) -> None:
    user = world.roomless.user
    User.objects.filter(pk=user.pk).update(must_change_password=True)
    with running_stranger(tmp_path, YES.format(number=user.number)) as cas:
        configure(cas=cas, attribute=attribute)
        back = to_cas(browser, reverse("device-list"))
        assert browser.get(f"{back}&ticket=ST-1")["Location"] == reverse("device-list")
        assert is_in(browser), "and is not asked for a password of the portal"
        used = Client(headers={"host": "localhost"})
        used.cookies = browser.cookies
        assert gives_nothing_away(used.get(f"{back}&ticket=ST-1")), "the way back works once"
    assert AuditEvent.objects.get(action="user.sign_in").detail["by"] == "socialaccount"
    assert not SocialAccount.objects.exists()


def test_where_the_post_asks_for_it_the_second_factor_follows(
    browser: Client, configure: Configure, world: World, tmp_path: Path, settings: Any
) -> None:
    settings.SECOND_FACTOR = "required"
    with running_stranger(tmp_path, YES.format(number=world.holder(Role.DORM_HEAD).number)) as cas:
        configure(cas=cas)
        browser.get(f"{to_cas(browser)}&ticket=ST-1")
    assert browser.get(reverse("notices"))["Location"].startswith(reverse("mfa_activate_totp"))


@pytest.mark.parametrize("number", ["no-such-number", "", " "])
def test_an_unknown_person_is_told_what_to_do_and_nobody_is_created(
    browser: Client, configure: Configure, world: World, tmp_path: Path, number: str
) -> None:
    before = User.objects.count()
    with running_stranger(tmp_path, YES.format(number=number)) as cas:
        configure(cas=cas)
        page = browser.get(f"{to_cas(browser)}&ticket=ST-1")
    if number.strip():
        assert page.status_code == 403
        assert "Ask your fudaoyuan or the counseling center to add you" in page.content.decode()
        assert number not in page.content.decode()
    else:
        assert page.status_code in (401, 403)
    assert not is_in(browser)
    assert User.objects.count() == before


def test_a_closed_account_stays_closed(browser: Client, configure: Configure, world: World, tmp_path: Path) -> None:
    user = world.roomless.user
    User.objects.filter(pk=user.pk).update(is_active=False)
    with running_stranger(tmp_path, YES.format(number=user.number)) as cas:
        configure(cas=cas)
        assert browser.get(f"{to_cas(browser)}&ticket=ST-1")["Location"] == reverse("account_inactive")
    assert not is_in(browser)


@pytest.mark.parametrize("process", ["connect", "redirect"])
def test_nothing_is_connected_to_an_account(
    browser: Client, configure: Configure, world: World, tmp_path: Path, process: str
) -> None:
    browser.force_login(world.roomless.user)
    with running_stranger(tmp_path, YES.format(number=world.holder(Role.AUDITOR).number)) as cas:
        configure(cas=cas)
        there = browser.post(f"{reverse('cas_login')}?process={process}")["Location"]
        back = parse_qs(urlsplit(there).query)["service"][0]
        assert browser.get(f"{back}&ticket=ST-1").status_code == 403
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("body", [NO, "<html>busy</html>", "", "yes\n1\n", CAS.format(""), "<a><b></a>"])
def test_a_ticket_that_has_expired_and_an_answer_that_is_none(
    browser: Client, configure: Configure, world: World, tmp_path: Path, body: str
) -> None:
    with running_stranger(tmp_path, body) as cas:
        configure(cas=cas)
        assert gives_nothing_away(browser.get(f"{to_cas(browser)}&ticket=ST-1"))
    assert not is_in(browser)


@pytest.mark.parametrize("query", ["", "?ticket=ST-1", "?state=x&ticket=ST-1", "?state=x"])
def test_a_way_back_that_nobody_asked_for(browser: Client, configure: Configure, world: World, query: str) -> None:
    configure(cas="http://localhost:1")
    assert gives_nothing_away(browser.get(reverse("cas_callback") + query))


def test_a_state_that_has_run_out(browser: Client, configure: Configure, world: World, tmp_path: Path) -> None:
    with running_stranger(tmp_path, YES.format(number=world.roomless.number)) as cas:
        configure(cas=cas)
        back = to_cas(browser)
        with time_machine.travel(timedelta(hours=2)):
            assert gives_nothing_away(browser.get(f"{back}&ticket=ST-1"))


def test_a_ticket_without_a_ticket(browser: Client, configure: Configure, world: World) -> None:
    configure(cas="http://localhost:1")
    assert gives_nothing_away(browser.get(to_cas(browser)))


def test_a_server_that_is_down(browser: Client, configure: Configure, world: World) -> None:
    nobody = f"http://localhost:{free_port()}"
    configure(cas=nobody, oidc=nobody)
    assert gives_nothing_away(browser.get(f"{to_cas(browser)}&ticket=ST-1"))
    assert gives_nothing_away(browser.post(reverse("openid_connect_login", args=["oidc"])))


def test_a_server_whose_certificate_does_not_fit(
    browser: Client, configure: Configure, world: World, tmp_path: Path
) -> None:
    with running_stranger(tmp_path, YES.format(number=world.roomless.number), tls=True) as stranger:
        configure(cas=stranger, oidc=stranger)
        assert gives_nothing_away(browser.get(f"{to_cas(browser)}&ticket=ST-1"))
        assert gives_nothing_away(browser.post(reverse("openid_connect_login", args=["oidc"])))
    assert not is_in(browser)


@pytest.mark.parametrize("body", ["<html>", "{}", "[]", "null"])
def test_an_openid_server_that_talks_nonsense(
    browser: Client, configure: Configure, world: World, tmp_path: Path, body: str
) -> None:
    with running_stranger(tmp_path, body) as stranger:
        configure(oidc=stranger)
        assert gives_nothing_away(browser.post(reverse("openid_connect_login", args=["oidc"])))


def test_an_openid_answer_that_nobody_asked_for(browser: Client, configure: Configure, world: World) -> None:
    configure(oidc="http://localhost:1")
    for query in ("", "?state=x&code=y", "?error=server_error", "?state=x&error=access_denied"):
        assert gives_nothing_away(browser.get(reverse("openid_connect_callback", args=["oidc"]) + query))


def to_saml(browser: Client) -> str:
    return str(browser.post(reverse("saml_login", args=["saml"]))["Location"])


def back_from_saml(browser: Client, packed: str) -> Any:
    """The answer is posted by another site, so without the cookie of the session; then the portal looks again."""
    foreign = Client(headers={"host": "localhost"})
    moved = foreign.post(reverse("saml_acs", args=["saml"]), {"SAMLResponse": packed})
    browser.cookies["saml-acs-session"] = foreign.cookies["saml-acs-session"].value
    return browser.get(moved["Location"])


def test_a_number_that_saml_vouches_for_comes_in_once(
    browser: Client, configure: Configure, world: World, identity: Identity
) -> None:
    configure(saml=identity)
    consumer, packed = answer(to_saml(browser), world.roomless.number, identity)
    assert consumer == "http://localhost/accounts/saml/saml/acs/"
    assert back_from_saml(browser, packed)["Location"] == reverse("home")
    assert is_in(browser)
    assert gives_nothing_away(back_from_saml(browser, packed))


@pytest.fixture
def forgeries(identity: Identity) -> Iterator[dict[str, Callable[[str, str], str]]]:
    def late(there: str, number: str) -> str:
        return answer(there, number, identity, age=timedelta(hours=1))[1]

    def foreign(there: str, number: str) -> str:
        return answer(there, number, Identity())[1]

    yield {
        "too late": late,
        "signed by another": foreign,
        "not signed": lambda there, number: "PHNhbWw+PC9zYW1sPg==",
        "no XML": lambda there, number: "AAAA",
        "no base64": lambda there, number: "%%%",
        "nothing": lambda there, number: "",
    }


@pytest.mark.parametrize(
    "kind", ["too late", "signed by another", "not signed", "no XML", "no base64", "nothing"], ids=str
)
def test_an_answer_of_saml_that_does_not_fit(
    browser: Client, configure: Configure, world: World, identity: Identity, forgeries: Any, kind: str
) -> None:
    configure(saml=identity)
    packed = forgeries[kind](to_saml(browser), world.roomless.number)
    assert gives_nothing_away(back_from_saml(browser, packed))
    assert not is_in(browser)


def test_an_answer_of_saml_to_somebody_elses_question(
    browser: Client, configure: Configure, world: World, identity: Identity
) -> None:
    configure(saml=identity)
    other = Client(headers={"host": "localhost"})
    _consumer, packed = answer(to_saml(other), world.roomless.number, identity)
    to_saml(browser)
    assert gives_nothing_away(back_from_saml(browser, packed))
    assert gives_nothing_away(browser.get(reverse("saml_finish_acs", args=["saml"])))


def test_saml_tells_its_metadata_and_signs_nobody_out_unasked(
    browser: Client, configure: Configure, world: World, identity: Identity
) -> None:
    configure(saml=identity)
    page = browser.get(reverse("saml_metadata", args=["saml"]))
    assert page["Content-Type"] == "text/xml"
    assert "/accounts/saml/saml/acs/" in page.content.decode()
    browser.force_login(world.roomless.user)
    assert browser.get(reverse("saml_sls", args=["saml"]))["Location"] == reverse("account_logout")
    assert is_in(browser)


def test_whoever_turns_back_on_the_way_is_told_so(browser: Client, world: World) -> None:
    assert "You turned back" in browser.get(reverse("socialaccount_login_cancelled")).content.decode()


def test_forms_may_lead_to_the_configured_servers_and_nowhere_else() -> None:
    assert single_sign_on.origins("https://a.example/cas", "", "https://a.example", "http://b.example:8443/x") == [
        "https://a.example",
        "http://b.example:8443",
    ]
