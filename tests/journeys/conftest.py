"""A browser in front of a running portal, with a real worker behind it where there is a broker."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from importlib.resources import files as package
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from playwright.sync_api import Browser, ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from tests.faults.servers import until
from tests.services import running_worker

# CI keeps what a run puts out; by hand it lies in var/.
OUTPUT = Path(os.environ.get("TEST_OUTPUT", settings.VAR_DIR / "test-output"))
HAND = {"width": 390, "height": 844}
NARROW = {"width": 360, "height": 780}
DESK = {"width": 1440, "height": 900}
AXE = package("axe_core_python").joinpath("axe.min.js").read_text()
GRAVE = """async () => (await axe.run({
  resultTypes: ["violations"],
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
})).violations
  .filter((one) => ["serious", "critical"].includes(one.impact))
  .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`)"""


@pytest.fixture
def portal(live_server: LiveServer) -> Iterator[str]:
    """The address of the running portal."""
    with nullcontext() if settings.CELERY_TASK_ALWAYS_EAGER else running_worker(**worker_env()):
        yield live_server.url


def worker_env() -> dict[str, str]:
    given = connection.settings_dict
    place = f"{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    return {"DATABASE_URL": f"postgres://{place}", "REDIS_URL": settings.REDIS_URL}


def is_complaint(message: ConsoleMessage) -> bool:
    """An error of the page; that a journey switched the network off is none, nor that a form was refused in words."""
    expected = ("ERR_INTERNET_DISCONNECTED", "status of 422")
    return message.type == "error" and not any(words in message.text for words in expected)


@pytest.fixture
def open_page(browser: Browser, portal: str) -> Iterator[Callable[..., Page]]:
    """Pages in windows of their own; what the browser complains of fails the test."""
    contexts, complaints = [], []

    def make(size: dict[str, int] = DESK, language: str = "zh-CN") -> Page:
        context = browser.new_context(viewport=size, locale=language, base_url=portal, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    # The server's threads close their connections when the browser has hung up; the database is emptied after that.
    until(lambda: not any("process_request_thread" in one.name for one in threading.enumerate()), "an idle server")
    assert complaints == []


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a screenshot beside what else the run puts out, outside the repository in CI."""
    folder = OUTPUT / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)

    def take(page: Page, name: str) -> None:
        page.screenshot(path=folder / f"{request.node.name.split('[')[0]}-{name}.png", full_page=True)

    return take


def sign_in(page: Page, number: str, password: str, *, first: bool = False) -> str:
    """Sign in by the form; at the first time also set a password, which is returned."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", number)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
    if not first:
        return password
    fresh = "blue-harbour-7"
    page.fill("[name=oldpassword]", password)
    page.fill("[name=password1]", fresh)
    page.fill("[name=password2]", fresh)
    with page.expect_navigation():
        page.press("[name=password2]", "Enter")
    return fresh


def overflow(page: Page) -> int:
    """How many pixels the page, once loaded, is wider than its window."""
    page.wait_for_load_state()
    width: Any = page.locator("html").evaluate("(root) => root.scrollWidth - root.clientWidth")
    return int(width)


def barriers(page: Page) -> list[str]:
    """What keeps somebody out who does not see or has no mouse."""
    page.evaluate(AXE)
    return list(page.evaluate(GRAVE))
