"""Files that went wrong at offices, each made small here, with what is right."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel import xlsx
from kernel.errors import Refused
from kernel.models import Job, JobState
from network.models import Placement, Post, RosterImport, Student, Unit, User
from network.rules import EnrollmentStatus, Level, Role
from network.services import appoint, create_school
from network.services.rosters import (
    apply_import,
    compare_file,
    compare_import,
    confirm_import,
    import_file,
    undo_import,
    upload_roster,
)
from network.services.rosters.difference import Difference
from network.services.rosters.unusual import find_unusual, number_to_type
from tests.conftest import World
from tests.network import roster_files as files

pytestmark = pytest.mark.django_db
Rows = list[dict[str, Any]]
SHEET = "学生名册"
HEAD = files.STUDENT_HEAD


def base() -> Rows:
    """Eight students of two classes in two rooms."""
    rows = files.students(8)
    for row in rows[4:]:
        row["班级"] = "软件2602班"
    return rows


def book(rows: Rows, *, head: tuple[str, ...] = HEAD, name: str = SHEET, **options: Any) -> bytes:
    return files.workbook(
        {name: rows} | options,
        dict.fromkeys([name, *options], head) | {"教职工": files.STAFF_HEAD, "任职": files.POST_HEAD},
    )


def raw(write: Callable[[xlsxwriter.Workbook, Any], None], **options: Any) -> bytes:
    """A workbook of one sheet that `write` fills by hand below the base heads and rows."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, options) as made:
        sheet = made.add_worksheet(SHEET)
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEAD)
        for index, row in enumerate(base(), start=1):
            for position, column in enumerate(HEAD):
                value = row[column]
                if isinstance(value, date):
                    sheet.write_datetime(index, position, value, day)
                else:
                    sheet.write(index, position, value)
        write(made, sheet)
    return target.getvalue()


def patched(data: bytes, part: str, change: Callable[[str], str]) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info, change(content.decode()).encode() if info.filename == part else content)
    return target.getvalue()


def compare_and_end(roster: RosterImport, *, at: datetime) -> None:
    """What the worker does with an upload: read it, and end the job for it."""
    compare_import(pk=roster.pk, at=at)
    Job.objects.filter(argument=str(roster.pk)).update(state=JobState.DONE, finished_at=at)
    roster.refresh_from_db()


def at_place(column: str, row: int) -> tuple[int, int]:
    """Row and column of a student's cell, from 0: student 1 stands in row 1."""
    return row, HEAD.index(column)


@pytest.fixture
def school(at: datetime) -> Unit:
    return create_school(code="MD", name="明德大学", by=None, at=at)


@pytest.fixture
def compare(school: Unit, at: datetime) -> Callable[..., Difference]:
    def look(data: bytes, *, name: str = "", **options: Any) -> Difference:
        return compare_file(source=BytesIO(data), school=school, is_partial=False, at=at, name=name, **options)

    return look


@pytest.fixture
def load(compare: Callable[..., Difference], at: datetime) -> Callable[..., Difference]:
    moments = (at + timedelta(minutes=number) for number in count())

    def bring_in(data: bytes, **options: Any) -> Difference:
        difference = compare(data, **options)
        import_file(difference=difference, file_name="roster.xlsx", by=None, at=next(moments))
        return difference

    return bring_in


def outcome(difference: Difference) -> tuple[int, int, int, int]:
    """New, changed, unchanged, left."""
    return (
        len(difference.new_students),
        len(difference.changed_students),
        difference.unchanged_students,
        len(difference.left_students),
    )


def codes(difference: Difference) -> list[tuple[int, str]]:
    return [(fault.row, fault.code.value) for fault in difference.roster.errors]


def notes(difference: Difference) -> list[str]:
    return [fault.code.value for fault in difference.roster.notes if fault.code != "sheet-read"]


def with_cell(column: str, student: int, value: Any) -> bytes:
    rows = base()
    rows[student - 1][column] = value
    return book(rows)


def merged(made: xlsxwriter.Workbook, sheet: Any) -> None:
    for column in ("学院", "校区", "楼栋", "房间号", "班级"):
        place = HEAD.index(column)
        for first, last in ((1, 4), (5, 8)):
            for row in range(first + 1, last + 1):
                sheet.write_blank(row, place, None)
            value = base()[first - 1][column]
            sheet.merge_range(first, place, last, place, value)


def two_heads(made: xlsxwriter.Workbook, sheet: Any) -> None:
    sheet.set_row(0, None)


def split_head() -> bytes:
    """The heads in two rows, not merged: groups above some, the rest in the upper row."""
    upper = [name if place < 6 or place > 13 else "" for place, name in enumerate(HEAD)]
    lower = ["" if name else HEAD[place] for place, name in enumerate(upper)]
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        sheet = made.add_worksheet(SHEET)
        sheet.write_row(0, 0, ["2026级学生名册"])
        sheet.write_row(1, 0, upper)
        sheet.write_row(2, 0, lower)
        for index, row in enumerate(base(), start=3):
            sheet.write_row(index, 0, [str(row[column]) for column in HEAD])
    return target.getvalue()


def with_foot(made: xlsxwriter.Workbook, sheet: Any) -> None:
    for row, words in enumerate(
        (
            ["合计", "男4", "女4", "汉族8", "平均", "第1学院8"],
            ["共8人"],
            ["制表人：王老师", "", "审核：李老师"],
            ["备注：截至9月1日"],
            ["学生处（章）"],
        ),
        start=9,
    ):
        sheet.write_row(row, 0, words)


def hidden_twin() -> bytes:
    old = [row | {"姓名": "旧" + row["姓名"]} for row in base()]
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        for name, rows in ((SHEET, base()), (SHEET + " ", old)):
            sheet = made.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            for index, row in enumerate(rows, start=1):
                sheet.write_row(index, 0, [str(row[column]) for column in HEAD])
            if name.endswith(" "):
                sheet.hide()
    return target.getvalue()


def errors_in(*places: tuple[int, int]) -> bytes:
    data = raw(lambda made, sheet: None)

    def spoil(xml: str) -> str:
        for row, column in places:
            cell = f"{chr(65 + column)}{row + 1}"
            xml = re.sub(rf'<c r="{cell}"[^>]*?>.*?</c>', f'<c r="{cell}" t="e"><v>#N/A</v></c>', xml)
        return xml

    return patched(data, "xl/worksheets/sheet1.xml", spoil)


def strict_with_formula() -> bytes:
    rows = base()
    rows[0]["姓名"] = '=CONCATENATE("张","三")'
    data = book(rows)
    main, strict = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        data = patched(
            data,
            part,
            lambda xml: xml.replace(main, strict).replace(
                relations, "http://purl.oclc.org/ooxml/officeDocument/relationships"
            ),
        )
    return data


def serials_of_1904() -> bytes:
    rows = base()
    for row in rows:
        row["出生日期"] = (row["出生日期"] - date(1904, 1, 1)).days
    return patched(book(rows), "xl/workbook.xml", lambda xml: xml.replace("<workbookPr ", '<workbookPr date1904="1" '))


SAME = (0, 0, 8, 0)
# What is imported after the base, the outcome, what is refused, and what is noted.
CASES: dict[str, tuple[Callable[[], bytes], tuple[int, int, int, int], list[tuple[int, str]], list[str]]] = {
    "01 serials of 1904": (serials_of_1904, SAME, [], []),
    "03 eighteen digits": (
        lambda: book([*base(), files.student(9, 学号=420106200601010000)]),
        SAME,
        [(10, "digits-lost")],
        [],
    ),
    "03 scientific": (lambda: book([*base(), files.student(9, 学号="4.20106E+17")]), SAME, [(10, "digits-lost")], []),
    "03 phone": (lambda: with_cell("手机号", 1, "1.38E+10"), (0, 0, 7, 0), [(2, "digits-lost")], []),
    "06 heads in two rows": (split_head, SAME, [], ["head-in-two-rows"]),
    "07 merged": (lambda: raw(merged), SAME, [], []),
    "08 room": (lambda: with_cell("房间号", 1, date(2026, 6, 12)), (0, 0, 7, 0), [(2, "date-in-text")], []),
    "08 class": (lambda: with_cell("班级", 1, date(2026, 1, 26)), (0, 0, 7, 0), [(2, "date-in-text")], []),
    "08 words": (lambda: with_cell("房间号", 1, "6月12日"), (0, 0, 7, 0), [(2, "date-in-text")], []),
    "09 errors": (
        lambda: errors_in(at_place("班级", 1), at_place("房间号", 2), at_place("姓名", 3)),
        (0, 0, 5, 0),
        [(2, "error-value"), (3, "error-value"), (4, "error-value")],
        [],
    ),
    "09 pasted": (lambda: with_cell("学院", 1, "#N/A"), (0, 0, 7, 0), [(2, "error-value")], []),
    "14 hidden twin": (hidden_twin, SAME, [], ["sheet-passed-over"]),
    "14 another name": (lambda: book(base(), name="Sheet1"), SAME, [], []),
    "16 foot": (lambda: raw(with_foot), SAME, [], ["foot"] * 5),
    "17 hidden row": (
        lambda: raw(lambda made, sheet: sheet.set_row(8, None, None, {"hidden": 1})),
        SAME,
        [],
        ["rows-hidden"],
    ),
    "18 strict formula": (strict_with_formula, (0, 0, 7, 0), [(2, "formula")], []),
    "23 truth": (lambda: with_cell("姓名", 1, True), (0, 0, 7, 0), [(2, "truth-value")], []),
    "24 day with a time": (lambda: with_cell("出生日期", 1, "2007-02-02 00:00:00"), SAME, [], []),
    "25 no campus": (lambda: book(base(), head=tuple(name for name in HEAD if name != "校区")), SAME, [], []),
    "25 no building": (lambda: book(base(), head=tuple(name for name in HEAD if name != "楼栋")), SAME, [], []),
    "25 no room": (lambda: book(base(), head=tuple(name for name in HEAD if name != "房间号")), SAME, [], []),
    "26 apostrophe": (lambda: with_cell("学号", 1, "'20260000001"), (0, 0, 7, 0), [(2, "number-impossible")], []),
    "26 remark": (lambda: with_cell("学号", 1, "20260000001（转专业）"), (0, 0, 7, 0), [(2, "number-impossible")], []),
}


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_right(case: str, load: Callable[..., Difference]) -> None:
    make, expected, refused, noted = CASES[case]
    load(book(base()))
    difference = load(make())
    assert (outcome(difference), codes(difference), notes(difference)) == (expected, refused, noted)
    assert Student.objects.exclude(dorm=None).count() == 8
    assert Unit.objects.classes().count() == 2


def test_a_heading_that_stands_twice_is_refused_and_named(load: Callable[..., Difference]) -> None:
    head = ("学号", "姓名", "性别", "学院", "班级", "学籍状态", "姓名")
    target = BytesIO()
    with xlsxwriter.Workbook(target) as made:
        made.add_worksheet(SHEET).write_row(0, 0, head)
    with pytest.raises(Refused) as refused:
        load(target.getvalue())
    assert refused.value.code == "heading-twice"
    assert "姓名 (B, G)" in str(refused.value)


def test_gaps_as_merged_cells_leave_them_take_no_room_away(load: Callable[..., Difference]) -> None:
    load(book(base()))
    rows = base()
    for number in (1, 2, 3, 5):
        rows[number] |= {"楼栋": "", "房间号": ""}
    difference = load(book(rows))
    assert codes(difference) == [(row, "cells-merged") for row in (3, 4, 5, 7)]
    assert {fault.value for fault in difference.roster.errors} == {"M3:M5", "M7"}
    assert Student.objects.exclude(dorm=None).count() == 8


def test_zeros_in_front_that_a_number_cell_lost(load: Callable[..., Difference]) -> None:
    rows = [row | {"学号": f"0{row['学号']}"} for row in base()]
    load(book(rows))
    difference = load(book([row | {"学号": int(row["学号"])} if place < 4 else row for place, row in enumerate(rows)]))
    assert (outcome(difference), codes(difference)) == (SAME, [])
    assert difference.counts()["mended"]["leading-zeros"] == 4


@pytest.mark.parametrize("padded", ["张\u3000三", "张  三", "张\u00a0三"])
def test_a_padded_name_is_the_same_name(padded: str, load: Callable[..., Difference]) -> None:
    load(with_cell("姓名", 1, "张三"))
    difference = load(with_cell("姓名", 1, padded))
    assert (outcome(difference), difference.counts()["mended"]) == (SAME, {"spaces-inside": 1})
    assert Student.objects.filter(name="张三").exists()


@pytest.mark.parametrize("dot", "\u00b7\u2022\u30fb\u2027\uff0e.")
def test_six_kinds_of_dot_are_one(dot: str, load: Callable[..., Difference]) -> None:
    load(with_cell("姓名", 1, "阿依古丽\u00b7买买提"))
    difference = load(with_cell("姓名", 1, f"阿依古丽{dot}买买提"))
    assert outcome(difference) == SAME
    assert difference.counts()["mended"].get("middle-dot", 0) == (dot != "\u00b7")


@pytest.mark.parametrize(
    "spelling", ["软件2601班(实验)", "软件 2601班（实验）", "软件２６０１班（实验）", "软件2601班【实验】"]
)
def test_two_spellings_of_a_class_are_one_and_the_first_stays(spelling: str, load: Callable[..., Difference]) -> None:
    load(with_cell("班级", 1, "软件2601班（实验）"))
    difference = load(with_cell("班级", 1, spelling))
    assert outcome(difference) == SAME
    assert Unit.objects.classes().filter(name="软件2601班（实验）").exists()


def test_a_room_of_two_campuses_needs_its_campus(load: Callable[..., Difference]) -> None:
    rows = base()
    for row in rows[4:]:
        row |= {"校区": "西校区", "房间号": "101"}
    load(book(rows))
    head = tuple(name for name in HEAD if name != "校区")
    difference = load(book([*rows, files.student(9, 房间号="101")], head=head))
    assert (outcome(difference), codes(difference)) == (SAME, [(10, "room-ambiguous")])


def test_a_row_that_names_nobody_lets_nobody_leave(load: Callable[..., Difference]) -> None:
    load(book(base()))
    rows = base()
    rows[0] |= {"学号": "??", "姓名": ""}
    difference = load(book(rows))
    assert outcome(difference) == (0, 0, 7, 0)
    assert [fault.code for fault in difference.roster.warnings] == ["left-held-back"]
    rows[0] |= {"学号": "??", "姓名": "新来的"}
    assert len(load(book(rows)).left_students) == 1


def two_posts() -> list[dict[str, Any]]:
    return [files.teacher("10005", "辅导员", classes="软件2601班"), files.teacher("10005", "心理专干")]


def standing_posts() -> list[str]:
    return sorted(str(post) for post in Post.objects.filter(ends_on=None))


@pytest.mark.parametrize("in_one_sheet", [True, False])
def test_one_person_with_two_posts_keeps_both(in_one_sheet: bool, load: Callable[..., Difference]) -> None:
    staff = two_posts() if in_one_sheet else two_posts()[:1]
    posts = [] if in_one_sheet else [files.post("10005", "心理专干", "第1学院")]
    data = book(base(), 教职工=staff, 任职=posts)
    first = load(data)
    assert (codes(first), len(standing_posts())) == ([], 2)
    before = standing_posts()
    assert load(data).is_empty
    assert standing_posts() == before


def test_a_refused_row_ends_no_post(load: Callable[..., Difference]) -> None:
    load(book(base(), 教职工=two_posts()))
    staff = [two_posts()[0] | {"负责班级": "没有的班"}, two_posts()[1]]
    difference = load(book(base(), 教职工=staff))
    assert codes(difference) == [(2, "class-unknown")]
    assert len(standing_posts()) == 2


def test_a_refused_row_of_the_sheet_of_posts_ends_nobodys_post(load: Callable[..., Difference]) -> None:
    first, second = base()[0]["学号"], base()[1]["学号"]
    load(
        book(
            base(),
            任职=[files.post(first, "宿舍长", "东6栋-101"), files.post(base()[4]["学号"], "宿舍长", "东6栋-102")],
        )
    )
    posts = [files.post("#N/A", "宿舍长", "东6栋-101"), files.post(second, "宿舍长", "东6栋-101")]
    difference = load(book(base(), 任职=posts))
    assert Post.objects.filter(ends_on=None, role=Role.DORM_HEAD).count() == 3
    assert [fault.code for fault in difference.roster.warnings] == ["posts-held-back"]


def renamed() -> Rows:
    return [row | {"班级": "软件工程2601班"} if row["班级"] == "软件2601班" else row for row in base()]


def test_a_renamed_class_is_asked_about(load: Callable[..., Difference], compare: Callable[..., Difference]) -> None:
    load(book(base()))
    difference = compare(book(renamed()))
    assert [(rename.unit.name, rename.name, rename.students) for rename in difference.renames] == [
        ("软件2601班", "软件工程2601班", 4)
    ]
    assert [fault.code for fault in difference.roster.warnings] == ["class-renamed"]


def test_a_class_that_was_renamed_keeps_its_unit_history_and_posts(
    load: Callable[..., Difference], at: datetime
) -> None:
    staff = [files.teacher("10005", "班主任", classes="软件2601班")]
    load(book(base(), 教职工=staff))
    unit = Unit.objects.get(name="软件2601班")
    placements = list(Placement.objects.order_by("pk").values_list("pk", "ends_on"))
    new_staff = [files.teacher("10005", "班主任", classes="软件工程2601班")]
    difference = load(book(renamed(), 教职工=new_staff), renamed=None)
    assert (outcome(difference), difference.renames) == (SAME, [])
    unit.refresh_from_db()
    assert (unit.name, Unit.objects.classes().count()) == ("软件工程2601班", 2)
    assert list(Placement.objects.order_by("pk").values_list("pk", "ends_on")) == placements
    assert Post.objects.filter(unit=unit, ends_on=None).count() == 1
    assert load(book(renamed(), 教职工=new_staff)).is_empty
    undo_import(pk=RosterImport.objects.newest_applied(unit.school).pk, by=None, at=at)
    unit.refresh_from_db()
    assert unit.name == "软件2601班"


def test_a_class_of_which_half_goes_elsewhere_is_not_taken_for_renamed(load: Callable[..., Difference]) -> None:
    load(book(base()))
    rows = base()
    for row in rows[:2]:
        row["班级"] = "软件2603班"
    assert load(book(rows)).renames == []


def test_a_closed_class_is_opened_again_by_who_studies_there(load: Callable[..., Difference], at: datetime) -> None:
    load(book(base()))
    unit = Unit.objects.get(name="软件2601班")
    Unit.objects.filter(pk=unit.pk).update(is_active=False)
    gone = [row | {"学籍状态": "毕业"} if row["班级"] == unit.name else row for row in base()]
    load(book(gone))
    assert not Unit.objects.get(pk=unit.pk).is_active
    load(book(base()))
    assert Unit.objects.get(pk=unit.pk).is_active
    undo_import(pk=RosterImport.objects.newest_applied(unit.school).pk, by=None, at=at)
    assert not Unit.objects.get(pk=unit.pk).is_active


# --- text files ---


def text_of(rows: Rows, separator: str = ",", end: str = "\r\n") -> str:
    return end.join(separator.join(str(row.get(name, name)) for name in HEAD) for row in ({}, *rows)) + end


CSV: dict[str, Callable[[], bytes]] = {
    "utf-8": lambda: text_of(base()).encode(),
    "utf-8 with a mark": lambda: text_of(base()).encode("utf-8-sig"),
    "gb18030": lambda: text_of(base()).encode("gb18030"),
    "utf-16": lambda: text_of(base(), "\t").encode("utf-16"),
    "cr alone": lambda: text_of(base(), end="\r").encode("gb18030"),
    "tabs": lambda: text_of(base(), "\t").encode(),
    "numbers kept as text": lambda: text_of([row | {"学号": f'="{row["学号"]}"'} for row in base()]).encode(),
    "foot": lambda: (text_of(base()) + "共8人,,\r\n制表人：王老师\r\n").encode("gb18030"),
}


@pytest.mark.parametrize("kind", CSV)
def test_a_text_file_says_the_same_as_a_workbook(kind: str, load: Callable[..., Difference]) -> None:
    load(book(base()))
    difference = load(CSV[kind](), name="名册.csv")
    assert (outcome(difference), codes(difference)) == (SAME, [])


BAD_CSV: dict[str, tuple[Callable[[], bytes], str, str]] = {
    "mixed": (lambda: text_of(base()[:4]).encode() + text_of(base()[4:]).encode("gb18030"), "csv-encoding", "6"),
    "mixed the other way": (
        lambda: text_of(base()[:4]).encode("gb18030") + text_of(base()[4:]).encode(),
        "csv-encoding",
        "6",
    ),
    "zero": (lambda: text_of(base()).encode().replace("女".encode(), b"\0", 1), "csv-zero", "2"),
    "columns": ((text_of(base()) + "," * 9_999 + "x\r\n").encode, "csv-columns", "10"),
    "quotes": ((text_of(base()) + '"张三,女\r\n').encode, "csv-quotes", "10"),
    "workbook": (lambda: book(base()), "csv-is-workbook", ""),
    "nothing": (lambda: b"", "sheets-missing", ""),
}


@pytest.mark.parametrize("kind", BAD_CSV)
def test_a_bad_text_file_is_refused_with_its_row(kind: str, compare: Callable[..., Difference]) -> None:
    make, code, row = BAD_CSV[kind]
    with pytest.raises(Refused) as refused:
        compare(make(), name="名册.csv")
    assert refused.value.code == code
    assert row in str(refused.value)


def test_a_huge_text_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(5 << 30)
    with pytest.raises(Refused) as refused:
        xlsx.read_workbook(path)
    assert refused.value.code == "too-large"


def test_a_text_file_of_too_many_rows_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        xlsx.read_workbook(BytesIO(b"1\n" * 60_001), name="a.csv")
    assert refused.value.code == "csv-rows"


# --- any order ---


def picture() -> str:
    """The school as it stands, without ids."""
    students = Student.objects.order_by("number").values_list(
        "number", "name", "school_class__name", "college__name", "dorm__building", "dorm__room", "enrollment_status"
    )
    units = Unit.objects.exclude(level=Level.SCHOOL).order_by("level", "parent__name", "name")
    posts = Post.objects.filter(ends_on=None).values_list("holder__number", "role", "unit__name")
    return json.dumps(
        [list(students), list(units.values_list("level", "name", "parent__name")), sorted(posts)], ensure_ascii=False
    )


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_order_of_rows_and_sheets_gives_the_same_school(load: Callable[..., Difference], chance: Any) -> None:
    sheets = {
        SHEET: base(),
        "教职工": [
            files.teacher("10005", "辅导员", classes="软件2601班、软件2602班"),
            files.teacher("10005", "心理专干"),
        ],
        "任职": [files.post(base()[0]["学号"], "宿舍长"), files.post(base()[5]["学号"], "心理委员")],
    }
    heads = {SHEET: HEAD, "教职工": files.STAFF_HEAD, "任职": files.POST_HEAD}
    if not Student.objects.exists():
        load(files.workbook(sheets, heads))
    expected = picture()
    for rows in sheets.values():
        chance.shuffle(rows)
    order = list(sheets)
    chance.shuffle(order)
    assert load(files.workbook({name: sheets[name] for name in order}, heads)).is_empty
    assert picture() == expected
    assert EnrollmentStatus.LEFT not in set(Student.objects.values_list("enrollment_status", flat=True))


# --- what is unusual ---


def test_what_would_empty_a_column_is_unusual_and_its_number_is_typed(load: Callable[..., Difference]) -> None:
    rows = files.students(16)
    load(book(rows))
    difference = load(book([row | {"家长电话": "", "房间号": f"9{place:02d}"} for place, row in enumerate(rows)]))
    unusual = find_unusual(difference)
    assert [tuple(one) for one in unusual] == [("room", 16, 16), ("empty:guardian_phone", 16, 16)]
    assert number_to_type(unusual) == 16


def test_a_few_changes_are_usual(load: Callable[..., Difference]) -> None:
    rows = files.students(24)
    load(book(rows))
    rows[0] |= {"房间号": "999", "家长电话": ""}
    assert find_unusual(load(book(rows))) == []


def test_a_class_that_leaves_is_unusual(load: Callable[..., Difference]) -> None:
    load(book(files.students(24)))
    unusual = find_unusual(load(book(files.students(23))))
    assert ([tuple(one) for one in unusual], number_to_type(unusual)) == ([("left", 1, 24)], 0)


def test_the_question_of_a_rename_stands_before_the_import(
    world: World, at: datetime, login: Callable[[User], Client]
) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    school = create_school(code="RN", name="改名大学", by=None, at=at)
    before, after = (BytesIO(book([row | {"学号": f"9{row['学号']}"} for row in rows])) for rows in (base(), renamed()))
    import_file(
        difference=compare_file(source=before, school=school, is_partial=False, at=at),
        file_name="a.xlsx",
        by=None,
        at=at,
    )
    User.objects.filter(pk=director.pk).update(school=school)
    appoint(holder=User.objects.get(pk=director.pk), unit=school, role=Role.CENTER_DIRECTOR, by=None, at=at)
    unit = Unit.objects.get(name="软件2601班", school=school)
    director = User.objects.get(pk=director.pk)
    browser = login(director)
    roster = upload_roster(
        school=school, file_name="b.xlsx", content=after.getvalue(), is_partial=False, by=director, at=at
    )
    compare_and_end(roster, at=at)
    page = browser.get(roster.get_absolute_url())
    assert f"unit_{unit.pk}" in page.text
    with pytest.raises(Refused) as refused:
        confirm_import(roster_import=roster, skip_bad=False, by=director, at=at)
    assert refused.value.code == "renames-open"
    url = reverse("network:import-answer", args=[roster.pk])
    assert browser.post(url).status_code == 302
    assert browser.post(url, {f"unit_{unit.pk}": "yes"}).status_code == 302
    compare_and_end(roster, at=at)
    assert (roster.answers, roster.outcome["renames"], roster.outcome["type"]) == ({str(unit.pk): True}, [], 0)
    confirm_import(roster_import=roster, skip_bad=False, by=director, at=at)
    apply_import(pk=roster.pk, by=director, at=at)
    unit.refresh_from_db()
    assert unit.name == "软件工程2601班"


def test_a_large_change_is_confirmed_by_its_number(world: World, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    roster = RosterImport.objects.create(
        school=world.school, file_name="a.xlsx", state="compared", outcome={"type": 16}, uploaded_at=at
    )
    with pytest.raises(Refused) as refused:
        confirm_import(roster_import=roster, skip_bad=False, number=15, by=director, at=at)
    assert refused.value.code == "number-differs"
    confirm_import(roster_import=roster, skip_bad=False, number=16, by=director, at=at)
