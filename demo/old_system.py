"""Results that the demo's school had in another system before, brought in from a workbook."""

from datetime import date, datetime, timedelta
from io import BytesIO
from random import Random

from demo.settling import Cast
from kernel.xlsx import write_workbook
from network.models import User
from screening.models import Scale
from screening.services.imports import apply_results, map_columns, upload_results

DAY = timedelta(days=1)
KEY, SOURCE = "gad7", "旧测评系统"
COLUMNS = {"number": "学号", "day": "测评日期", "total": "总分", "level": "等级"}
CLASSES = ((15, 1), (10, 2), (0, 3))
MOST = 24


def bring_in(cast: Cast, *, grade: int, by: User, seed: int, at: datetime) -> None:
    """Some students of a grade, as they were asked elsewhere when they were freshmen."""
    draw = Random(f"old system {seed}")
    there = [one for _number, one in sorted(cast.students.items()) if one.school_class.grade == grade]
    asked_on = date(grade, 10, 20)
    rows = [_row(draw, one.number, asked_on + draw.randrange(5) * DAY) for one in there[:MOST]]
    uploaded = upload_results(
        school=cast.school,
        scale=Scale.objects.published().get(key=KEY, school=None),
        source=SOURCE,
        file_name=f"{grade}级新生焦虑测评.xlsx",
        content=BytesIO(write_workbook({"结果": [list(COLUMNS.values()), *rows]})),
        by=by,
        at=at,
    )
    mapped = map_columns(result_import=uploaded, columns=COLUMNS, save_as=SOURCE, by=by, at=at + timedelta(minutes=4))
    apply_results(result_import=mapped, by=by, at=at + timedelta(minutes=9))


def _row(draw: Random, number: str, day: date) -> list[str | int]:
    total = draw.choices((draw.randint(0, 9), draw.randint(10, 14), draw.randint(15, 18)), (85, 12, 3))[0]
    return [number, day.isoformat(), total, next(level for least, level in CLASSES if total >= least)]
