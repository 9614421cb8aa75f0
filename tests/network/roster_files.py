"""Rosters made by code: a clean one, and one with every defect that offices are known to make."""

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import xlsxwriter

STUDENT_HEAD = (
    *(
        "学号",
        "姓名",
        "性别",
        "民族",
        "出生日期",
        "生源地",
        "学院",
        "专业",
        "年级",
        "班级",
        "校区",
        "楼栋",
        "房间号",
        "床位",
    ),
    *("手机号", "家长姓名", "与本人关系", "家长电话", "学籍状态"),
)
STAFF_HEAD = ("工号", "姓名", "性别", "部门", "岗位", "负责班级", "手机号", "邮箱")
POST_HEAD = ("学号或工号", "姓名", "岗位", "单位")

Row = dict[str, Any]


def student(n: int, **changes: Any) -> Row:
    """Student n: rooms of four, eight a class, two classes a college; room 102 is shared if the class says so."""
    room, school_class = 101 + (n - 1) // 4, 1 + (n - 1) // 8
    row: Row = {
        "学号": f"2026{n:07d}",
        "姓名": f"学生{chr(0x4E00 + n)}",
        "性别": "女",
        "民族": "汉族",
        "出生日期": date(2007, 1 + n % 12, 1 + n % 28),
        "生源地": "河南",
        "学院": f"第{1 + (school_class - 1) // 2}学院",
        "专业": "软件工程",
        "年级": 2026,
        "班级": f"软件260{school_class}班",
        "校区": "东校区",
        "楼栋": "东6栋",
        "房间号": str(room),
        "床位": 1 + (n - 1) % 4,
        "手机号": f"1000000{n:04d}",
        "家长姓名": f"家长{n}",
        "与本人关系": "母亲",
        "家长电话": f"1999999{n:04d}",
        "学籍状态": "在读",
    }
    return row | changes


def students(count: int = 24) -> list[Row]:
    return [student(n) for n in range(1, count + 1)]


def teacher(number: str, role: str, department: str = "第1学院", classes: str = "", **changes: Any) -> Row:
    row: Row = {
        "工号": number,
        "姓名": f"老师{number}",
        "性别": "男",
        "部门": department,
        "岗位": role,
        "负责班级": classes,
        "手机号": "10000000009",
        "邮箱": f"t{number}@example.edu",
    }
    return row | changes


def staff() -> list[Row]:
    return [
        teacher("10001", "分管校领导", "学校"),
        teacher("10002", "中心主任", "心理中心"),
        teacher("10003", "心理专干"),
        teacher("10004", "心理专干", "第2学院"),
        teacher("10005", "辅导员", classes="软件2601班、软件2602班"),
        teacher("10006", "班主任", "第2学院", classes="软件2603班"),
    ]


def post(number: str, role: str, unit: str = "", name: str = "") -> Row:
    return {"学号或工号": number, "姓名": name, "岗位": role, "单位": unit}


HEADS: Mapping[str, Sequence[str]] = {"学生名册": STUDENT_HEAD, "教职工": STAFF_HEAD, "任职": POST_HEAD}


def workbook(sheets: Mapping[str, Sequence[Row]], heads: Mapping[str, Sequence[str]] = HEADS) -> bytes:
    """An xlsx file; a text that begins with = becomes a formula, as it would in an office."""
    target = BytesIO()
    with xlsxwriter.Workbook(target) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            head = heads[name]
            sheet.write_row(0, 0, head)
            for index, row in enumerate(rows, start=1):
                for position, column in enumerate(head):
                    value = row.get(column, "")
                    if isinstance(value, date):
                        sheet.write_datetime(index, position, value, day)
                    else:
                        sheet.write(index, position, value)
    return target.getvalue()


def write(folder: Path, sheets: Mapping[str, Sequence[Row]], name: str = "roster.xlsx") -> Path:
    path = folder / name
    path.write_bytes(workbook(sheets))
    return path


# One student each: the change to the row, and the code it is told by.
REFUSED: dict[str, Row] = {
    "student-number-missing": {"学号": ""},
    "number-impossible": {"学号": "2026/1"},
    "name-missing": {"姓名": ""},
    "name-too-long": {"姓名": "长" * 41},
    "markup-in-name": {"姓名": "<script>alert(1)</script>"},
    "markup-in-text": {"专业": "<b>软件</b>"},
    "text-too-long": {"生源地": "远" * 41},
    "formula": {"姓名": '=HYPERLINK("http://example.com","张三")'},
    "sex-unknown": {"性别": "M"},
    "birth-date-impossible": {"出生日期": "2007-02-30"},
    "grade-impossible": {"年级": "大一"},
    "college-unknown": {"学院": "计算机学院(旧)"},
    "class-missing": {"班级": ""},
    "status-unknown": {"学籍状态": "未知"},
}
MENDED: dict[str, Row] = {
    "spaces-around": {"姓名": " 丁明\u3000", "班级": "软件2601班 "},
    "full-width-digits": {"学号": "２０２６００００９９１"},
    "student-number-as-float": {"学号": 20260000992},
    "phone-as-float": {"手机号": 10000000993},
    "birth-date-text": {"出生日期": "2006.10.23"},
}
