"""Reading and writing workbooks safely."""

from kernel.xlsx.reading import CSV_ENDINGS, Cell, CellError, Formula, Row, Workbook, read_workbook
from kernel.xlsx.writing import write_workbook

__all__ = ["CSV_ENDINGS", "Cell", "CellError", "Formula", "Row", "Workbook", "read_workbook", "write_workbook"]
