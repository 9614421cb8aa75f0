import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from django.utils.translation import gettext_lazy

from kernel.errors import Refused
from kernel.periods import TZ
from kernel.suppression import HIDDEN
from kernel.xlsx import Formula, Workbook, child, read_workbook, write_workbook
from kernel.xlsx.refusals import MESSAGES

ROWS = [["学号", "姓名", "年级"], ["202601", "张三", 2026], ["202602", "李四", 2026.5]]


def small() -> bytes:
    return write_workbook({"名册": ROWS})


def read(data: bytes, **limits: int) -> Workbook:
    return read_workbook(BytesIO(data), **limits)


def code(data: bytes, **limits: int) -> str:
    with pytest.raises(Refused) as caught:
        read(data, **limits)
    assert caught.value.message == MESSAGES[caught.value.code]
    return caught.value.code


def code_within(data: bytes, path: Path) -> str:
    """What the reader says in this process, without the limits of its own one."""
    path.write_bytes(data)
    try:
        list(child.answer(str(path), {"inflated": 300 << 20, "rows": 60_000, "columns": 60}))
    except child.Refused as refusal:
        return str(refusal)
    except Exception:  # noqa: BLE001 any other end of the child counts as this
        return "damaged"
    return ""


def changed(data: bytes, **parts: Callable[[bytes], bytes]) -> bytes:
    """The workbook with some of its parts rewritten (workbook, sheet1, …) or, by an unknown name, added."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            change = parts.get(Path(part.filename).stem if part.filename.endswith(".xml") else "", bytes)
            new.writestr(part.filename, change(old.read(part)))
    return target.getvalue()


def with_part(data: bytes, name: str, content: bytes = b"x") -> bytes:
    target = BytesIO(data)
    with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return target.getvalue()


def formulas() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名册"
    sheet["A1"], sheet["B1"], sheet["C3"], sheet["A5"] = "学号", "=1+1", "=A1", '=HYPERLINK("http://x")'
    book.create_sheet("别的")["B2"] = "=2"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def test_what_is_written_is_read_with_its_row_numbers() -> None:
    sheets = read(small()).sheets
    assert sheets == {
        "名册": [(1, ["学号", "姓名", "年级"]), (2, ["202601", "张三", 2026]), (3, ["202602", "李四", 2026.5])]
    }
    assert type(sheets["名册"][1][1][2]) is int


def test_a_path_is_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(small())
    assert read_workbook(path) == read_workbook(str(path)) == read(small())


def test_dates_times_truth_and_gaps_keep_their_kind() -> None:
    at = datetime(2026, 11, 23, 8, 30, tzinfo=TZ)
    data = write_workbook({"a": [[date(2026, 9, 1), at, True, None, "x", HIDDEN, gettext_lazy("Yes")]]}, header=False)
    assert read(data).sheets["a"] == [(1, [date(2026, 9, 1), at.replace(tzinfo=None), True, "", "x", "*", "Yes"])]


def test_empty_rows_are_left_out_and_the_numbers_are_those_of_the_file() -> None:
    data = write_workbook({"a": [[], ["x"], [""], ["y"]], "empty": []}, header=False)
    assert read(data).sheets == {"a": [(2, ["x"]), (4, ["y"])], "empty": []}


def test_formulas_are_marked_where_they_stand() -> None:
    sheets = read(formulas()).sheets
    assert [(number, [type(cell) for cell in cells]) for number, cells in sheets["名册"]] == [
        (1, [str, Formula]),
        (3, [str, str, Formula]),
        (5, [Formula]),
    ]
    assert sheets["别的"] == [(2, ["", Formula("")])]


def test_a_formula_keeps_what_it_had_worked_out() -> None:
    cell = b'<c r="C2"><f>1+2025</f><v>2026</v></c>'
    data = changed(small(), sheet1=lambda xml: xml.replace(b'<c r="C2"><v>2026</v></c>', cell))
    assert read(data).sheets["名册"][1][1] == ["202601", "张三", Formula(2026)]


@pytest.mark.parametrize(
    "payload", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "http://x.y", "007", "1e5", "{=1}"]
)
def test_what_people_typed_stays_a_text(payload: str) -> None:
    data = write_workbook({"a": [["名"], [payload]]})
    cell = openpyxl.load_workbook(BytesIO(data))["a"]["A2"]
    assert (cell.data_type, cell.hyperlink) == ("s", None)
    assert read(data).sheets["a"][1][1] == [payload]


def test_the_head_is_bold_stays_in_view_and_filters() -> None:
    sheet = openpyxl.load_workbook(BytesIO(small()))["名册"]
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:C3"
    assert 8 <= sheet.column_dimensions["A"].width <= 41
    plain = openpyxl.load_workbook(BytesIO(write_workbook({"a": ROWS}, header=False)))["a"]
    assert not plain["A1"].font.bold
    assert plain.freeze_panes is None


def test_writing_tells_how_far_it_has_come() -> None:
    seen: list[tuple[int, int]] = []
    write_workbook({"a": [["x"]] * 1500, "b": [["y"]] * 700}, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1000, 2200), (2000, 2200), (2200, 2200)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "not-xlsx"),
        ("学号,姓名\n1,张三\n".encode("gbk"), "not-xlsx"),
        (b"<html><table></table></html>", "not-xlsx"),
        (child.OLE + b"\0" * 2000, "old-xls"),
        (child.OLE + b"\0" * 600 + child.ENCRYPTED_STREAM + b"\0" * 900, "encrypted"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
        (with_part(b"", "word/document.xml"), "not-xlsx"),
        (with_part(with_part(b"", "xl/workbook.bin"), "[Content_Types].xml"), "not-xlsx"),
        (with_part(small(), "xl/externalLinks/externalLink1.xml"), "external-links"),
        (with_part(small(), "xl/vbaProject.bin"), "macros"),
        (small()[:-200], "damaged"),
        (with_part(b"", "xl/workbook.xml", b"<workbook/>"), "damaged"),
    ],
)
def test_what_is_no_harmless_xlsx_is_refused_with_what_to_do(data: bytes, expected: str, tmp_path: Path) -> None:
    assert code(data) == expected
    assert code_within(data, tmp_path / "a.xlsx") == expected


def test_limits_are_kept() -> None:
    assert code(small(), max_bytes=1000) == "too-large"
    assert code(small(), max_inflated=1000) == "too-large"
    assert code(small(), max_rows=2) == "too-many-rows"
    assert code(small(), max_columns=2) == "too-many-columns"
    assert read(small(), max_rows=3, max_columns=3).sheets["名册"]


def test_a_big_file_on_disk_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\0" * 2000)
    with pytest.raises(Refused):
        read_workbook(path, max_bytes=1000)


@pytest.mark.parametrize(
    ("place", "expected"), [("A1048576", "too-many-rows"), ("XFD1", "too-many-columns"), ("BI2", "too-many-columns")]
)
def test_one_far_cell_does_not_fill_the_memory(place: str, expected: str) -> None:
    far = f'<c r="{place}"><v>1</v></c></row>'.encode()
    assert code(changed(small(), sheet1=lambda xml: xml.replace(b"</row>", far, 1))) == expected


def test_a_far_row_is_refused_however_it_is_written() -> None:
    row = b"<row  r = '1048576'><c><v>1</v></c></row></sheetData>"
    assert code(changed(small(), sheet1=lambda xml: xml.replace(b"</sheetData>", row))) == "too-many-rows"


def test_inflated_bombs_are_refused() -> None:
    assert code(with_part(small(), "xl/media/bomb.bin", b"\0" * (301 << 20))) == "too-large"


def test_one_text_repeated_without_end_is_refused() -> None:
    strings = b"<si><t>" + b"x" * 40_000 + b"</t></si>"
    data = changed(small(), sharedStrings=lambda xml: xml.replace(b"</sst>", strings + b"</sst>"))
    cells = changed(data, sheet1=lambda xml: xml.replace(b"<v>0</v>", b"<v>7</v>", 1))
    assert code(cells) == "too-large"


@pytest.mark.parametrize(
    "head",
    [
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>',
        b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/passwd">',
        b'<?xml version="1.0" encoding="UTF-7"?>',
        b"<?xml version='1.0' encoding='utf-16'?>",
    ],
)
@pytest.mark.parametrize("part", ["sheet1", "workbook", "sharedStrings"])
def test_entities_and_other_encodings_are_refused(head: bytes, part: str) -> None:
    change: dict[str, Callable[[bytes], bytes]] = {part: lambda xml: head + xml.partition(b"?>")[2]}
    assert code(changed(small(), **change)) == "damaged"


def test_utf_16_hides_nothing() -> None:
    assert code(changed(small(), sheet1=lambda xml: xml.decode().encode("utf-16"))) == "damaged"


def test_two_parts_of_one_name_are_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = with_part(small(), "xl/worksheets/sheet1.xml")
    assert code(data) == "damaged"


def test_a_formula_across_the_border_of_two_pieces_is_found() -> None:
    for gap in range(child.CHUNK - 40, child.CHUNK + 40, 7):
        pieces = list(child.chunks(BytesIO(b" " * gap + b"<c r='A1'><f>1</f></c>")))
        sheet = child.Part()
        child.scan_part(pieces, {"rows": 10, "columns": 10}, sheet)
        assert sheet.has_marks


def test_the_reader_answers_in_lines(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 8, 30, tzinfo=TZ)
    path = tmp_path / "a.xlsx"
    path.write_bytes(write_workbook({"a": [["x"], [], [at, 7.0, 7.5]]}))
    limits = {"inflated": 1 << 20, "rows": 100, "columns": 3}
    assert list(child.answer(str(path), limits)) == [
        '{"sheet": "a"}',
        '[1, ["x", "", ""]]',
        '[3, [{"datetime": "2026-11-23T08:30:00"}, 7, 7.5]]',
    ]
    with pytest.raises(child.Refused, match="too-many-rows"):
        list(child.answer(str(path), limits | {"rows": 2}))
    with pytest.raises(child.Refused, match="too-many-columns"):
        list(child.answer(str(path), limits | {"columns": 2}))
    path.write_bytes(formulas())
    lines = list(child.answer(str(path), limits))
    assert '[3, ["", "", {"formula": ""}]]' in lines
    assert child.encode(timedelta(hours=30)) == {"text": "1 day, 6:00:00"}
    assert child.column_number("XFD") == 16384


def test_a_university_is_read_whole() -> None:
    row = ["202600000001", "张三", "男", "汉族", date(2008, 9, 1), 2026, *["计科2601班"] * 13]
    sheets = read(write_workbook({"名册": [row] * 40_000})).sheets
    assert len(sheets["名册"]) == 40_000
