"""Backup, restore, drill and doctor, as an administrator runs them: in processes of their own, on real databases."""

import base64
import json
import os
import secrets
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
from django.db import connection
from django.test import Client

from tests.services import ROOT

pytestmark = [pytest.mark.xdist_group("operations")]


@dataclass
class Installation:
    """A portal with a database, keys and folders of its own."""

    env: dict[str, str]
    folder: Path

    def run(self, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "manage.py", *command]
        everything = os.environ | self.env | env
        return subprocess.run(line, cwd=ROOT, env=everything, capture_output=True, text=True, check=False)

    def done(self, *command: str, **env: str) -> str:
        process = self.run(*command, **env)
        assert process.returncode == 0, process.stderr
        return process.stdout

    @property
    def archive(self) -> Path:
        (path,) = self.folder.glob("backups/*.backup")
        return path


@pytest.fixture(scope="module")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Addresses of two databases without any table: one in use, one to restore into."""
    names = ["used", "fresh"]
    if connection.vendor == "sqlite":
        folder = tmp_path_factory.mktemp("databases")
        yield {name: f"sqlite:///{folder}/{name}.sqlite3" for name in names}
        return
    server = os.environ["DATABASE_URL"]
    stem = f"operations_{secrets.token_hex(4)}"
    admin = psycopg2.connect(server)
    admin.autocommit = True
    with admin.cursor() as cursor:
        for name in names:
            cursor.execute(f"CREATE DATABASE {stem}_{name}")
    yield {name: f"{server.rpartition('/')[0]}/{stem}_{name}" for name in names}
    with admin.cursor() as cursor:
        for name in names:
            cursor.execute(f"DROP DATABASE {stem}_{name} WITH (FORCE)")
    admin.close()


@pytest.fixture(scope="module")
def installation(databases: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A school with its first administrator, and one backup."""
    folder = tmp_path_factory.mktemp("installation")
    env = {
        "DATABASE_URL": databases["used"],
        "FIELD_KEYS": key("k1"),
        "AUDIT_ANCHOR_DIR": str(folder / "anchors"),
        "REDIS_URL": "",
    }
    made = Installation(env, folder)
    (folder / "backups").mkdir(mode=0o700)
    made.done("migrate", "--verbosity", "0")
    made.done("create_school", "--code", "S1", "--name", "明德大学", "--admin", "10001", "--admin-name", "张三")
    made.done("backup", "--to", str(folder / "backups"))
    return made


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def test_a_backup_comes_back_whole_into_an_empty_database_and_nowhere_else(
    installation: Installation, databases: dict[str, str]
) -> None:
    archive = installation.archive
    assert archive.stat().st_mode & 0o077 == 0
    occupied = installation.run("restore", str(archive), "--without-tombstones")
    assert (occupied.returncode, "not empty" in occupied.stderr) == (1, True)
    fresh = {"DATABASE_URL": databases["fresh"]}
    # An anchor of the present, which the older backup does not know.
    code = "from django.utils.timezone import now; from kernel import anchors, audit; "
    more = "audit.record(action='system.test', by=None, at=now()); anchors.write(at=now())"
    installation.done("shell", "-c", code + more)
    proof = json.loads(
        installation.done("restore", str(archive), "--without-tombstones", "--json", **fresh).splitlines()[-2]
    )
    assert (proof["faults"], proof["rows"] > 100) == ([], True)
    names = "from network.models import Unit, User; print(Unit.objects.get().name, User.objects.get().number)"
    assert "明德大学 10001" in installation.done("shell", "-c", names, **fresh)
    whole = json.loads(installation.done("verify_audit", "--json", **fresh))
    assert (whole["holds"], len(whole["restores"])) == (True, 1)
    again = installation.run("restore", str(archive), "--without-tombstones", **fresh)
    assert (again.returncode, "not empty" in again.stderr) == (1, True)


def test_a_restore_without_a_word_about_erased_people_is_refused(installation: Installation) -> None:
    refused = installation.run("restore", str(installation.archive))
    assert refused.returncode != 0
    assert "--tombstones" in refused.stderr


def test_the_drill_restores_beside_the_database_in_use_and_is_remembered(installation: Installation) -> None:
    assert "is whole" in installation.done("restore_drill", str(installation.folder / "backups"))
    findings = json.loads(installation.run("doctor", "--json").stdout)
    states = {finding["name"]: finding["state"] for finding in findings}
    assert (states["keys"], states["migrations"], states["backup"], states["restore drill"]) == ("ok", "ok", "ok", "ok")


@pytest.mark.parametrize("harm", ["cut", "changed", "encrypted", "not ours"])
def test_a_damaged_file_is_refused_before_anything_is_written(
    installation: Installation, tmp_path: Path, harm: str
) -> None:
    content = bytearray(installation.archive.read_bytes())
    if harm == "cut":
        content = content[: len(content) // 2]
    elif harm == "changed":
        with tarfile.open(installation.archive) as archive:
            place = archive.getmember("database").offset_data + 5000
        content[place] ^= 1
    elif harm == "encrypted":
        content = bytearray(b"age-encryption.org/v1\n" + content)
    else:
        content = bytearray(b"PK\x03\x04 something else")
    file = tmp_path / "harmed.backup"
    file.write_bytes(content)
    refused = installation.run("restore", str(file), "--without-tombstones", DATABASE_URL=f"sqlite:///{tmp_path}/x")
    assert refused.returncode == 1
    words = {
        "cut": "cut off",
        "changed": "changed or damaged",
        "encrypted": "Decrypt it first",
        "not ours": "no backup",
    }
    assert words[harm] in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_backup_of_another_installation_is_told_by_its_keys(installation: Installation, tmp_path: Path) -> None:
    elsewhere = {"DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3", "FIELD_KEYS": key("k1")}
    refused = installation.run("restore", str(installation.archive), "--without-tombstones", **elsewhere)
    assert (refused.returncode, "FIELD_KEYS lacks the key k1" in refused.stderr) == (1, True)


def test_a_backup_is_encrypted_for_a_public_key(installation: Installation, tmp_path: Path) -> None:
    home, folder = tmp_path / "gnupg", tmp_path / "encrypted"
    home.mkdir(mode=0o700)
    folder.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    generate = ["--passphrase", "", "--quick-generate-key", "b@example.edu", "default", "default"]
    subprocess.run([*gpg, *generate], check=True)
    public = tmp_path / "public.asc"
    subprocess.run([*gpg, "--armor", "--output", str(public), "--export"], check=True)
    installation.done("backup", "--to", str(folder), "--recipient", str(public))
    (sealed,) = folder.glob("*.enc")
    assert b"network_user" not in sealed.read_bytes()
    refused = installation.run("restore", str(sealed), "--without-tombstones")
    assert "Decrypt it first" in refused.stderr
    plain = tmp_path / "plain.backup"
    subprocess.run([*gpg, "--output", str(plain), "--decrypt", str(sealed)], check=True)
    assert "is whole" in installation.done("restore_drill", str(plain))
    subprocess.run(["gpgconf", "--homedir", str(home), "--kill", "all"], check=False)


def test_a_folder_that_everybody_opens_and_a_second_backup_are_refused(
    installation: Installation, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    refused = installation.run("backup", "--to", str(tmp_path))
    assert (refused.returncode, "chmod o=" in refused.stderr) == (1, True)
    missing = installation.run("backup", "--to", str(tmp_path / "nowhere"))
    assert (missing.returncode, "mkdir -m 700" in missing.stderr) == (1, True)
    assert [path.name for path in tmp_path.iterdir()] == []


def test_doctor_tells_of_a_wrong_key_and_ends_with_one(installation: Installation) -> None:
    process = installation.run("doctor", FIELD_KEYS=key("k1"))
    assert process.returncode == 1
    assert "trouble  keys: k1 in FIELD_KEYS is not the key that wrote here." in process.stdout


@pytest.mark.django_db
def test_the_portal_is_ready_and_its_figures_open_with_the_token_alone(client: Client, settings: object) -> None:
    assert client.get("/readyz").json() == {"status": "ok", "troubles": []}
    settings.METRICS_TOKEN = "t" * 43  # type: ignore[attr-defined]
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer wrong"}).status_code == 404
    page = client.get("/metrics", headers={"Authorization": "Bearer " + "t" * 43})
    assert page.status_code == 200
    assert b"shouwang_alarms_waiting 0.0" in page.content
    assert b"shouwang_alarm_delivery_troubles 1.0" in page.content
