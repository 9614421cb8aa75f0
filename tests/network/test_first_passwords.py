import json
import stat
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from openpyxl import load_workbook

from network.models import User
from network.rules import Role
from tests.conftest import World


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("issue_slips", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def waiting(world: World) -> User:
    head = world.holder(Role.DORM_HEAD)
    User.objects.filter(pk=head.pk).update(must_change_password=True)
    return head


def test_the_workbook_holds_a_code_that_works_and_is_readable_by_its_owner_alone(waiting: User, tmp_path: Path) -> None:
    target = tmp_path / "slips.xlsx"
    outcome = json.loads(run("--unit", "MD", "--out", str(target), "--json"))
    assert outcome == {"unit": "MD", "slips": 1, "file": str(target)}
    rows = list(load_workbook(target)["Slips"].values)
    waiting.refresh_from_db()
    assert rows[1][:3] == (waiting.number, waiting.name, "东6栋-101")
    assert waiting.check_password(str(rows[1][4]))
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_it_says_in_words_what_it_did(waiting: User, tmp_path: Path) -> None:
    assert run("--unit", "MD", "--out", str(tmp_path / "a.xlsx")).startswith("1 slips written to ")


def test_an_unknown_unit_is_said(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no unit has the code XX"):
        run("--unit", "XX", "--out", str(tmp_path / "a.xlsx"))


def test_a_file_is_never_overwritten(waiting: User, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_text("mine")
    with pytest.raises(CommandError, match="exists already"):
        run("--unit", "MD", "--out", str(tmp_path / "a.xlsx"))


def test_nothing_is_written_when_nobody_waits(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="signed in already"):
        run("--unit", "MD", "--out", str(tmp_path / "a.xlsx"))
    assert not (tmp_path / "a.xlsx").exists()
