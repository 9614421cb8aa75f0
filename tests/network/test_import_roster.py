import json
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kernel.models import AuditEvent
from network.models import RosterImport, Student, Unit, User
from network.rules import Level, Role
from network.services import create_school
from tests.network import roster_files as files

pytestmark = pytest.mark.django_db
Answer = dict[str, Any]


def run(path: Path, *options: str) -> tuple[int, Answer]:
    """Exit code and the object on the last line."""
    out = StringIO()
    code = 0
    try:
        call_command("import_roster", str(path), "--json", *options, stdout=out)
    except SystemExit as stop:
        code = int(str(stop.code))
    return code, json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return files.write(tmp_path, {"学生名册": files.students(), "教职工": files.staff()})


@pytest.fixture
def dirty(tmp_path: Path) -> Path:
    """Rows 2 to 25 are good but for rows 4 (status), 5 (mended) and 6 (no room)."""
    rows = files.students()
    rows[2] |= {"学籍状态": "未知"}
    rows[3] |= {"姓名": " 丁明 "}
    rows[4] |= {"房间号": ""}
    return files.write(tmp_path, {"学生名册": rows, "教职工": files.staff()}, "dirty.xlsx")


def test_the_first_import_makes_the_school(clean: Path) -> None:
    code, answer = run(clean, "--name", "明德大学")
    assert code == 0
    assert answer["students"] == {"new": 24, "changed": 0, "unchanged": 0, "left": 0}
    assert answer["staff"] == {"new": 6, "changed": 0, "unchanged": 0, "left": 0}
    assert answer["units"] == {"new": 11, "by_level": {"college": 2, "class": 3, "dorm": 6}}
    assert (answer["errors"], answer["warnings"], answer["mended"], answer["rooms_shared"]) == ([], [], {}, 0)
    school = Unit.objects.get(level=Level.SCHOOL)
    assert (school.code, school.name) == ("S1", "明德大学")


def test_a_dry_run_writes_nothing(clean: Path) -> None:
    code, answer = run(clean, "--dry-run")
    assert (code, answer["students"]["new"]) == (0, 24)
    assert not Unit.objects.exists()
    assert not AuditEvent.objects.exists()


def test_a_second_run_finds_everything_unchanged(clean: Path) -> None:
    run(clean)
    code, answer = run(clean)
    assert (code, answer["students"]) == (0, {"new": 0, "changed": 0, "unchanged": 24, "left": 0})
    assert answer["units"]["new"] == 0
    assert RosterImport.objects.count() == 1


def test_a_bad_row_stops_everything(dirty: Path) -> None:
    code, answer = run(dirty)
    assert code == 1
    assert answer["errors"] == [
        {
            "sheet": "学生名册",
            "row": 4,
            "column": "学籍状态",
            "code": "status-unknown",
            "message": "Row 4: “学籍状态” says “未知”. Please enter 在读, 休学, 复学, 退学 or 毕业.",
        }
    ]
    assert not Unit.objects.exists()


def test_bad_rows_are_left_out_when_that_is_asked_for(dirty: Path) -> None:
    code, answer = run(dirty, "--skip-bad")
    assert code == 1
    assert answer["students"]["new"] == 23
    assert answer["mended"] == {"spaces-around": 1}
    assert [(one["row"], one["code"]) for one in answer["warnings"]] == [(6, "room-missing")]
    assert Student.objects.count() == 23


def test_too_small_a_file_is_refused_even_with_skip_bad(clean: Path, tmp_path: Path) -> None:
    run(clean)
    small = files.write(tmp_path, {"学生名册": files.students(3)}, "small.xlsx")
    code, answer = run(small, "--skip-bad")
    assert (code, [one["code"] for one in answer["errors"]]) == (1, ["roster-too-small"])
    assert Student.objects.present().count() == 24
    code, answer = run(small, "--partial")
    assert (code, answer["students"]["unchanged"]) == (0, 3)


def test_a_file_that_is_no_workbook_is_told_in_the_same_form(tmp_path: Path) -> None:
    path = tmp_path / "roster.xlsx"
    path.write_bytes(b"no workbook")
    code, answer = run(path)
    assert code == 1
    assert answer["students"]["new"] == 0
    assert len(answer["errors"]) == 1
    assert answer["errors"][0]["message"]


def test_without_json_the_outcome_is_told_in_lines(dirty: Path) -> None:
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("import_roster", str(dirty), stdout=out)
    assert "warnings: 1, errors: 1" in out.getvalue()
    assert "学生名册 Row 4:" in out.getvalue()


def test_with_several_schools_one_must_be_named(clean: Path, at: datetime) -> None:
    for code in ("S1", "S2"):
        create_school(code=code, name=code, by=None, at=at)
    with pytest.raises(CommandError, match="S1, S2"):
        run(clean)
    with pytest.raises(CommandError, match="no school S3"):
        run(clean, "--school", "S3")
    run(clean, "--school", "S2")
    assert set(Student.objects.values_list("school__code", flat=True)) == {"S2"}


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file"):
        run(tmp_path / "none.xlsx")


def test_create_school_lets_its_administrator_in() -> None:
    out = StringIO()
    arguments = {"code": "MD", "name": "明德大学", "admin": "90001", "admin_name": "管理员"}
    call_command("create_school", **arguments, stdout=out)
    user = User.objects.get(number="90001")
    assert user.posts.get().role == Role.SECURITY_ADMINISTRATOR
    code = out.getvalue().split()[-1]
    assert user.check_password(code)
    assert user.must_change_password
    with pytest.raises(CommandError, match="code is taken"):
        call_command("create_school", **arguments)
    with pytest.raises(CommandError, match="number is taken"):
        call_command("create_school", **arguments | {"code": "MD2"})
    assert Unit.objects.schools().count() == 1
