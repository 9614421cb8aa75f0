"""Crafted input at every route of the access table: an answer may refuse it, and is never an error of ours."""

import logging
import random
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django import forms
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from kernel.clean_input import clean_text
from network.rules import Role
from reporting.models import Cycle
from tests.architecture.rows import Town, build_town
from tests.architecture.test_access import walker
from tests.architecture.walking import Knock, questions
from tests.conftest import World
from tests.sizes import size

ROOT = Path(__file__).resolve().parents[2]
SEED = 20261110
SENDERS = ("center_director", "fudaoyuan", "dorm_head", "auditor", "student")
REQUESTS = size(quick=300, full=2000) // len(SENDERS)
VALUES = (
    "\0", "a\0b", "9" * 24, "-" + "9" * 24, "9" * 5000, "9999-12-31", "0001-01-01", "9999-12", "0001-01", "0000-00",
    "9999-12-31T23:59", "0001-01-01T00:00", "2026-11-31", "24:60", "NaN", "Infinity", "-Infinity", "1e999", "[" * 5000,
    '{"a":' * 5000, '"\\ud800"', "[NaN]", "\u0663", "\u00b2", "\u202e", "x" * 20_000, "%s%(x)s{0}", "", "-1", "0",
)  # fmt: skip
BODIES = (
    "", "NaN", "null", "\xff", "[" * 100_000, '{"a":' * 100_000, '{"number": %s}' % ("9" * 5000),
    '{"given": [{"item": "\\ud800", "value": "\\u0000"}]}', '{"given": [{"item": 1, "value": 1, "seconds": 1e999}]}',
)  # fmt: skip


def names_by_app() -> dict[str, list[str]]:
    """The names of fields that the forms and views of each app read."""
    names: dict[str, set[str]] = {}
    waiting = [forms.BaseForm]
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        names.setdefault(form.__module__.split(".")[0], set()).update(getattr(form, "base_fields", {}))
    for app in ("network", "crisis", "screening", "counseling", "activities", "reporting", "portal"):
        for path in (ROOT / app).rglob("*.py"):
            found = re.findall(r"(?:GET|POST)(?:\.get|\.getlist)?[(\[]\"([a-z_-]+)\"", path.read_text())
            names.setdefault(app, set()).update(found)
    return {app: sorted(fields | {"page", "next", "limit", "offset", "month", "unit"}) for app, fields in names.items()}


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def town(world: World, cycle: Cycle, november: datetime) -> Town:
    return build_town(world, cycle, november)


def send(client: Client, question: Knock, names: list[str], chance: random.Random) -> tuple[HttpResponse, Any]:
    row = question.row
    asks = {**question.rule.sends, **(row.asks if row else {})}
    chosen = chance.sample(names, min(len(names), chance.choice((1, 2, 6, 40))))
    hostile = asks | {name: chance.choice(VALUES) for name in chosen}
    if question.method != "POST":
        return client.get(question.path, hostile), hostile
    if chance.random() < 0.15:
        body = chance.choice(BODIES)
        return client.post(question.path, body, content_type="application/json"), body
    return client.post(question.path, hostile), hostile


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("name", SENDERS)
def test_no_crafted_request_ends_in_an_error(name: str, town: Town) -> None:
    chance = random.Random(f"{SEED} {name}")
    names = names_by_app()
    me = walker(name, town.world)
    asked = list(questions(town, me))
    client = Client(raise_request_exception=False)
    client.force_login(me.user)
    client.post(reverse("set_language"))
    cookies = client.cookies.copy()
    failures = []
    for _number in range(REQUESTS):
        client.cookies = cookies.copy()
        question = chance.choice(asked)
        app = question.route.name.partition(":")[0]
        with transaction.atomic():
            response, sent = send(client, question, names.get(app, names["portal"]), chance)
            transaction.set_rollback(True)
        if response.status_code >= 500 and response.status_code != 503:
            error = getattr(response, "exc_info", None)
            short = {key: str(value)[:30] for key, value in sent.items()} if isinstance(sent, dict) else sent[:40]
            failures.append(f"{question} {response.status_code} {error and error[1]!r:.200} {short}")
    assert failures == [], "\n".join(failures)


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/audit/?until=9999-12-31&since=0001-01-01", 200),
        ("/reports/month/?month=0001-01", 404),
        ("/reports/month/?month=9999-12", 404),
        (f"/api/units/?limit={'9' * 24}&offset={'9' * 24}", 200),
        ("/notices/?page=" + "9" * 5000, 200),
        ("/network/students/?q=%00", 200),
        ("/network/students/%00/", 400),
    ],
)
def test_an_address_at_the_edge_has_a_page(address: str, status: int, world: World, cycle: Cycle) -> None:
    client = Client(raise_request_exception=False)
    role = Role.AUDITOR if address.startswith("/audit") else Role.CENTER_DIRECTOR
    client.force_login(world.holder(role))
    assert client.get(address).status_code == status


@pytest.mark.usefixtures("quiet")
def test_what_cannot_be_stored_is_cleaned_or_refused(world: World) -> None:
    client = Client(raise_request_exception=False)
    sign_in = reverse("account_login")
    form = {"login": "1\x002", "password": "x\x00"}
    assert client.post(sign_in, form).status_code == 200
    body = "login=%2B2AA-&password=" + quote("+2AA-")
    for charset in ("utf-7", "unicode_escape", "utf-16"):
        answer = client.post(sign_in, body, content_type=f"application/x-www-form-urlencoded; charset={charset}")
        assert answer.status_code == 400, charset
    assert client.get(sign_in, headers={"User-Agent": "a\x00b"}).status_code == 400
    client.cookies["sessionid"] = "a\x00b"
    assert client.get(reverse("home")).status_code == 302
    assert clean_text("a\x00b\ud800c\U0001f600") == "abc\U0001f600"
