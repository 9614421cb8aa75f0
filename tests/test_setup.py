import os
import re
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from setup import demo, report_coverage, write_env
from tests.services import ROOT

SERVICES = ("web", "worker", "alarms", "beat", "migrate", "database", "redis")


def service_blocks() -> dict[str, str]:
    services = (ROOT / "docker-compose.yml").read_text().split("\nservices:\n")[1].split("\nvolumes:\n")[0]
    pieces = re.split(r"^  ([a-z]+):\n", services, flags=re.MULTILINE)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def test_the_example_names_every_variable_that_the_settings_read() -> None:
    read = set(re.findall(r"env\.[a-z_]+\(\"([A-Z_]+)\"", (ROOT / "portal" / "settings.py").read_text()))
    told = set(re.findall(r"^(?:# )?([A-Z_]+)=", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    assert len(read) > 10
    assert read <= told


def test_the_handbook_explains_every_variable_that_the_settings_read() -> None:
    read = set(re.findall(r"env\.[a-z_]+\(\"([A-Z_]+)\"", (ROOT / "portal" / "settings.py").read_text()))
    handbook = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in sorted(read) if f"`{name}`" not in handbook] == []


@pytest.mark.parametrize("name", ["SECRET_KEY", "FIELD_KEYS", "AUDIT_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD"])
def test_the_containers_have_no_default_for_a_secret(name: str) -> None:
    compose = (ROOT / "docker-compose.yml").read_text()
    uses = re.findall(rf"\$\{{{name}(.)", compose)
    assert uses
    assert set(uses) == {":"}
    assert re.findall(rf"\$\{{{name}:[^?]", compose) == []
    assert re.search(rf"^{name}=$", (ROOT / ".env.example").read_text(), flags=re.MULTILINE)


def test_every_service_that_stays_has_a_health_check() -> None:
    blocks = service_blocks()
    assert tuple(blocks) == SERVICES
    assert [name for name, block in blocks.items() if "healthcheck:\n" not in block] == ["migrate"]


def test_the_queue_survives_a_restart() -> None:
    assert '--appendonly, "yes"' in service_blocks()["redis"]
    assert "--appendonly yes" in (ROOT / "Procfile").read_text()


def test_each_redis_that_we_start_asks_for_a_password() -> None:
    assert "--requirepass" in service_blocks()["redis"]
    for name in ("Procfile", "Procfile.dev"):
        assert "'requirepass %s\\n' \"$REDIS_PASSWORD\"" in (ROOT / name).read_text()


def test_the_image_does_not_run_as_root_and_takes_no_secrets_along() -> None:
    last_user = re.findall(r"^USER (\d+)$", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)[-1]
    assert int(last_user) > 0
    assert {".env", "var", ".git"} <= set((ROOT / ".dockerignore").read_text().split())


def test_the_lock_file_of_the_front_end_names_no_host() -> None:
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_first_secrets_are_fresh_closed_to_others_and_never_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "var" / "env"
    monkeypatch.setattr(write_env, "TARGET", target)
    write_env.main()
    first = target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert re.search(r"^SECRET_KEY=\S{60,}\nFIELD_KEYS=k[0-9a-f]{6}:\S{44}\nAUDIT_KEY=\S{44}\n$", first)
    write_env.main()
    assert target.read_text() == first
    assert write_env.contents() != first


@pytest.mark.parametrize(("name", "extra"), [("Procfile", []), ("Procfile.dev", ["assets"])])
def test_whatever_is_started_is_declared(name: str, extra: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    declared = re.findall(r"^(\w+):", (ROOT / name).read_text(), flags=re.MULTILINE)
    monkeypatch.setattr(demo.shutil, "which", lambda _name: "/usr/bin/redis-server")
    assert {*demo.processes({}), *extra} == set(declared)


def test_the_services_of_a_server_are_installed_with_fresh_keys_and_no_relaxed_setting(tmp_path: Path) -> None:
    if not (ROOT / "var" / "env").exists():
        write_env.main()
    script = ROOT / "setup" / "install_units.sh"
    subprocess.run([script], env=os.environ | {"ROOT": str(tmp_path)}, check=True, capture_output=True)
    units = {path.name: path.read_text() for path in (tmp_path / "etc/systemd/system").iterdir()}
    services = [name for name, text in units.items() if "Restart=always" in text]
    assert sorted(services) == [f"shouwang-{name}.service" for name in ("alarms", "beat", "web", "worker")]
    assert [name for name, text in units.items() if "@FOLDER@" in text] == []
    programs = re.findall(r"^ExecStart=(\S+)", "\n".join(units.values()), flags=re.MULTILINE)
    assert len(programs) == 7
    assert [program for program in programs if not Path(program).exists()] == []
    env = tmp_path / "etc/shouwang/env"
    assert stat.S_IMODE(env.stat().st_mode) == 0o600
    assert "SECOND_FACTOR=off" not in env.read_text()


def test_each_dependency_has_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text().split("[tool.uv]")[0]
    listed = re.findall(r'^  "([\w-]+)[^"]*",(.*)$', text, flags=re.MULTILINE)
    groups = tomllib.loads(text)
    named = [
        *groups["project"]["dependencies"],
        *groups["project"]["optional-dependencies"]["postgres"],
        *(package for group in groups["dependency-groups"].values() for package in group),
    ]
    assert len(listed) == len(named)
    assert [package for package, reason in listed if len(reason) < len("  # why")] == []


def test_the_public_host_runs_the_same_script_and_the_hooks_fetch_nothing() -> None:
    assert "run: .ci/run\n" in (ROOT / ".github/workflows/ci.yml").read_text()
    assert re.findall(r"repo: (\S+)", (ROOT / ".pre-commit-config.yaml").read_text()) == ["local"]


def test_the_health_check_fails_when_nothing_listens() -> None:
    env = os.environ | {"PORT": "1", "PORTAL_URL": "https://portal.example.edu"}
    assert subprocess.run([sys.executable, "setup/healthcheck.py"], cwd=ROOT, env=env, check=False).returncode == 1


@pytest.mark.parametrize("script", [*sorted(ROOT.glob("setup/*.sh")), ROOT / ".ci/run"], ids=lambda path: path.name)
def test_shell_scripts_parse_and_are_strict(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0
    assert "-uo pipefail" in script.read_text() or "-euo pipefail" in script.read_text()
    assert os.access(script, os.X_OK)


@pytest.mark.parametrize(
    ("name", "room", "aim"),
    [
        ("crisis/services/cases/lifecycle.py", "crisis/services", 100),
        ("crisis/policies.py", "crisis/policies", 100),
        ("crisis/views/cases.py", "crisis", 90),
        ("portal/urls.py", "portal", 90),
        ("reporting/rules/totals.py", "reporting/rules", 100),
    ],
)
def test_coverage_is_asked_for_room_by_room(name: str, room: str, aim: int) -> None:
    assert report_coverage.room_of(name) == room
    assert report_coverage.floor_of(room, {}) == aim
    assert report_coverage.floor_of(room, {room: 73}) == 73


def test_the_floors_of_coverage_are_of_rooms_that_are_there() -> None:
    rooms = list(report_coverage.read_floors())
    assert [room for room in rooms if not any((ROOT / f"{room}{tail}").exists() for tail in ("", ".py"))] == []
