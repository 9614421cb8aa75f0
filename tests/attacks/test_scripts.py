"""Script payloads in every text that a person can leave behind; then every page is opened in a real browser."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Page
from pypdf import PdfReader
from pytest_django.live_server_helper import LiveServer

from kernel.delivery import message
from kernel.models import Notice
from kernel.periods import Month
from network.rules import Role
from reporting.models import Cycle, SummaryExport
from reporting.services.exports import make_pdf, read_export
from tests.attacks import story
from tests.attacks.payloads import SCRIPTS
from tests.conftest import World

# What a browser makes of a text is the same whatever database it came from.
pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.one_database(vendor="sqlite")]

READERS = (
    Role.CENTER_DIRECTOR,
    Role.COLLEGE_COORDINATOR,
    Role.FUDAOYUAN,
    Role.DORM_HEAD,
    Role.SYSTEM_ADMINISTRATOR,
    Role.AUDITOR,
)
SAMPLES = 2
LINK = re.compile(r'(?:href|hx-get)="(/[^"#]*)"')
SENTINEL = """
for (const name of ["alert", "confirm", "prompt"]) window[name] = () => { window.top.__ran = true };
window.__violations = 0;
document.addEventListener("securitypolicyviolation", () => { window.__violations += 1 });
"""
# What a payload would have become if it had been taken for markup.
GROWN = """[...document.querySelectorAll("*")].filter((one) =>
  [...one.attributes].some((two) => /^on/i.test(two.name) || /^\\s*(javascript|vbscript|data:text)/i.test(two.value)
    && ["href", "src", "action", "xlink:href", "data"].includes(two.name))
  || (one.tagName === "SCRIPT" && !one.src && !one.type.includes("json"))
  || ["IFRAME", "OBJECT", "EMBED", "BASE", "MARQUEE", "MATH"].includes(one.tagName)
).map((one) => one.outerHTML.slice(0, 200))"""


def spread() -> Callable[[str, int], str]:
    """Each place gets the next payload that fits; a long place gets as many as it holds."""
    turn = iter(range(10**9))

    def texts(place: str, most: int) -> str:
        start, said = next(turn), ""
        for step in range(len(SCRIPTS)):
            payload = SCRIPTS[(start + step) % len(SCRIPTS)]
            if len(said) + len(payload) + 1 > most:
                if said:
                    break
                continue
            said = f"{said} {payload}".strip()
        return said or "x"

    return texts


@pytest.fixture
def poisoned(transactional_db: None, world: World, cycle: Cycle, at: datetime, november: datetime) -> World:
    story.tell(world, cycle, spread(), at=at)
    return world


def pages(client: Client) -> list[str]:
    """What one can reach from the home page, a few of each kind."""
    waiting, seen, reached = ["/"], set(), []
    kinds: dict[str, int] = {}
    while waiting:
        path = waiting.pop(0)
        try:
            kind = resolve(urlsplit(path).path).view_name
        except Resolver404:
            continue
        if path in seen or kinds.get(kind, 0) >= SAMPLES or kind == "account_logout":
            continue
        seen.add(path)
        answer = client.get(path)
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        kinds[kind] = kinds.get(kind, 0) + 1
        reached.append(path)
        waiting += [link.replace("&amp;", "&") for link in LINK.findall(answer.content.decode())]
    return reached


@pytest.fixture
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """SECURITY: without the policy, which would hide that a payload got through."""
    made = browser.new_context(base_url=live_server.url, bypass_csp=True)
    made.add_init_script(SENTINEL)
    yield made
    made.close()


def sign_in(context: BrowserContext, client: Client, url: str) -> None:
    context.clear_cookies()
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])


def test_there_are_a_hundred_and_twenty() -> None:
    assert len(set(SCRIPTS)) == 120


def test_no_payload_runs_on_any_page(poisoned: World, context: BrowserContext, live_server: LiveServer) -> None:
    page, shown, opened = context.new_page(), "", set()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for role in READERS:
        client = Client()
        client.force_login(poisoned.holder(role))
        sign_in(context, client, live_server.url)
        for path in pages(client):
            kind = (resolve(urlsplit(path).path).view_name, role if path == "/" else None)
            if sum(one == kind for one, _ in opened) >= SAMPLES or (kind, path) in opened:
                continue
            opened.add((kind, path))
            page.goto(path, wait_until="load")
            check(page, path)
            shown += page.evaluate("document.documentElement.textContent") + values(page)
    assert dialogs == []
    assert len({kind for kind, _ in opened}) > 15, sorted(map(str, opened))
    seen = {payload for payload in SCRIPTS if flat(payload) in flat(shown)}
    assert len(seen) >= 110, sorted(set(SCRIPTS) - seen)


def check(page: Page, path: str) -> None:
    # Whatever waits for the mouse or the keyboard gets its turn.
    page.evaluate(
        'for (const one of document.querySelectorAll("main *"))'
        ' for (const kind of ["mouseover", "focus", "toggle"]) one.dispatchEvent(new Event(kind))'
    )
    assert not page.evaluate("window.__ran"), path
    assert page.evaluate(GROWN) == [], path


def values(page: Page) -> str:
    return " ".join(page.evaluate('[...document.querySelectorAll("input, textarea")].map((one) => one.value)'))


def flat(text: str) -> str:
    return "".join(text.split())


def test_the_sentinel_would_notice(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/accounts/login/")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>')")
    page.wait_for_function("window.__ran")
    assert page.evaluate(GROWN) != []


def test_the_policy_stops_what_markup_would_let_in(browser: Browser, live_server: LiveServer, world: World) -> None:
    context = browser.new_context(base_url=live_server.url)
    context.add_init_script(SENTINEL)
    client = Client()
    client.force_login(world.holder(Role.CENTER_DIRECTOR))
    sign_in(context, client, live_server.url)
    page = context.new_page()
    page.goto("/")
    # What the markup asks for is not there, and the server need not say so a hundred times.
    page.route("**/*", lambda route: route.abort())
    for payload in SCRIPTS:
        page.evaluate("(html) => document.querySelector('main').insertAdjacentHTML('beforeend', html)", payload)
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: 'alert(1)'}))")
    page.wait_for_function("window.__violations > 10")
    # Whatever was let in would have run two frames later.
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert not page.evaluate("window.__ran")
    context.close()


def test_a_pdf_holds_them_as_words_alone(poisoned: World, at: datetime) -> None:
    director = poisoned.holder(Role.CENTER_DIRECTOR)
    kept = read_export(export=SummaryExport.objects.get(), by=director, at=at)
    printed = [
        kept,
        *(make_pdf(unit=unit, month=Month(2026, 11), by=director, at=at) for unit in (poisoned.school, poisoned.arts)),
    ]
    told = ""
    for one in printed:
        reader = PdfReader(BytesIO(one))
        told += "".join(page.extract_text() for page in reader.pages)
        assert not dangerous(reader)
    assert "alert(1)" in told


ACTIVE = {"/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/SubmitForm", "/EmbeddedFiles", "/URI", "/RichMedia"}


def dangerous(reader: PdfReader) -> set[str]:
    """Names in the document that make it do something."""
    found: set[str] = set()
    for number in range(1, len(reader.xref[0]) + 1 if 0 in reader.xref else 1):
        found |= names(reader.get_object(number))
    return found | names(reader.trailer["/Root"])


def names(thing: Any) -> set[str]:
    return {str(name) for name in thing} & ACTIVE if isinstance(thing, dict) else set()


def test_mails_are_plain_text_of_one_subject_line(poisoned: World) -> None:
    for notice in Notice.objects.select_related("recipient"):
        notice.recipient.email = "a@example.edu.cn"
        mail = message(notice).message()
        assert (mail.get_content_type(), mail.is_multipart()) == ("text/plain", False)
        assert "\n" not in str(message(notice).subject)
        assert [name for name in mail.keys() if name.lower() in ("bcc", "cc")] == []  # noqa: SIM118
    assert Notice.objects.exists()
