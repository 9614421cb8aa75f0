from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.rules.result_rows import NO_DAY, NO_LEVEL, NO_NUMBER, NO_TOTAL, TWICE, Line, places_of, read_lines
from screening.rules.scales.faults import Fault

COLUMNS = {"number": "学号", "day": "日期", "total": "总分", "level": "等级"}
HEADERS = ["姓名", "学号", "日期", "总分", "等级"]
PLACES = {"number": 0, "day": 1, "total": 2, "level": 3}


def read(*cells: Any) -> Any:
    lines, faults = read_lines([(7, cells)], PLACES, low=0, high=27)
    return lines[0] if lines else faults[0]


def test_columns_are_found_by_their_headings() -> None:
    assert places_of(HEADERS, COLUMNS) == {"number": 1, "day": 2, "total": 3, "level": 4}
    assert "level" not in places_of(HEADERS, {**COLUMNS, "level": ""})


@pytest.mark.parametrize(("changed", "named"), [({"total": "得分"}, "得分"), ({"number": ""}, "number")])
def test_a_column_that_is_not_there_is_named(changed: dict[str, str], named: str) -> None:
    with pytest.raises(Fault, match=named):
        places_of(HEADERS, {**COLUMNS, **changed})


@pytest.mark.parametrize("day", ["2026-11-03", "2026/11/3", "2026.11.3", "2026年11月3日", "2026-11-03 00:00:00"])
def test_a_day_is_read_as_offices_write_it(day: str) -> None:
    assert read("1", day, 5, "") == Line(7, "1", date(2026, 11, 3), 5, None)


def test_numbers_that_a_workbook_keeps_as_figures_are_numbers_all_the_same() -> None:
    assert read(20260001.0, "2026-11-03", 5.0, 2.0) == Line(7, "20260001", date(2026, 11, 3), 5, 2)


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (("", "2026-11-03", 5, ""), NO_NUMBER),
        (("1", "2026-13-03", 5, ""), NO_DAY),
        (("1", "soon", 5, ""), NO_DAY),
        (("1", "2026-11-03", 28, ""), NO_TOTAL),
        (("1", "2026-11-03", -1, ""), NO_TOTAL),
        (("1", "2026-11-03", 5.5, ""), NO_TOTAL),
        (("1",), NO_DAY),
        (("1", "2026-11-03", 5, 4), NO_LEVEL),
        (("1", "2026-11-03", 5, "high"), NO_LEVEL),
    ],
)
def test_a_bad_row_says_what_is_wrong_with_it(cells: tuple[Any, ...], sentence: str) -> None:
    fault = read(*cells)
    assert (fault.row, fault.sentence) == (7, sentence)
    assert sentence % fault.params


def test_the_second_row_of_a_student_and_day_names_the_first() -> None:
    rows = [(2, ["1", "2026-11-03", 5, ""]), (3, ["1", "2026-11-04", 5, ""]), (4, ["1", "2026/11/3", 6, ""])]
    lines, faults = read_lines(rows, PLACES, low=0, high=27)
    assert [line.row for line in lines] == [2, 3]
    assert [(fault.row, fault.sentence, fault.params["first"]) for fault in faults] == [(4, TWICE, 2)]


CELLS = st.one_of(st.text(max_size=8), st.integers(-3, 30), st.sampled_from([None, True, 2.0, 0.5, "2026-11-03"]))


@given(st.lists(st.lists(CELLS, max_size=5), max_size=8))
def test_every_row_is_either_read_or_named(rows: list[list[Any]]) -> None:
    sheet = list(enumerate(rows, start=2))
    lines, faults = read_lines(sheet, PLACES, low=0, high=27)
    assert sorted([one.row for one in lines] + [one.row for one in faults]) == [number for number, _row in sheet]
    assert all(0 <= line.total <= 27 for line in lines)
