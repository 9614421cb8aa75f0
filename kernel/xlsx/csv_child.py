"""Reads a foreign text file of comma-separated values in a process of its own, as child.py reads a workbook: python -I
csv_child.py FILE LIMITS, JSON lines on standard output. It imports no module of ours.

UTF-8 with or without a mark at the start, UTF-16 with one, and GB18030 are understood; commas, semicolons and tabs;
lines that end with CR, LF or both."""

import contextlib
import csv
import errno
import io
import json
import re
import resource
import sys
from collections.abc import Iterator
from typing import Any

LONGEST_CELL = 32_767
WORKBOOKS = (b"PK\x03\x04", bytes.fromhex("D0CF11E0A1B11AE1"))
UTF16 = (b"\xff\xfe", b"\xfe\xff")
UTF8_MARK = b"\xef\xbb\xbf"
LINE = re.compile(rb"\r\n|\r|\n")
# Two signs of Chinese writing in three bytes each: GB18030 text hardly ever looks like that by chance.
CHINESE = re.compile("[\u4e00-\u9fff]{2}")
# How spreadsheets keep the zeros of a number in a text file: ="00123".
KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
SEPARATORS = ",\t;"
SNIFFED_LINES = 20


class Refused(Exception):
    """The code of a refusal, and where."""

    def __init__(self, code: str, **where: int) -> None:
        super().__init__(code)
        self.code, self.where = code, where


def main(path: str, limits: dict[str, int]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["answer"], limits["answer"]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open(path, "rb") as file:
        data = file.read()
    written = json.JSONEncoder(ensure_ascii=False).encode
    for entry in answer(data, limits):
        sys.stdout.write(written(entry) + "\n")
    sys.stdout.flush()


def answer(data: bytes, limits: dict[str, int]) -> Iterator[Any]:
    """The rows of the file under one sheet without a name."""
    if data.startswith(WORKBOOKS):
        raise Refused("csv-is-workbook")
    text = decoded(data)
    yield {"book": {"is_typed": False}}
    yield {"sheet": ""}
    reader = csv.reader(io.StringIO(text, newline=None), delimiter=separator(text), strict=True)
    csv.field_size_limit(LONGEST_CELL)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            if number > limits["rows"]:
                raise Refused("csv-rows", most=limits["rows"])
            while cells and not cells[-1].strip():
                cells.pop()
            if len(cells) > limits["columns"]:
                raise Refused("csv-columns", row=number, columns=len(cells), most=limits["columns"])
            if cells:
                yield [number, [plain(cell) for cell in cells]]
    except csv.Error:
        raise Refused("csv-quotes", row=number + 1) from None


def decoded(data: bytes) -> str:
    """The text of the file; refused where it has two encodings."""
    if data.startswith(UTF16):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise Refused("damaged") from None
    data = data.removeprefix(UTF8_MARK)
    if b"\0" in data:
        raise Refused("csv-zero", row=line_of(data, data.index(b"\0")))
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        wrong = line_of(data, error.start)
    lines = LINE.split(data)
    first_utf8 = next((number for number, line in enumerate(lines, start=1) if is_chinese_utf8(line)), None)
    if first_utf8 is not None:
        raise Refused("csv-encoding", row=max(wrong, first_utf8))
    try:
        return data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise Refused("csv-encoding", row=line_of(data, error.start)) from None


def is_chinese_utf8(line: bytes) -> bool:
    try:
        return CHINESE.search(line.decode("utf-8")) is not None
    except UnicodeDecodeError:
        return False


def line_of(data: bytes, position: int) -> int:
    return len(LINE.findall(data, 0, position)) + 1


def separator(text: str) -> str:
    """The sign that stands most often in the first lines."""
    head = "\n".join(text.splitlines()[:SNIFFED_LINES]) if len(text) < 1 << 16 else text[: 1 << 14]
    return max(SEPARATORS, key=head.count)


def plain(cell: str) -> str:
    kept = KEPT_AS_TEXT.fullmatch(cell.strip())
    return kept[1] if kept else cell


if __name__ == "__main__":
    try:
        main(sys.argv[1], json.loads(sys.argv[2]))
    except Refused as refusal:
        with contextlib.suppress(OSError):
            sys.stdout.write("\n" + json.dumps({"refused": refusal.code, "where": refusal.where}) + "\n")
        sys.exit(3)
    except MemoryError:
        sys.exit(4)
    except OSError as error:
        # The answer has become too long to be written.
        sys.exit(4 if error.errno == errno.EFBIG else 1)
