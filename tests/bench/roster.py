"""Writes a roster, or reads one with openpyxl alone: python -m tests.bench.roster write FILE STUDENTS"""

import json
import sys
import time
from pathlib import Path

import openpyxl

from demo.university import plan
from demo.workbook import sheets
from kernel.xlsx import write_workbook
from network.rules.roster_columns import POST_SHEET

# 40,000 students make 1,300 classes and 10,000 dorms.
MEAN_CLASS, BEDS = 30.77, (3, 4, 4, 4, 4)
YEAR = 2026


def write(path: Path, students: int) -> dict[str, float]:
    planned = plan(students=students, seed=1, year=YEAR, mean_class=MEAN_CLASS, beds=BEDS)
    book, known = sheets(planned), {one.number for one in planned.students}
    # Those whom no staff list names have no accounts here.
    book[POST_SHEET] = [row for row in book[POST_SHEET] if row[0] in known or row == book[POST_SHEET][0]]
    path.write_bytes(write_workbook(book))
    return {"bytes": path.stat().st_size}


def read(path: Path) -> dict[str, float]:
    began = time.perf_counter()
    workbook = openpyxl.load_workbook(path, read_only=True)
    rows = sum(1 for sheet in workbook for _row in sheet.iter_rows(values_only=True))
    return {"seconds": time.perf_counter() - began, "rows": rows}


if __name__ == "__main__":
    act, file, *rest = sys.argv[1:]
    sys.stdout.write(json.dumps(write(Path(file), int(rest[0])) if act == "write" else read(Path(file))))
