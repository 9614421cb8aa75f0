import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from kernel.fields import Ciphertext
from kernel.management.commands import rotate_keys
from network.models import RosterImport, User
from tests.factories import make_school
from tests.kernel.conftest import key
from tests.services import ROOT
from tests.sizes import size

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
OLD, NEW = key("k1", "a"), key("k2", "b")
SECRET = "导入的名单"


@pytest.fixture
def imports(user: User, settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    school = make_school(at=AT)
    RosterImport.objects.bulk_create(
        RosterImport(
            school=school, file_name=f"{n:02d}", content=f"{SECRET}{n}", undo="", uploaded_by=user, uploaded_at=AT
        )
        for n in range(25)
    )


def rotate(batch: int = 10) -> dict[str, dict[str, int]]:
    out = StringIO()
    call_command("rotate_keys", batch=batch, json=True, stdout=out)
    return columns(out.getvalue())


def columns(output: str) -> dict[str, dict[str, int]]:
    told = json.loads(output.splitlines()[-1])
    assert told["rewritten"] == sum(count["rewritten"] for count in told["columns"])
    return {f"{count['table']}.{count['column']}": count for count in told["columns"]}


def keys_in_use() -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT substr(content, 1, 2), count(*) FROM network_rosterimport GROUP BY 1")
        return dict(cursor.fetchall())


def all_readable() -> bool:
    return {row.content for row in RosterImport.objects.all()} == {f"{SECRET}{n}" for n in range(25)}


def test_every_row_is_written_anew_and_the_old_key_can_go(imports: None, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    counts = rotate()
    assert counts["network_rosterimport.content"]["rewritten"] == 25
    assert counts["network_rosterimport.undo"]["rewritten"] == 0
    assert "reporting_line.observation" in counts
    assert keys_in_use() == {"k2": 25}
    settings.FIELD_KEYS = [NEW]
    assert all_readable()


def test_a_second_run_finds_nothing_to_do(imports: None, settings: Any) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    rotate()
    assert rotate()["network_rosterimport.content"]["rewritten"] == 0


def dying_after(updates: int) -> Callable[..., Any]:
    """A database line that is cut after so many updates."""
    left = [updates]

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE"):
            if not left[0]:
                raise KeyboardInterrupt
            left[0] -= 1
        return execute(sql, params, many, context)

    return wrapper


@pytest.mark.django_db(transaction=True)
def test_a_killed_run_leaves_every_row_readable_and_goes_on_where_it_was(
    user: User, settings: Any, imports: None
) -> None:
    settings.FIELD_KEYS = [NEW, OLD]
    with connection.execute_wrapper(dying_after(17)), pytest.raises(KeyboardInterrupt):
        rotate(batch=10)
    assert keys_in_use() == {"k1": 15, "k2": 10}
    assert all_readable()
    assert rotate(batch=10)["network_rosterimport.content"]["rewritten"] == 15
    assert all_readable()


ROWS = size(quick=3000, full=10_000)


@pytest.fixture
def many(user: User, settings: Any) -> None:
    settings.FIELD_KEYS = [OLD]
    school = make_school(at=AT)
    RosterImport.objects.bulk_create(
        (
            RosterImport(
                school=school, file_name=str(n), content=f"{SECRET}{n}", undo="", uploaded_by=user, uploaded_at=AT
            )
            for n in range(ROWS)
        ),
        batch_size=500,
    )


def run_apart(*options: str) -> subprocess.Popen[str]:
    """The command as a process of its own, on the test's database."""
    given = connection.settings_dict
    place = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    url = f"sqlite:///{given['NAME']}" if connection.vendor == "sqlite" else place
    env = os.environ | {"DATABASE_URL": url, "FIELD_KEYS": f"{NEW},{OLD}"}
    command = [sys.executable, "-u", "manage.py", "rotate_keys", *options]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)


@pytest.mark.django_db(transaction=True)
def test_rows_survive_that_the_process_is_killed_half_way(many: None, settings: Any) -> None:
    killed = run_apart("--batch", "20")
    assert killed.stdout is not None
    while keys_in_use().get("k2", 0) < ROWS // 5:
        assert killed.poll() is None
    killed.kill()
    killed.communicate()
    half = keys_in_use()
    assert 0 < half["k2"] < ROWS
    assert half["k2"] % 20 == 0, "a batch was written in part"
    settings.FIELD_KEYS = [NEW, OLD]
    assert {row.content for row in RosterImport.objects.all()} == {f"{SECRET}{n}" for n in range(ROWS)}
    output, _ = run_apart("--json").communicate()
    told = columns(output)["network_rosterimport.content"]
    assert (told["total"], told["done"], told["rewritten"]) == (ROWS, ROWS, ROWS - half["k2"])
    settings.FIELD_KEYS = [NEW]
    assert {row.content for row in RosterImport.objects.all()} == {f"{SECRET}{n}" for n in range(ROWS)}


def test_a_long_column_tells_how_far_it_has_come(imports: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotate_keys, "SECONDS_BETWEEN_REPORTS", 0.0)
    settings.FIELD_KEYS = [NEW, OLD]
    out = StringIO()
    call_command("rotate_keys", batch=10, stdout=out)
    told = [line for line in out.getvalue().splitlines() if line.startswith("network_rosterimport.content")]
    assert [line.partition(": ")[2].partition(",")[0] for line in told] == ["10 / 25", "20 / 25", "25 / 25", "25 / 25"]


def test_what_cannot_be_read_is_counted_left_alone_and_reported(imports: None, settings: Any) -> None:
    RosterImport.objects.filter(file_name="07").update(content=Ciphertext("k0:AAAA"))
    settings.FIELD_KEYS = [NEW, OLD]
    out = StringIO()
    with pytest.raises(CommandError, match="keep the old keys"):
        call_command("rotate_keys", batch=3, stdout=out)
    assert "network_rosterimport.content: 24 / 25, 24 rewritten, 1 unreadable" in out.getvalue()
    assert keys_in_use() == {"k0": 1, "k2": 24}


def test_no_text_and_no_key_is_printed_or_logged(
    imports: None, settings: Any, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    RosterImport.objects.filter(file_name="07").update(content=Ciphertext("k0:AAAA"))
    settings.FIELD_KEYS = [NEW, OLD]
    caplog.set_level(logging.DEBUG, logger="portal")
    with pytest.raises(CommandError):
        call_command("rotate_keys")
    seen = caplog.text + "".join(capfd.readouterr())
    assert "network_rosterimport.content" in seen
    assert SECRET not in seen
    assert OLD[3:] not in seen
    assert NEW[3:] not in seen
