"""Workbooks made to hurt: each ends in a clear refusal, within 512 MiB and 10 seconds of the child's own work."""

import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from kernel.errors import Refused
from kernel.xlsx import Workbook, read_workbook, reading, write_workbook
from kernel.xlsx.refusals import MESSAGES
from tests.kernel.children import Measured, measured
from tests.sizes import size

__all__ = ["measured"]

GIBI = 1 << 30
HEAD = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET = HEAD + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'
STRINGS = HEAD + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>'
LAUGHS = b"<!DOCTYPE a [<!ENTITY b 'ha'>%s]>" % b"".join(
    b"<!ENTITY b%d '%s'>" % (n, b"&b%d;" % (n - 1) * 10) for n in range(1, 12)
)


def small() -> bytes:
    return write_workbook({"名册": [["学号", "姓名", "年级"], ["202601", "张三", 2026]]})


def book(**parts: bytes | Callable[[bytes], bytes]) -> bytes:
    """The small workbook with other parts: by name (sheet1, sharedStrings, workbook), new ones by their whole path."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(small())) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            change = parts.pop(Path(part.filename).stem, None) if part.filename.endswith(".xml") else None
            content = old.read(part) if change is None else change(old.read(part)) if callable(change) else change
            new.writestr(part.filename, content)
        for name, content in parts.items():
            assert isinstance(content, bytes)
            new.writestr(name, content)
    return target.getvalue()


def rows(count: int, row: bytes) -> bytes:
    return SHEET % (b"<sheetData>" + row * count + b"</sheetData>")


def cell(place: str) -> bytes:
    return SHEET % f'<sheetData><row><c r="{place}"><v>1</v></c></row></sheetData>'.encode()


def zip_bomb() -> bytes:
    """A part of one gibibyte in a mebibyte."""
    target = BytesIO(small())
    with (
        zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("xl/a.bin", "w") as part,
    ):
        for _ in range(GIBI >> 24):
            part.write(b"\0" * (1 << 24))
    return target.getvalue()


def lying_bomb() -> bytes:
    """A sheet of 310 MiB that the folder of the archive gives out as of 1 KiB."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
    body = b"".join(squeeze.compress(b" " * (1 << 20)) for _ in range(310)) + squeeze.flush()
    archive, folder, count = b"", b"", 0
    with zipfile.ZipFile(BytesIO(small())) as old:
        for part in old.infolist():
            sheet = part.filename.endswith("sheet1.xml")
            content, size = (body, 1024) if sheet else (zlib.compress(old.read(part), 9, wbits=-15), part.file_size)
            name = part.filename.encode()
            common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, part.CRC, len(content), size, len(name), 0)
            folder += (
                b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, len(archive)) + name
            )
            archive += b"PK\3\4" + common + name + content
            count += 1
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(folder), len(archive), 0)
    return archive + folder + b"PK\5\6" + end


def overlapping_bomb() -> bytes:
    """Ten thousand names for the same bytes."""
    data = small()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        start, part = archive.start_dir, archive.getinfo("xl/worksheets/sheet1.xml")
    size = 30 << 20
    common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0, part.CRC, part.compress_size, size, 12, 0)
    entry = b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, part.header_offset)
    more = b"".join(entry + b"xl/a%05d.xml"[:12] % n for n in range(9000))
    count = struct.unpack("<H", data[-12:-10])[0] + 9000
    folder = data[start:-22] + more
    return data[:start] + folder + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(folder), start, 0)


def nested_zips(depth: int) -> bytes:
    inner = b"\0" * (10 << 20)
    for _ in range(depth):
        target = BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(10):
                archive.writestr(f"{n}.zip", inner)
        inner = target.getvalue()
    return book(**{"xl/media/a.zip": inner, "xl/worksheets/a.xlsx": inner})


def many_sheets(count: int) -> bytes:
    """Sheets that each reach to the last row and column allowed, with two cells in them."""
    names = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="r%d"/>' % (n, n, n) for n in range(1, count))
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = b"".join(
        b'<Relationship Id="r%d" Type="%s" Target="worksheets/s%d.xml"/>' % (n, kind, n) for n in range(1, count)
    )
    body = SHEET % b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="59999"><c r="BH59999"><v>1</v></c></row>'
    body = body.replace(b"</worksheet>", b"</sheetData></worksheet>")
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(small())) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/workbook.xml":
                content = content.replace(b"<sheets>", b"<sheets>" + names)
            if part.filename == "xl/_rels/workbook.xml.rels":
                content = content.replace(b"</Relationships>", relations + b"</Relationships>")
            new.writestr(part.filename, content)
        for n in range(1, count):
            new.writestr(f"xl/worksheets/s{n}.xml", body)
    return target.getvalue()


def hidden_sheet() -> bytes:
    """The sheet under a name that does not look like XML."""
    data = book(**{"xl/a.dat": cell("XFD1048576")})
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part).replace(b"worksheets/sheet1.xml", b"a.dat"))
    return target.getvalue()


def with_laughs(content: bytes) -> bytes:
    return content.replace(b"?>", b"?>" + LAUGHS, 1).replace(b"<t>", b"<t>&b11;", 1)


TEXT = b"<si><t>" + b"x" * 30_000 + b"</t></si>"
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "zip bomb": (zip_bomb, "too-large"),
    "bomb that lies about its size": (lying_bomb, "damaged"),
    "overlapping parts": (overlapping_bomb, "damaged"),
    "zips in zips": (lambda: nested_zips(2), ""),
    "sheet under another name": (hidden_sheet, "too-many-rows"),
    "sparse in rows": (lambda: book(sheet1=cell("A1048576")), "too-many-rows"),
    "sparse in both": (lambda: book(sheet1=cell("XFD1048576")), "too-many-rows"),
    "a dimension alone": (lambda: book(sheet1=SHEET % b'<dimension ref="A1:XFD1048576"/><sheetData/>'), ""),
    "many sheets, all sparse": (lambda: many_sheets(300), "too-slow"),
    "laughs in the texts": (lambda: book(sharedStrings=with_laughs), "damaged"),
    "laughs in the workbook": (lambda: book(workbook=with_laughs), "damaged"),
    "laughs in the sheet": (lambda: book(sheet1=with_laughs), "damaged"),
    "laughs in the styles": (lambda: book(styles=with_laughs), "damaged"),
    "many long texts": (lambda: book(sharedStrings=STRINGS % (TEXT * 3000)), ""),
    "too many long texts": (lambda: book(sharedStrings=STRINGS % (TEXT * 11_000)), "too-large"),
    "many short texts": (lambda: book(sharedStrings=STRINGS % (b"<si><t>x</t></si>" * 2_000_000)), ""),
    "one long text in every cell": (
        lambda: book(
            sharedStrings=STRINGS % TEXT, sheet1=rows(50_000, b"<row>" + b'<c t="s"><v>0</v></c>' * 20 + b"</row>")
        ),
        "too-large",
    ),
    "too many rows": (lambda: book(sheet1=rows(2_000_000, b"<row><c><v>1</v></c></row>")), "too-many-rows"),
    "one row without end": (
        lambda: book(sheet1=SHEET % (b"<sheetData><row>" + b"<c/>" * 3_000_000 + b"</row></sheetData>")),
        "",
    ),
    "formulas without end": (
        lambda: book(sheet1=rows(50_000, b"<row>" + b"<c><f>1</f></c>" * 60 + b"</row>")),
        "too-slow",
    ),
    "deep nesting": (
        lambda: book(workbook=lambda xml: xml.replace(b"<sheets>", b"<a>" * 500_000 + b"<sheets>")),
        "damaged",
    ),
    "attributes without end": (
        lambda: book(
            workbook=lambda xml: xml.replace(
                b"<sheets>", b"<sheets %s>" % b"".join(b'a%d="" ' % n for n in range(400_000))
            )
        ),
        "",
    ),
    "styles without end": (
        lambda: book(styles=lambda xml: xml.replace(b"<cellXfs", b"<a/>" * 2_000_000 + b"<cellXfs")),
        "",
    ),
    "merged cells without end": (
        lambda: book(
            sheet1=SHEET
            % (b"<sheetData/><mergeCells>" + b'<mergeCell ref="A1:XFD1048576"/>' * 500_000 + b"</mergeCells>")
        ),
        "",
    ),
}


def outcome(data: bytes) -> str:
    try:
        assert isinstance(read_workbook(BytesIO(data)), Workbook)
    except Refused as refusal:
        assert refusal.message == MESSAGES[refusal.code]
        return refusal.code
    return ""


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_clearly_and_hurts_nothing(
    name: str, measured: Measured, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, expected = BOMBS[name]
    if expected == "too-slow":
        # The same end, sooner.
        monkeypatch.setattr(reading, "SECONDS", 2)
    assert outcome(make()) == expected
    measured.check(mebibytes=512, seconds=10)


def mutated_bytes(dice: random.Random) -> bytes:
    data = bytearray(small())
    if dice.random() < 0.25:
        data = data[: dice.randrange(1, len(data))]
    for _ in range(dice.choice([1, 3, 30])):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return bytes(data)


PIECES = [b"<", b">", b'"', b"&#0;", b"&x;", b"<f>", b"<!--", b"]]>", b"-1", b"9" * 20, b"\xff", b"1e308", b"NaN"]


def mutated_xml(dice: random.Random) -> bytes:
    """A whole archive around parts in which pieces are cut out, doubled or put in."""

    def change(content: bytes) -> bytes:
        for _ in range(dice.choice([1, 2, 8])):
            at, length = dice.randrange(len(content)), dice.randrange(1, 60)
            piece = dice.choice([b"", content[at : at + length] * 2, dice.choice(PIECES)])
            content = content[:at] + piece + content[at + length :]
        return content

    part = dice.choice(["sheet1", "sharedStrings", "workbook", "styles", "[Content_Types]"])
    return book(**{part: change})


@pytest.mark.parametrize("seed", range(size(quick=2, full=10)))
def test_mutated_files_are_read_or_refused_and_break_nothing(seed: int, measured: Measured) -> None:
    dice = random.Random(seed)
    for _ in range(10):
        outcome(mutated_bytes(dice))
        outcome(mutated_xml(dice))
    measured.check(mebibytes=512, seconds=10)
