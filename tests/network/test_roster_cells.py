from datetime import date, datetime

import pytest

from network.rules.cells import FORMULA, Code, is_foot, plain, quoted, read_row
from network.rules.roster_columns import COLUMNS, STAFF_SHEET, STUDENT_SHEET
from network.services.rosters.wording import MESSAGES

ON = date(2026, 11, 10)
STUDENT = {column.name: column for column in COLUMNS[STUDENT_SHEET]}
STAFF = {column.name: column for column in COLUMNS[STAFF_SHEET]}


def read(name: str, cell: object, columns: dict[str, object] = STUDENT) -> tuple[object, list[str], list[str]]:  # type: ignore[assignment]
    column = columns[name]
    reading = read_row({0: column}, 2, [cell], ON)  # type: ignore[dict-item]
    value = reading.values.get(column.attribute)  # type: ignore[attr-defined]
    return (
        value,
        [code.value for _name, code, _value in reading.faults],
        [code.value for _name, code in reading.normalized],
    )


@pytest.mark.parametrize(
    ("cell", "value", "normalized"),
    [
        (date(2006, 10, 23), date(2006, 10, 23), []),
        (datetime(2006, 10, 23, 8, 30), date(2006, 10, 23), []),  # noqa: DTZ001
        ("2006-10-23", date(2006, 10, 23), ["birth-date-text"]),
        ("2006.1.3", date(2006, 1, 3), ["birth-date-text"]),
        ("2006/10/23", date(2006, 10, 23), ["birth-date-text"]),
        ("2006年10月23日", date(2006, 10, 23), ["birth-date-text"]),
        ("20061023", date(2006, 10, 23), ["birth-date-text"]),
        (20061023.0, date(2006, 10, 23), ["birth-date-text"]),
        (39013.0, date(2006, 10, 23), ["birth-date-text"]),
        ("", None, []),
        (None, None, []),
    ],
)
def test_a_date_of_birth_is_read_in_all_usual_ways(cell: object, value: date | None, normalized: list[str]) -> None:
    assert read("出生日期", cell) == (value, [], normalized)


@pytest.mark.parametrize("cell", ["2007-02-30", "不详", "2026-13-01", date(2026, 11, 11), date(1929, 12, 31), "12.5"])
def test_an_impossible_date_of_birth_is_refused(cell: object) -> None:
    assert read("出生日期", cell)[:2] == (None, ["birth-date-impossible"])


@pytest.mark.parametrize("cell", ["20260000012.0", 20260000012.0, 20260000012])
def test_a_number_stored_as_a_number_becomes_text(cell: object) -> None:
    assert read("学号", cell) == ("20260000012", [], ["student-number-as-float"])


def test_invisible_characters_and_full_width_digits_are_mended() -> None:
    assert read("学号", " \u200b２０２６1\u3000") == ("20261", [], ["spaces-around", "full-width-digits"])


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    assert read("生源地", "=1+1") == ("=1+1", [], [])


def test_a_formula_is_refused_whatever_it_shows() -> None:
    assert read("学号", FORMULA) == (None, ["formula"], [])


def test_an_empty_cell_that_is_needed_is_told_once() -> None:
    assert read("班级", None) == ("", ["class-missing"], [])
    assert read("学院", " ") == ("", ["college-unknown"], ["spaces-around"])


def test_several_classes_stand_in_one_cell() -> None:
    assert read("负责班级", "软件2601班、 软件2602班，软件2603班", STAFF)[0] == [
        "软件2601班",
        "软件2602班",
        "软件2603班",
    ]  # type: ignore[arg-type]


def test_a_mail_address_is_checked() -> None:
    assert read("邮箱", "t1@example.edu", STAFF)[1] == []  # type: ignore[arg-type]
    assert read("邮箱", "t1 at example", STAFF)[1] == ["mail-impossible"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("cell", "grade"), [(2026.0, 2026), ("2026级", 2026), ("", None)])
def test_a_grade_is_the_year_of_entry(cell: object, grade: int | None) -> None:
    assert read("年级", cell)[0] == grade


def test_the_foot_of_a_sheet_is_told_from_people() -> None:
    assert is_foot(["", None, " "])
    assert is_foot(["合计", 646.0, ""])
    assert not is_foot(["", "张三", "女"])
    assert not is_foot(["合计", "张三", "女", "汉族", "信息学院"])


def test_cells_are_said_plainly() -> None:
    assert [plain(cell) for cell in (None, 3.0, 3.5, date(2026, 1, 2), True)] == ["", "3", "3.5", "2026-01-02", "True"]
    assert quoted("长" * 30) == "长" * 20 + "…"


def test_every_code_has_its_words() -> None:
    assert set(MESSAGES) == set(Code)
