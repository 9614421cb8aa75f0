from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from activities.models import Course, CourseEnrolment, CourseImport
from activities.rules.program import CourseState
from activities.services.course_imports import apply_list, difference_of, discard_list, upload_list
from activities.services.courses import add_run, save_course
from activities.services.indicators import Reference, course
from kernel import personal_data
from kernel.errors import Refused
from kernel.xlsx import write_workbook
from network.models import Student, User
from network.rules import Role
from tests.conftest import World

Login = Callable[[User], Client]
Rows = Sequence[Sequence[Any]]


def make_course(world: World, at: datetime, *, credits: str = "2", groups: Sequence[str] = ("01班",)) -> Course:
    by = world.holder(Role.CENTER_DIRECTOR)
    row = save_course(
        school=world.school, code="XL01", title="大学生心理健康教育", kind="required", credits=Decimal(credits),
        hours=32, effective_from=date(2020, 9, 1), by=by, at=at,
    )  # fmt: skip
    for group in groups:
        add_run(course=row, year=2026, term=1, group=group, timetable="", by=by, at=at)
    return row


def upload(course: Course, world: World, at: datetime, rows: Rows, *, name: str = "名单.xlsx") -> CourseImport:
    if name.endswith(".csv"):
        content = "\n".join(",".join(map(str, row)) for row in rows).encode("gb18030")
    else:
        content = write_workbook({"名单": rows})
    return upload_list(
        course=course, year=2026, term=1, file_name=name, content=BytesIO(content),
        by=world.holder(Role.CENTER_DIRECTOR), at=at,
    )  # fmt: skip


def apply(row: CourseImport, world: World, at: datetime) -> None:
    apply_list(course_import=row, by=world.holder(Role.CENTER_DIRECTOR), at=at)


def numbers(world: World, *rooms: str) -> list[list[str]]:
    return [[student.number, student.name] for room in rooms for student in world.students[room]]


@pytest.mark.parametrize("name", ["名单.xlsx", "名单.csv"])
def test_a_list_is_looked_at_then_applied_and_a_second_time_changes_nothing(
    world: World, at: datetime, name: str
) -> None:
    course_row = make_course(world, at)
    rows = [["2026年秋季名单"], ["学号", "姓名"], *numbers(world, "own", "far")]
    first = upload(course_row, world, at, rows, name=name)
    assert len(difference_of(first).new) == 7
    assert not CourseEnrolment.objects.exists()
    apply(first, world, at)
    assert CourseEnrolment.objects.count() == 7
    assert CourseImport.objects.get().sheet == ""
    again = upload(course_row, world, at, rows, name=name)
    assert difference_of(again).unchanged == 7
    with pytest.raises(Refused, match="already"):
        apply(again, world, at)


def test_states_and_groups_follow_the_file_and_stay_without_a_column(world: World, at: datetime) -> None:
    course_row = make_course(world, at, groups=("01班", "02班"))
    number = world.students["own"][0].number
    apply(upload(course_row, world, at, [["学号", "教学班", "状态"], [number, "01班", "通过"]]), world, at)
    apply(upload(course_row, world, at, [["学号", "教学班"], [number, "02班"]]), world, at)
    row = CourseEnrolment.objects.select_related("run").get()
    assert (row.run.group, row.state) == ("02班", "passed")


@pytest.mark.parametrize(
    ("rows", "place", "words"),
    [
        ([["学号"], ["{own}"], ["{own}"]], (3, "学号"), "stands in row 2"),
        ([["学号"], ["999999"]], (2, "学号"), "Nobody has the number 999999"),
        ([["学号", "姓名"], ["{own}", "别人家的"]], (2, "姓名"), "another name"),
        ([["学号", "教学班"], ["{own}", "09班"]], (2, "教学班"), "no teaching group “09班”"),
        ([["学号", "状态"], ["{own}", "优秀"]], (2, "状态"), "is no state"),
        ([["学号", "姓名"], ["{own}", "=cmd|' /C calc'!A0"]], (2, "姓名"), "formula"),
        ([["编号"], ["{own}"]], (1, "学号"), "row of headings"),
        ([["学号", "学号"], ["{own}", "{own}"]], (1, "学号"), "Two columns"),
    ],
)
def test_a_bad_row_is_told_by_row_and_column_and_holds_the_file_back(
    world: World, november: datetime, login: Login, rows: Rows, place: tuple[int, str], words: str
) -> None:
    own = world.students["own"][0].number
    course_row = make_course(world, november)
    given = [[str(cell).replace("{own}", own) for cell in row] for row in rows]
    row = upload(course_row, world, november, given)
    fault = difference_of(row).faults[0]
    assert (fault.row, fault.column) == place
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(row.get_absolute_url()).content.decode()
    assert words in page
    with pytest.raises(Refused, match="Mend the rows"):
        apply(row, world, november)
    assert not CourseEnrolment.objects.exists()


def test_several_groups_need_a_name_and_another_school_has_no_students_here(world: World, at: datetime) -> None:
    course_row = make_course(world, at, groups=("01班", "02班"))
    row = upload(course_row, world, at, [["学号"], [world.students["own"][0].number]])
    assert "several teaching groups" in difference_of(row).faults[0].sentence
    discard_list(course_import=row, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    with pytest.raises(Refused, match="dealt with"):
        apply(row, world, at)


def test_a_file_without_rows_or_without_groups_is_refused(world: World, at: datetime) -> None:
    course_row = make_course(world, at, groups=())
    with pytest.raises(Refused, match="teaching groups"):
        upload(course_row, world, at, [["学号"], ["1"]])


def test_coverage_counts_first_years_in_a_course_of_enough_credits(world: World, at: datetime) -> None:
    course_row = make_course(world, at)
    rows = [["学号", "状态"]] + [[number, "通过"] for number, _name in numbers(world, "own", "far")]
    apply(upload(course_row, world, at, rows), world, at)
    # All 14 students of this world are first-years; who is of another grade counts neither above nor below.
    reference = Reference(world.school, None, 2026, at.date())
    assert (course(reference, CourseState.ENROLLED).numerator, course(reference, CourseState.PASSED).numerator) == (
        7,
        7,
    )
    assert course(reference, CourseState.ENROLLED).denominator == 14
    type(world.it2).objects.filter(pk=world.it2.pk).update(grade=2025)
    figure = course(reference, CourseState.ENROLLED)
    assert (figure.numerator, figure.denominator) == (4, 10)
    college = course(Reference(world.school, world.arts, 2026, at.date()), CourseState.ENROLLED)
    assert (college.numerator, college.denominator) == (0, 4)
    Course.objects.update(credits=Decimal("1.5"))
    assert course(reference, CourseState.ENROLLED).numerator == 0


def test_a_college_sees_the_run_with_its_own_students(world: World, november: datetime, login: Login) -> None:
    course_row = make_course(world, november)
    apply(
        upload(course_row, world, november, [["学号"], *([n] for n, _ in numbers(world, "own", "away"))]),
        world,
        november,
    )
    run = course_row.runs.get()
    page = login(world.holder(Role.COLLEGE_COORDINATOR)).get(run.get_absolute_url()).content.decode()
    assert world.students["own"][0].name in page
    assert world.students["away"][0].name not in page


def test_upload_and_confirmation_in_the_browser(world: World, november: datetime, login: Login) -> None:
    course_row = make_course(world, november)
    browser = login(world.holder(Role.FULL_TIME_COUNSELOR))
    file = BytesIO(write_workbook({"名单": [["学号", "姓名"], *numbers(world, "own")]}))
    file.name = "名单.xlsx"
    answer = browser.post(
        reverse("activities:course-import-new", args=[course_row.pk]), {"year": 2026, "term": 1, "file": file}
    )
    row = CourseImport.objects.get()
    assert answer["Location"] == row.get_absolute_url()
    browser.post(reverse("activities:course-import-apply", args=[row.pk]))
    page = browser.get(course_row.get_absolute_url()).content.decode()
    assert "名单.xlsx" in page
    assert browser.get(reverse("activities:course-list")).status_code == 200
    assert CourseEnrolment.objects.count() == 4


def test_a_list_that_nobody_confirms_is_thrown_away_in_time(world: World, at: datetime) -> None:
    course_row = make_course(world, at)
    row = upload(course_row, world, at, [["学号"], *([number] for number, _name in numbers(world, "own"))])
    category = next(one for one in personal_data.declared() if one.name == "activities.lists")
    assert category.due is not None
    assert category.expire is not None
    nobody = Student.objects.none().values("pk")
    assert not category.due(world.school.pk, at, nobody).exists()
    assert category.expire(category.due(world.school.pk, at + timedelta(days=1), nobody)) == 1
    row.refresh_from_db()
    assert (row.state, row.sheet) == ("discarded", "")
