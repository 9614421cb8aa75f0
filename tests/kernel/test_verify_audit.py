import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from kernel import anchors, audit, guards
from kernel.tasks import anchor_audit

AT = datetime(2026, 11, 23, 16, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.AUDIT_ANCHOR_DIR = str(tmp_path / "anchors")
    settings.AUDIT_KEY = b64encode(b"a" * 32).decode()
    return tmp_path / "anchors"


@pytest.fixture
def log(db: None) -> None:
    for number in range(9):
        audit.record(action="student.read", by=None, at=AT, detail={"n": number})
    connection.check_constraints()


def verify(*arguments: str) -> dict[str, Any]:
    """What the command finds, and whether it ended well."""
    out = StringIO()
    try:
        call_command("verify_audit", "--json", *arguments, stdout=out)
        ended = True
    except CommandError as error:
        assert error.returncode == 1
        ended = False
    found: dict[str, Any] = json.loads(out.getvalue())
    assert found["holds"] is ended
    return found


def attack(statement: str) -> None:
    guards.unguard_audit(connection)
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_log_that_holds_says_so_in_words(log: None) -> None:
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert out.getvalue().splitlines() == [
        "9 entries, 0 anchors.",
        "Without an anchor nobody can tell whether the end was cut off.",
        "The log holds.",
    ]


def test_beat_keeps_an_anchor_a_day_and_the_log_may_grow_on(log: None, folder: Path) -> None:
    anchor_audit()
    audit.record(action="student.read", by=None, at=AT)
    connection.check_constraints()
    assert len(list(folder.iterdir())) == 1
    assert verify() == {
        "holds": True, "entries": 10, "fault": None, "entry": None, "anchors": 1, "restores": [], "wrong_signatures": []
    }  # fmt: skip


def test_an_edited_entry_is_named_in_words(log: None) -> None:
    attack("UPDATE kernel_auditevent SET actor = 'x' WHERE id = (SELECT event_id FROM kernel_auditlink"
           " WHERE sequence = 4)")  # fmt: skip
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_audit", stdout=out)
    assert "Entry 4 is not as it was written." in out.getvalue()


def test_a_cut_tail_is_found_by_the_anchor(log: None) -> None:
    path = anchors.write(at=AT)
    attack("DELETE FROM kernel_auditevent WHERE id IN (SELECT event_id FROM kernel_auditlink WHERE sequence > 6)")
    attack("DELETE FROM kernel_auditlink WHERE sequence > 6")
    assert verify("--anchor", str(path))["fault"] == "cut"
    assert verify()["entry"] == 7


@pytest.mark.parametrize("change", [{"sequence": 8}, {"hash": "0" * 64}, {"signature": "AAAA"}, {"more": 1}])
def test_a_changed_anchor_is_refused(log: None, folder: Path, change: dict[str, Any]) -> None:
    path = anchors.write(at=AT)
    said = json.loads(path.read_text()) | change
    forged = folder / "anchor-forged.json"
    forged.write_text(json.dumps(said))
    assert verify("--anchor", str(forged))["wrong_signatures"] == [str(forged)]


def test_an_anchor_signed_with_another_key_counts_only_while_that_key_is_known(log: None, settings: Any) -> None:
    anchors.write(at=AT)
    old = anchors.public_key()
    settings.AUDIT_KEY = b64encode(b"b" * 32).decode()
    assert verify()["wrong_signatures"]
    settings.AUDIT_PUBLIC_KEYS = [old]
    assert verify()["holds"]


def test_a_file_that_is_no_anchor_is_told(log: None, folder: Path) -> None:
    assert verify("--anchor", str(folder / "none.json"))["wrong_signatures"]


def test_an_anchor_is_never_overwritten(log: None) -> None:
    path = anchors.write(at=AT)
    first = path.read_text()
    assert anchors.write(at=AT) == path
    assert path.read_text() == first
    assert path.stat().st_mode & 0o222 == 0
    assert anchors.write(at=AT + timedelta(days=1)) != path


def test_without_a_key_of_its_own_the_portals_secret_signs(log: None, settings: Any) -> None:
    settings.AUDIT_KEY = ""
    anchors.write(at=AT)
    assert verify()["anchors"] == 1
    settings.SECRET_KEY = "another"
    assert verify()["wrong_signatures"]


@pytest.mark.parametrize("key", ["no base64!", "c2hvcnQ="])
def test_a_key_that_is_none_is_refused(db: None, settings: Any, key: str) -> None:
    settings.AUDIT_KEY = key
    with pytest.raises(ImproperlyConfigured, match="AUDIT_KEY"):
        anchors.write(at=AT)
