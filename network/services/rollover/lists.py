"""Lists of students as offices have them: a workbook, or rows that somebody has copied out of one."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext_lazy as _

from kernel import xlsx
from kernel.errors import Refused
from network.rules.cells import is_foot, plain
from network.rules.rollover_plans import MOST_ENTRIES, clean

# Heads of columns, without spaces → key of the entry.
HEADS: Mapping[str, str] = {
    "学号": "number",
    "姓名": "name",
    "异动类型": "change",
    "异动": "change",
    "学籍异动": "change",
    "新学院": "college",
    "学院": "college",
    "新班级": "class",
    "班级": "class",
    "新专业": "major",
    "专业": "major",
}
HEAD_WITHIN = 10
SHEETS: Mapping[str, Sequence[Sequence[str]]] = {
    "拆分名单": (
        ("学号", "姓名", "新班级", "新学院", "新专业"),
        ("20250100001", "张三", "软件2501班", "", "软件工程"),
        ("20250100002", "李四", "网络2501班", "", "网络工程"),
    ),
    "学籍异动": (
        ("学号", "姓名", "异动类型", "新学院", "新班级"),
        ("20250100003", "王五", "转专业", "文学院", "中文2501班"),
        ("20250100004", "赵六", "入伍", "", ""),
        ("20240100005", "孙七", "复学", "", "软件2501班"),
    ),
    "延毕名单": (("学号", "姓名"), ("20220100006", "周八")),
}

Entry = dict[str, Any]
Rows = Sequence[tuple[int, Sequence[Any]]]


def read_workbook_list(source: IO[bytes], *, order: Sequence[str]) -> list[Entry]:
    """The rows of the first sheet that has any. Refused when it is no workbook, or has more rows than a school."""
    sheets = xlsx.read_workbook(source).sheets
    rows = next((rows for rows in sheets.values() if rows), [])
    return _entries(rows, order)


def read_pasted_list(text: str, *, order: Sequence[str]) -> list[Entry]:
    """Rows of words between tabs, commas or spaces, as they come out of a spreadsheet or are typed."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        separator = next((mark for mark in ("\t", ",", "，") if mark in line), None)
        words = [word.strip() for word in line.split(separator)]
        rows.append((number, words))
    return _entries(rows, order)


def _entries(rows: Rows, order: Sequence[str]) -> list[Entry]:
    """`order`: what the columns are when no heads name them."""
    if len(rows) > MOST_ENTRIES:
        raise Refused(
            _("The list has %(value)s rows, more than a school has. Check the file.") % {"value": len(rows)},
            code="list-too-long",
        )
    start, columns = _head(rows)
    if columns is None:
        start, columns = 0, dict(enumerate(order))
    entries = []
    for row, cells in rows[start:]:
        texts = [_text(cell, row) for cell in cells]
        if is_foot(texts):
            continue
        entry: Entry = {key: texts[place] for place, key in columns.items() if place < len(texts) and texts[place]}
        entries.append({**entry, "number": entry.get("number", ""), "row": row})
    return entries


def _head(rows: Rows) -> tuple[int, dict[int, str] | None]:
    for index, (_row, cells) in enumerate(rows[:HEAD_WITHIN]):
        heads = ["".join(plain(cell).split()).strip("*＊") for cell in cells]
        if "学号" in heads:
            return index + 1, {place: HEADS[head] for place, head in enumerate(heads) if head in HEADS}
    return 0, None


def _text(cell: Any, row: int) -> str:
    if isinstance(cell, xlsx.Formula):
        raise Refused(
            _("Row %(row)d holds a formula. Replace it by its value: copy, then paste as value.") % {"row": row},
            code="formula",
        )
    return clean(plain(cell))


def parts_of(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """The parts of a split: who goes to the same new class together. Refused for a row without a class."""
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        name, college = entry.get("class", ""), entry.get("college", "")
        if not name:
            raise Refused(
                _("Row %(row)d: the new class is missing. Enter it in the row.") % {"row": entry["row"]},
                code="class-missing",
            )
        part = parts.setdefault((name, college), {"name": name, "college": college, "major": "", "students": []})
        part["major"] = part["major"] or entry.get("major", "")
        part["students"].append(student_of(entry))
    return list(parts.values())


def student_of(entry: Entry) -> Entry:
    """Who a row is about."""
    return {key: entry[key] for key in ("number", "name", "row") if key in entry}


def sample_lists() -> dict[str, list[list[str]]]:
    """A workbook with a sheet for each kind of list, with the heads that are understood."""
    return {name: [list(row) for row in rows] for name, rows in SHEETS.items()}
