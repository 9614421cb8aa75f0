import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from pypdf import PdfReader

from kernel.models import AuditEvent
from network.rules import Role
from reporting.models import Calendar, Cycle, Summary
from reporting.services import roll_up
from reporting.services.verification import differences
from tests import factories
from tests.conftest import World
from tests.reporting.months import LATE, file_all, file_room


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def answer(*args: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(run(*args, "--json").strip().splitlines()[-1])
    return told


@pytest.mark.django_db
def test_due_dates_need_no_school() -> None:
    told = answer("due_dates", "--year", "2027")
    february = told["months"][1]
    assert (told["year"], len(told["months"]), february["month"]) == (2027, 12, "2027-02")
    assert february["dorm"] == "2027-02-25T23:59:59+08:00"
    assert february["class"] == "2027-02-27T23:59:59+08:00"
    assert february["college"] == "2027-02-28T23:59:59+08:00"


def test_due_dates_follow_the_calendar_and_the_opened_cycle(world: World, cycle: Cycle) -> None:
    Calendar.objects.filter(school=world.school).update(dorm_day=20, vacation_months=[2, 8])
    months = {one["month"]: one for one in answer("due_dates", "--year", "2026", "--school", "MD")["months"]}
    assert months["2026-08"]["vacation"] and months["2026-08"]["dorm"] is None
    assert months["2026-12"]["dorm"].startswith("2026-12-20")
    assert months["2026-11"]["dorm"].startswith("2026-11-25")


def test_due_dates_ask_which_school_is_meant(world: World) -> None:
    with pytest.raises(CommandError, match="--school CODE"):
        run("due_dates", "--year", "2026")
    with pytest.raises(CommandError, match="No school has the code"):
        run("due_dates", "--year", "2026", "--school", "XX")
    with pytest.raises(CommandError, match="not a year"):
        run("due_dates", "--year", "0")


def test_roll_up_writes_the_figures_and_its_check_agrees(world: World, cycle: Cycle) -> None:
    file_all(world, cycle)
    told = answer("roll_up", "--month", "2026-11", "--school", "MD")
    assert told["schools"][0]["figures"]["rain"] == 1
    checked = answer("roll_up", "--month", "2026-11", "--check")
    assert (checked["ok"], checked["schools"][0]["differences"]) == (True, [])


def test_the_check_counts_what_came_in_since_before_it_compares(world: World, cycle: Cycle) -> None:
    roll_up(cycle=cycle, at=LATE.replace(day=2))
    file_room(world, cycle, "own", [1, 1, 1, 4])
    assert answer("roll_up", "--month", "2026-11", "--check")["schools"][0]["figures"]["rain"] == 1


def test_the_check_ends_with_one_when_a_summary_was_changed(
    world: World, cycle: Cycle, capsys: pytest.CaptureFixture[str]
) -> None:
    file_all(world, cycle)
    roll_up(cycle=cycle, at=LATE)
    row = Summary.objects.get(unit=world.it)
    row.figures["clear"] += 1
    row.save()
    with pytest.raises(SystemExit) as ended:
        call_command("roll_up", "--month", "2026-11", "--check", "--json")
    assert ended.value.code == 1
    told = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
    assert told["schools"][0]["differences"] == [{"where": world.it.code, "figure": "clear", "stored": 9, "counted": 8}]


@pytest.mark.parametrize(
    ("month", "words"), [("2026-13", "not a month"), ("2020-01", "No cycle was opened for 2020-01")]
)
def test_roll_up_says_what_is_wrong_with_a_month(month: str, words: str, world: World) -> None:
    with pytest.raises(CommandError, match=words):
        run("roll_up", "--month", month, "--school", "MD")


def test_export_summary_writes_a_pdf_of_the_figures(world: World, cycle: Cycle, tmp_path: Path) -> None:
    file_all(world, cycle)
    out = tmp_path / "md.pdf"
    told = answer("export_summary", "--unit", "明德大学", "--month", "2026-11", "--out", str(out))
    assert (told["students"], told["reported"], told["unit"]) == (14, 14, "MD")
    assert told["weather"]["rain"] is None
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(out).pages).split())
    assert "14 of 14 students were reported on" in text
    assert AuditEvent.objects.filter(action="summary.export", unit="MD").exists()


def test_export_summary_speaks_the_language_asked_for_and_names_who_exports(
    world: World, cycle: Cycle, tmp_path: Path
) -> None:
    director, out = world.holder(Role.CENTER_DIRECTOR), tmp_path / "md.pdf"
    run(
        *("export_summary", "--unit", "MD", "--month", "2026-11", "--out", str(out)),
        *("--by", director.number, "--language", "zh-hans"),
    )
    reader = PdfReader(out)
    assert str(reader.root_object["/Lang"]) == "zh-Hans"
    assert director.number in reader.pages[0].extract_text()


@pytest.mark.parametrize(
    ("unit", "month", "words"),
    [
        ("没有", "2026-11", "No school, college or class is called"),
        ("一班", "2026-11", "Several units are called"),
        ("MD", "11/2026", "not a month"),
        ("MD", "2026-10", "never opened"),
        ("新学院", "2026-11", "had no students that month"),
    ],
)
def test_export_summary_says_what_to_do(
    unit: str, month: str, words: str, world: World, cycle: Cycle, tmp_path: Path
) -> None:
    for college in (world.it, world.arts, factories.make_college(world.school, "新学院", at=LATE)):
        factories.make_class(college, "一班", at=LATE)
    with pytest.raises(CommandError, match=words):
        run("export_summary", "--unit", unit, "--month", month, "--out", str(tmp_path / "x.pdf"))


def test_export_summary_names_a_file_that_cannot_be_written_and_an_unknown_person(
    world: World, cycle: Cycle, tmp_path: Path
) -> None:
    with pytest.raises(CommandError, match="cannot be written"):
        run("export_summary", "--unit", "MD", "--month", "2026-11", "--out", str(tmp_path / "no" / "x.pdf"))
    with pytest.raises(CommandError, match="Nobody has the number"):
        run("export_summary", "--unit", "MD", "--month", "2026-11", "--out", str(tmp_path / "x.pdf"), "--by", "0")


def test_the_check_holds_the_rooms_against_the_school(world: World, cycle: Cycle) -> None:
    file_all(world, cycle)
    roll_up(cycle=cycle, at=LATE)
    row = Summary.objects.get(unit=world.school)
    row.figures["clear"] += 2
    row.save()
    assert [(one.where, one.figure, one.stored, one.counted) for one in differences(cycle=cycle, at=LATE)] == [
        ("MD", "clear", 14, 12),
        ("rooms = school", "clear", 14, 12),
    ]
