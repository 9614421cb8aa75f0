import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from network.models import RosterImport, User
from portal.kernel.fields import Ciphertext
from tests.factories import make_school
from tests.kernel.conftest import key

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
    return {f"{count['table']}.{count['column']}": count for count in json.loads(out.getvalue())}


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


def test_what_cannot_be_read_is_counted_left_alone_and_reported(imports: None, settings: Any) -> None:
    RosterImport.objects.filter(file_name="07").update(content=Ciphertext("k0:AAAA"))
    settings.FIELD_KEYS = [NEW, OLD]
    out = StringIO()
    with pytest.raises(CommandError, match="keep the old keys"):
        call_command("rotate_keys", batch=3, stdout=out)
    assert "network_rosterimport.content: 24 rewritten, 1 unreadable" in out.getvalue()
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
