import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from kernel import checks, key_checks
from tests.services import ROOT

# What a deployment does not bring along: keys in the open, and what the tests with a browser set for themselves.
OPEN = ("SECRET_KEY", "FIELD_KEYS", "DJANGO_ALLOW_ASYNC_UNSAFE")
SECRET_KEY = "a-secret-key-that-is-long-enough-for-django-and-for-this-test"
PARTS = {"its-beginning": SECRET_KEY.encode()[:32], "its-end": SECRET_KEY.encode()[-32:]}


def entry(key: bytes, key_id: str = "k1") -> str:
    return f"{key_id}:{base64.b64encode(key).decode()}"


@pytest.mark.parametrize("way", PARTS)
def test_a_key_that_is_part_of_the_secret_key_is_refused_and_not_quoted(way: str, settings: Any) -> None:
    settings.SECRET_KEY = SECRET_KEY
    settings.FIELD_KEYS = [entry(secrets.token_bytes(32), "k2"), entry(PARTS[way])]
    (error,) = checks.keys_stand_alone()
    assert (error.id, "“k1”" in error.msg) == ("kernel.E003", True)
    assert base64.b64encode(PARTS[way]).decode() not in str(error)


def test_one_random_text_is_not_used_for_both(settings: Any) -> None:
    key = secrets.token_bytes(32)
    for secret in (base64.b64encode(key).decode(), f"x{base64.b64encode(key).decode()}y"):
        settings.SECRET_KEY, settings.FIELD_KEYS = secret, [entry(key)]
        assert [error.id for error in checks.keys_stand_alone()] == ["kernel.E003"]


@pytest.mark.parametrize(
    "key", [b"0123456789" * 3 + b"01", b"\0" * 32, bytes(range(8)) * 4, b"correct horse battery staple ok!"]
)
def test_a_key_that_was_typed_is_refused(key: bytes, settings: Any) -> None:
    settings.FIELD_KEYS = [entry(key)]
    assert [error.id for error in checks.keys_are_drawn()] == ["kernel.E004"]


def test_drawn_keys_pass(settings: Any) -> None:
    settings.SECRET_KEY = SECRET_KEY
    for _ in range(20):
        settings.FIELD_KEYS = [entry(secrets.token_bytes(32))]
        assert [*checks.keys_stand_alone(), *checks.keys_are_drawn()] == []


def test_a_broken_ring_is_left_to_the_fields_own_check(settings: Any) -> None:
    settings.FIELD_KEYS = ["k1"]
    assert [*checks.keys_stand_alone(), *checks.keys_are_drawn()] == []


@pytest.mark.parametrize(
    ("mode", "found"), [(0o600, []), (0o640, []), (0o644, ["kernel.E005"]), (0o602, ["kernel.E005"])]
)
def test_a_file_with_keys_that_everybody_can_read_is_refused(
    mode: int, found: list[str], tmp_path: Path, settings: Any
) -> None:
    path = tmp_path / "keys"
    path.touch()
    path.chmod(mode)
    settings.SECRET_FILES = [tmp_path / "absent", str(path)]
    assert [error.id for error in checks.secret_files_are_closed()] == found


def check_deployment(folder: Path, mode: int) -> subprocess.CompletedProcess[str]:
    """The command, with both secrets in files."""
    env = {name: value for name, value in os.environ.items() if name not in OPEN}
    secret, keys = folder / "secret_key", folder / "field_keys"
    secret.write_text(secrets.token_urlsafe(50) + "\n")
    keys.write_text("".join(f"{entry(secrets.token_bytes(32), key_id)}\n" for key_id in ("k2", "k1")))
    for path in (secret, keys):
        path.chmod(mode)
    env |= {
        "SECRET_KEY_FILE": str(secret),
        "FIELD_KEYS_FILE": str(keys),
        "PORTAL_URL": "https://portal.example.edu",
        "ALLOWED_HOSTS": "portal.example.edu",
        "DATABASE_URL": "sqlite://:memory:",
        "SECOND_FACTOR": "required",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_secrets_in_closed_files_are_read_and_pass_and_open_files_are_refused(tmp_path: Path) -> None:
    closed = check_deployment(tmp_path, 0o600)
    assert closed.returncode == 0, closed.stderr
    opened = check_deployment(tmp_path, 0o644)
    assert opened.returncode == 1
    assert opened.stderr.count("kernel.E005") == 2


@pytest.mark.django_db
def test_another_key_under_the_name_of_the_one_that_wrote_is_refused(settings: Any) -> None:
    first, other = secrets.token_bytes(32), secrets.token_bytes(32)
    settings.FIELD_KEYS = [entry(first)]
    key_checks.remember_first_key(at=timezone.now())
    key_checks.refuse_wrong_keys()
    settings.FIELD_KEYS = [entry(other)]
    assert [error.id for error in checks.keys_are_those_that_wrote()] == ["kernel.E006"]
    with pytest.raises(ImproperlyConfigured, match="k1 is not the key") as error:
        key_checks.refuse_wrong_keys()
    assert base64.b64encode(other).decode() not in str(error.value)
    # A new key has a name of its own, and the old one reads on.
    settings.FIELD_KEYS = [entry(other, "k2"), entry(first)]
    key_checks.refuse_wrong_keys()
    key_checks.remember_first_key(at=timezone.now())
    settings.FIELD_KEYS = [entry(first, "k2"), entry(first)]
    assert list(key_checks.wrong_keys()) == ["k2"]


def test_a_process_with_a_wrong_key_does_not_start(tmp_path: Path) -> None:
    right, wrong = entry(secrets.token_bytes(32)), entry(secrets.token_bytes(32))
    env = {"SECRET_KEY": secrets.token_urlsafe(50), "DATABASE_URL": f"sqlite:///{tmp_path}/portal.sqlite3"}

    def started(keys: str, *command: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, *command]
        everything = os.environ | env | {"FIELD_KEYS": keys}
        return subprocess.run(line, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)

    assert started(right, "manage.py", "migrate", "kernel", "0003", "--verbosity", "0").returncode == 0
    assert started(right, "-c", "import portal.wsgi").returncode == 0
    refused = started(wrong, "-c", "import portal.wsgi")
    assert (refused.returncode, "k1 is not the key" in refused.stderr) == (1, True)
