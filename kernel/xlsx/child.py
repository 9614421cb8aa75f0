"""Reads one workbook in a process of its own: python -I child.py FILE LIMITS, JSON lines on standard output.

A file may be made to hurt whoever opens it, so this process has little memory, little time and nothing of the portal:
it is run by its path and imports no module of ours. It ends with 0, or with 3 after a line {"refused": code}; any other
end means that the file broke it.
"""

import contextlib
import errno
import json
import re
import resource
import sys
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

CHUNK = 1 << 20
OVERLAP = 512
LONGEST_CELL = 32_767
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")

# SECURITY: entities could blow the text up or read files, and other encodings could hide them from this search.
DECLARED = re.compile(rb"\bencoding\s*=\s*[\"'](?!(?i:utf-?8|us-ascii)[\"'])")
FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
ERROR = re.compile(rb"<(?:[\w.-]+:)?c\b[^>]*\bt\s*=\s*[\"']e[\"']")
HIDDEN_ROW = re.compile(rb"<(?:[\w.-]+:)?row\b(?=[^>]*\bhidden\s*=\s*[\"'](?:1|true))[^>]*?\br\s*=\s*[\"'](\d+)")
MERGED = re.compile(
    rb"<(?:[\w.-]+:)?mergeCell\b[^>]*?\bref\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})[\"']"
)
# Days of this workbook are counted from 1904, as old Macs did.
SINCE_1904 = re.compile(rb"<(?:[\w.-]+:)?workbookPr\b[^>]*\bdate1904\s*=\s*[\"'](?:1|true)")
PLACE = re.compile(rb"r\s*=\s*[\"']([A-Za-z]*)([0-9]+)")


class Refused(Exception):
    """The code of a refusal."""


def main(path: str, limits: dict[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["answer"], limits["answer"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for line in answer(path, limits):
        sys.stdout.write(line + "\n")
    sys.stdout.flush()


def answer(path: str, limits: dict[str, int]) -> Iterator[str]:
    """The sheets and rows of the workbook, each as a line of JSON."""
    check_kind(path)
    with zipfile.ZipFile(path) as archive:
        check_parts(archive, limits)
        parts = scan(archive, limits)
        from_1904 = bool(SINCE_1904.search(archive.read("xl/workbook.xml")))
    written = json.JSONEncoder(ensure_ascii=False, default=encode).encode
    if from_1904:
        yield written({"book": {"from_1904": True}})
    for entry in read(path, parts, limits):
        line = written(entry)
        if (
            len(line) > LONGEST_CELL
            and isinstance(entry, list)
            and any(len(str(cell)) > LONGEST_CELL for cell in entry[1])
        ):
            raise Refused("too-large")
        yield line


def check_kind(path: str) -> None:
    with open(path, "rb") as file:
        head = file.read(8)
        if head == OLE:
            raise Refused("encrypted" if ENCRYPTED_STREAM in head + file.read() else "old-xls")
    if not zipfile.is_zipfile(path):
        raise Refused("damaged" if head.startswith(b"PK") else "not-xlsx")


def check_parts(archive: zipfile.ZipFile, limits: dict[str, int]) -> None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if "xl/workbook.xml" not in names:
        raise Refused("not-xlsx")
    if len(names) != len(parts):
        # Two parts of one name: this search and the reader might each look at another one.
        raise Refused("damaged")
    if any(part.flag_bits & 1 for part in parts):
        raise Refused("encrypted")
    if any(name.startswith("xl/externalLinks/") for name in names):
        raise Refused("external-links")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Refused("macros")
    if sum(part.file_size for part in parts) > limits["inflated"]:
        raise Refused("too-large")


class Part:
    """What calamine does not tell of a sheet: rows that are hidden, merged ranges (from row, column to row), and the
    cells that hold a formula or an error, by row; rows and columns from 1."""

    def __init__(self) -> None:
        self.has_marks = False
        self.hidden: set[int] = set()
        self.merged: set[tuple[int, int, int]] = set()
        self.marks: dict[int, dict[int, str]] = {}


def scan(archive: zipfile.ZipFile, limits: dict[str, int]) -> dict[str, Part]:
    """Look through the XML before anything parses it; returns what it found by the name of the sheet."""
    seen: dict[str, Part] = {}
    for part in archive.infolist():
        if part.filename.endswith((".xml", ".rels")):
            sheet = Part() if part.filename.startswith("xl/worksheets/") else None
            with archive.open(part) as stream:
                scan_part(chunks(stream), limits, sheet)
            if sheet is not None:
                seen[part.filename] = sheet
    found = {}
    for name, part_name in sheet_parts(archive):
        sheet = seen.get(part_name)
        if sheet is None:
            continue
        if sheet.has_marks:
            with archive.open(part_name) as stream:
                sheet.marks = marked_cells(stream)
        found[name] = sheet
    return found


def chunks(stream: Any) -> Iterator[bytes]:
    """The stream in pieces that overlap, so that nothing is cut in two."""
    tail = b""
    while data := stream.read(CHUNK):
        yield tail + data
        tail = data[-OVERLAP:]


def scan_part(pieces: Iterable[bytes], limits: dict[str, int], sheet: Part | None) -> None:
    """Refuse what is forbidden or too far out; note of a sheet what its pieces show."""
    far = far_places(limits["rows"])
    for number, piece in enumerate(pieces):
        # UTF-16 and UTF-32 have zero bytes; UTF-8 text has none.
        if (
            b"<!D" in piece
            or b"<!E" in piece
            or (number == 0 and (b"\0" in piece[:64] or DECLARED.search(piece[:256])))
        ):
            raise Refused("damaged")
        if sheet is not None:
            check_places(far.finditer(piece), limits)
            note_marks(piece, sheet)


def note_marks(piece: bytes, sheet: Part) -> None:
    """Each search is made only where a fast test does not rule it out."""
    if not sheet.has_marks:
        formula = (b"<f" in piece or b":f" in piece) and FORMULA.search(piece) is not None
        error = (b'"e"' in piece or b"'e'" in piece) and ERROR.search(piece) is not None
        sheet.has_marks = formula or error
    if b"hidden" in piece:
        sheet.hidden.update(int(number) for number in HIDDEN_ROW.findall(piece))
    if b"mergeCell" in piece:
        for left, top, _right, bottom in MERGED.findall(piece):
            sheet.merged.add((int(top), column_number(left.decode()), int(bottom)))


def far_places(rows: int) -> re.Pattern[bytes]:
    """Matches every place in two letters or more, and every row number that has the limit's first digit or more."""
    digits = str(rows)
    number = rf"[{digits[0]}-9][0-9]{{{len(digits) - 1}}}|[0-9]{{{len(digits) + 1},}}"
    return re.compile(rf"r\s*=\s*[\"'](?:[A-Za-z]{{2,}}[0-9]+|[A-Za-z]*(?:{number}))[\"']".encode())


def check_places(places: Iterable[re.Match[bytes]], limits: dict[str, int]) -> None:
    for place in places:
        letters, number = PLACE.match(place.group()).groups()  # type: ignore[union-attr]
        if int(number) > limits["rows"]:
            raise Refused("too-many-rows")
        if column_number(letters.decode()) > limits["columns"]:
            raise Refused("too-many-columns")


def column_number(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def sheet_parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Each sheet's name and the part that holds it."""
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
    # "Strict Open XML" has other namespaces, so the names alone count.
    for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        if sheet.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((value for name, value in sheet.attrib.items() if name.endswith("}id")), "")
        target = targets.get(relation, "")
        yield sheet.get("name", ""), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def marked_cells(stream: Any) -> dict[int, dict[int, str]]:
    """Row → column → "formula" or "error", from 1."""
    found: dict[int, dict[int, str]] = {}
    place = [0, 0]

    def start(tag: str, attributes: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "row":
            place[:] = int(attributes.get("r", place[0] + 1)), 0
        elif kind == "c":
            letters = attributes.get("r", "").rstrip("0123456789")
            place[1] = column_number(letters) if letters else place[1] + 1
            if attributes.get("t") == "e":
                found.setdefault(place[0], {})[place[1]] = "error"
        elif kind == "f":
            found.setdefault(place[0], {})[place[1]] = "formula"

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.ParseFile(stream)
    return found


def read(path: str, parts: dict[str, Part], limits: dict[str, int]) -> Iterator[Any]:
    workbook = CalamineWorkbook.from_path(path)
    for sheet in workbook.sheets_metadata:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        part = parts.get(sheet.name) or Part()
        hidden = {"hidden": True} if sheet.visible != SheetVisibleEnum.Visible else {}
        rows = {"hidden_rows": sorted(part.hidden)} if part.hidden else {}
        yield {"sheet": sheet.name} | hidden | rows
        yield from read_sheet(workbook.get_sheet_by_name(sheet.name), part, limits)


def read_sheet(sheet: Any, part: Part, limits: dict[str, int]) -> Iterator[Any]:
    last_row, last_column = sheet.end or (0, 0)
    if last_row >= limits["rows"]:
        raise Refused("too-many-rows")
    if last_column >= limits["columns"]:
        raise Refused("too-many-columns")
    marks = dict(part.marks)
    below = Merges(part.merged)
    for number, cells in enumerate(sheet.to_python(skip_empty_area=False), start=1):
        marked = marks.pop(number, None)
        if marked or any(cell != "" for cell in cells):
            yield [number, clean(below.fill(number, cells), marked)]
    for number in sorted(marks):
        yield [number, clean([], marks[number])]


class Merges:
    """Gives the value at the top of each merged range to the rows below it. Rows come in order, empty ones not at all.
    Beside its first column a range gives nothing: a title above all columns is no value of each."""

    def __init__(self, merged: set[tuple[int, int, int]]) -> None:
        self.starting: dict[int, list[tuple[int, int]]] = {}
        for top, column, bottom in merged:
            if bottom > top:
                self.starting.setdefault(top, []).append((column, bottom))
        # Column → last row and value.
        self.open: dict[int, tuple[int, Any]] = {}

    def fill(self, number: int, cells: list[Any]) -> list[Any]:
        for column, (bottom, value) in list(self.open.items()):
            if number > bottom:
                del self.open[column]
            elif column <= len(cells) and cells[column - 1] == "":
                cells[column - 1] = value
        for column, bottom in self.starting.get(number, ()):
            if column <= len(cells) and cells[column - 1] != "":
                self.open[column] = bottom, cells[column - 1]
        return cells


def clean(cells: list[Any], marked: dict[int, str] | None) -> list[Any]:
    """Whole numbers as such, formulas and errors as a mark around what was last worked out."""
    values = [int(cell) if type(cell) is float and cell.is_integer() else cell for cell in cells]
    for column, kind in (marked or {}).items():
        values.extend([""] * (column - len(values)))
        values[column - 1] = {kind: values[column - 1]}
    return values


def encode(value: Any) -> dict[str, str]:
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    return {"text": str(value)}


if __name__ == "__main__":
    try:
        main(sys.argv[1], json.loads(sys.argv[2]))
    except Refused as refusal:
        with contextlib.suppress(OSError):
            sys.stdout.write("\n" + json.dumps({"refused": str(refusal)}) + "\n")
        sys.exit(3)
    except MemoryError:
        sys.exit(4)
    except OSError as error:
        # The answer has become too long to be written.
        sys.exit(4 if error.errno == errno.EFBIG else 1)
