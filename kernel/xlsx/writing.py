"""Writing workbooks. Every text stays a text: what people typed never becomes a formula or a link."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO

import xlsxwriter
from django.utils.functional import Promise
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kernel.periods import TZ
from kernel.suppression import Hidden

NARROWEST, WIDEST = 8, 40
ROWS_MEASURED = 200
ROWS_BETWEEN_REPORTS = 1000
OPTIONS = {
    "in_memory": True,
    "constant_memory": True,
    # SECURITY: a name such as =cmd|… must reach the reader as a name.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "remove_timezone": True,
    "default_date_format": "yyyy-mm-dd",
}

Cell = str | int | float | bool | date | datetime | Promise | Hidden | None
Sheet = Sequence[Sequence[Cell]]


def write_workbook(
    sheets: Mapping[str, Sheet],
    *,
    header: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> bytes:
    """A workbook of these sheets; with `header`, each first row is bold, stays in view and can be filtered by."""
    target = BytesIO()
    total = sum(len(rows) for rows in sheets.values())
    done = 0
    with xlsxwriter.Workbook(target, OPTIONS) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        moment = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            _set_widths(sheet, rows)
            for number, row in enumerate(rows):
                _write_row(sheet, number, row, bold if header and number == 0 else None, moment)
                done += 1
                if progress is not None and done % ROWS_BETWEEN_REPORTS == 0:
                    progress(done, total)
            if header and rows and rows[0]:
                sheet.freeze_panes(1, 0)
                sheet.autofilter(0, 0, max(len(rows) - 1, 0), len(rows[0]) - 1)
    if progress is not None:
        progress(total, total)
    return target.getvalue()


def _write_row(sheet: Worksheet, number: int, row: Sequence[Cell], style: Format | None, moment: Format) -> None:
    for column, value in enumerate(row):
        if isinstance(value, str):
            sheet.write_string(number, column, value, style)
        elif isinstance(value, datetime):
            local = value.astimezone(TZ).replace(tzinfo=None) if value.tzinfo else value
            sheet.write_datetime(number, column, local, moment)
        elif value is None or isinstance(value, int | float | date):
            sheet.write(number, column, value, style)
        else:
            # str() speaks lazy translations and the mark of a hidden figure.
            sheet.write_string(number, column, str(value), style)


def _set_widths(sheet: Worksheet, rows: Sheet) -> None:
    widths: dict[int, int] = {}
    for row in rows[:ROWS_MEASURED]:
        for column, value in enumerate(row):
            widths[column] = max(widths.get(column, NARROWEST), _width(value))
    for column, width in widths.items():
        sheet.set_column(column, column, min(width, WIDEST))


def _width(value: Cell) -> int:
    """In digits: a Chinese character takes two."""
    text = "" if value is None else str(value)
    return 2 + sum(2 if ord(character) > 0x2E7F else 1 for character in text[:WIDEST])
