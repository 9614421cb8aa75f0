"""Workbooks to take away: a sample to fill in, and the rows that need a look."""

from django.utils.translation import gettext as _

from network.models import RosterImport
from network.rules.roster_columns import COLUMNS, POST_SHEET, STAFF_SHEET, STUDENT_SHEET, Fault
from network.services.rosters import preview
from network.services.rosters.wording import message

Row = list[str | int]
Rows = list[Row]

EXAMPLES: dict[str, list[Row]] = {
    STUDENT_SHEET: [
        [
            *("20260100001", "张三", "女", "汉族", "2008-03-15", "河南", "信息学院", "软件工程", "2026", "软件2601班"),
            *("东校区", "东6栋", "101", "1", "10000000001", "张父", "父亲", "10000000002", "在读"),
        ],
    ],
    STAFF_SHEET: [
        ["10001", "李四", "信息学院", "心理专干", "", "t10001@example.edu"],
        ["10002", "王五", "信息学院", "辅导员", "软件2601班、软件2602班", "t10002@example.edu"],
    ],
    POST_SHEET: [
        ["20260100001", "张三", "宿舍长", "东6栋-101"],
        ["20260100001", "张三", "心理委员", "软件2601班"],
    ],
}


def sample_sheets() -> dict[str, Rows]:
    """A roster of one row a sheet, with the heads that are understood."""
    return {name: [[column.name for column in columns], *EXAMPLES[name]] for name, columns in COLUMNS.items()}


def fault_sheets(roster_import: RosterImport) -> dict[str, Rows]:
    """Every bad row, and every row to look at, with what to do."""
    kept = preview.load(roster_import.difference)
    head: Row = [_("Sheet"), _("Row"), _("Column"), _("What to do")]
    return {
        title: [head, *map(_row, kept.faults[name])]
        for name, title in (("errors", _("Bad rows")), ("warnings", _("To look at")), ("mended", _("Mended rows")))
    }


def _row(fault: Fault) -> Row:
    return [fault.sheet, fault.row, fault.column, message(fault)]
