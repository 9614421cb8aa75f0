import json
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from network.models import User
from network.rules import Role
from tests.conftest import World
from tests.routes import addresses
from tests.services import ROOT

ADDRESSES = addresses()
PUBLIC_SITE = {name for name, path in ADDRESSES.items() if path.startswith("/open/")}


def every_answer(client: Client) -> list[tuple[str, HttpResponse]]:
    paths = [*sorted(ADDRESSES.items()), ("no such page", "/no-such-page")]
    return [(name, client.get(path)) for name, path in paths if name != "account_logout"]


def words(value: str) -> set[str]:
    return {word.strip().lower() for word in value.split(",")}


@pytest.mark.parametrize("role", [None, Role.CENTER_DIRECTOR, Role.DORM_HEAD])
def test_no_answer_is_kept_or_lent_and_each_carries_what_a_scanner_looks_for(
    role: Role | None, client: Client, world: World
) -> None:
    if role:
        client.force_login(world.holder(role))
    for name, answer in every_answer(client):
        if name in PUBLIC_SITE:
            # Pages without a person, which anybody may keep: tests/activities/test_open_site.py.
            continue
        assert "no-store" in answer["Cache-Control"], name
        assert {"cookie", "hx-request"} <= words(answer["Vary"]), name
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["X-Frame-Options"] == "DENY", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Resource-Policy"] == "same-origin", name
        assert "camera=()" in answer["Permissions-Policy"], name
        assert "default-src 'none'" in answer["Content-Security-Policy"], name


def test_scripts_and_styles_come_from_here_or_carry_the_nonce_of_the_answer(
    login: Callable[[User], Client], world: World
) -> None:
    client, nonces = login(world.holder(Role.CENTER_DIRECTOR)), set()
    for _ in range(2):
        answer = client.get("/")
        policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
        for kind in ("script-src", "style-src"):
            assert not words(policy[kind].replace(" ", ",")) & {
                "'unsafe-inline'",
                "'unsafe-eval'",
                "*",
                "data:",
                "https:",
            }
        assert (policy["default-src"], policy["base-uri"], policy["frame-ancestors"]) == ("'none'",) * 3
        assert policy["form-action"] == "'self'"
        nonces |= set(re.findall(r"'nonce-([^']+)'", answer["Content-Security-Policy"]))
    assert len(nonces) != 1, "one nonce for two answers"


def test_files_that_are_the_same_for_all_may_be_kept(client: Client) -> None:
    answer = client.get("/static/favicon.svg")
    assert answer.getvalue().startswith(b"<svg")
    assert "no-store" not in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"


SCRIPT = """
import django; django.setup()
from django.test import Client
def told(answer): return {"status": answer.status_code, **{name.lower(): str(value) for name, value in answer.items()}}
client = Client(SERVER_NAME="portal.example.edu")
plain, safe = client.get("/accounts/login/"), client.get("/healthz", secure=True)
from django.conf import settings
import json
print(json.dumps([told(plain), told(safe), [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE,
    settings.SESSION_COOKIE_HTTPONLY, settings.SESSION_COOKIE_SAMESITE]]))
"""


@pytest.fixture(scope="module")
def over_https() -> list[dict[str, object]]:
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "PORTAL_URL": "https://portal.example.edu",
        "ALLOWED_HOSTS": "portal.example.edu",
        "DATABASE_URL": "sqlite://:memory:",
        "LOG_LEVEL": "ERROR",
        "DEBUG": "0",
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], env=env, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def test_over_https_browsers_are_told_to_stay_there(over_https: list[dict[str, object]]) -> None:
    plain, safe, cookies = over_https
    assert (plain["status"], plain["location"]) == (301, "https://portal.example.edu/accounts/login/")
    assert safe["strict-transport-security"] == "max-age=31536000; includeSubDomains; preload"
    assert cookies == [True, True, True, "Lax"]
