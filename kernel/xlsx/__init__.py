"""Reading and writing workbooks safely."""

from kernel.xlsx.reading import Cell, Formula, Row, Workbook, read_workbook
from kernel.xlsx.writing import write_workbook

__all__ = ["Cell", "Formula", "Row", "Workbook", "read_workbook", "write_workbook"]
