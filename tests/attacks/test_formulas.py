import ast
import re
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.test import Client

from kernel import audit
from kernel.xlsx import write_workbook
from network.models import RosterImport, Student, User
from network.rules import Role
from network.services.rosters import compare_import, upload_roster
from network.services.rosters.sheets import fault_sheets, sample_sheets
from network.services.signin.first_passwords import first_passwords_workbook, issue_post_passwords
from tests.attacks.payloads import FORMULAS
from tests.conftest import World
from tests.network import roster_files

ROOT = Path(settings.BASE_DIR)
CSV_WRITER = re.compile(r"\b(csv\.writer|DictWriter)\b")
WRITERS = {"xlsxwriter", "openpyxl", "xlwt", "pandas"}


def texts(workbook: bytes) -> list[str]:
    """Every text of the workbook, each surely a text: no formula, no link, no reference to another program."""
    found = []
    for sheet in openpyxl.load_workbook(BytesIO(workbook)).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", f"{sheet.title} {cell.coordinate}: {cell.value!r}"
                assert cell.hyperlink is None
                if cell.data_type == "s":
                    found.append(str(cell.value))
    return found


def carried(found: list[str]) -> int:
    return sum(any(payload.strip() in text for text in found) for payload in FORMULAS)


def test_there_are_sixty() -> None:
    assert len(set(FORMULAS)) == 60


def test_the_writer_keeps_every_text_a_text() -> None:
    found = texts(write_workbook({"a": [["头"], *[[payload] for payload in FORMULAS]], "b": [FORMULAS]}))
    assert carried(found) == 60
    assert found.count(FORMULAS[0]) == 2


def test_names_in_slips_stay_names(world: World) -> None:
    holders, found = [holder.pk for (_, unit), holder in world.people.items() if unit == world.it1.pk], []
    for start in range(0, 60, len(holders)):
        for holder, payload in zip(holders, FORMULAS[start:], strict=False):
            User.objects.filter(pk=holder).update(name=payload[:40], must_change_password=True, last_login=None)
        found += texts(first_passwords_workbook(slips=issue_post_passwords(unit=world.it1, by=None, at=world.at)))
    assert sum(any(payload[:40].strip() in text for text in found) for payload in FORMULAS) == 60


def test_what_is_wrong_in_a_roster_is_told_in_texts(world: World, at: datetime) -> None:
    by = world.people[Role.CENTER_DIRECTOR, world.school.pk]
    rows = [
        roster_files.student(n, **{column: f" {payload}"})
        for n, payload in enumerate(FORMULAS, start=1)
        for column in ("学籍状态",)
    ]
    content = roster_files.workbook({"学生名册": rows})
    roster = upload_roster(school=world.school, file_name="a.xlsx", content=content, is_partial=True, by=by, at=at)
    compare_import(pk=roster.pk, at=at)
    found = texts(write_workbook(fault_sheets(RosterImport.objects.get(pk=roster.pk))))
    assert carried(found) >= 20
    texts(write_workbook(sample_sheets()))


def test_the_audit_log_is_exported_in_texts(world: World, login: Callable[[User], Client], november: datetime) -> None:
    student = Student.objects.filter(school=world.school).first()
    for payload in FORMULAS:
        by = world.people[Role.CENTER_DIRECTOR, world.school.pk]
        by.name = payload[:40]
        audit.record(
            action=payload[:80], by=by, at=world.at, obj=student, unit=world.school.code, detail={"a": payload}
        )
    answer = login(world.holder(Role.AUDITOR)).post("/audit/export/")
    assert answer.status_code == 200
    assert carried(texts(answer.content)) >= 12


@pytest.mark.parametrize(
    "app", ["kernel", "portal", "network", "crisis", "screening", "counseling", "activities", "reporting"]
)
def test_only_one_place_writes_tables(app: str) -> None:
    writers = {
        str(path.relative_to(ROOT))
        for path in (ROOT / app).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in [getattr(node, "module", None) or node.names[0].name]
        if name.split(".")[0] in WRITERS
    }
    # The csv module reads as well; what counts is whether it writes.
    writers |= {
        str(path.relative_to(ROOT)) for path in (ROOT / app).rglob("*.py") if CSV_WRITER.search(path.read_text())
    }
    assert writers == ({"kernel/xlsx/writing.py"} if app == "kernel" else set())
