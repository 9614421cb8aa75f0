import json
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel import xlsx
from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import Student, User
from network.rules import Role
from screening.models import ColumnMapping, ImportedResult, ResultImport, Scale
from screening.services.imports import (
    Difference,
    apply_results,
    difference_of,
    map_columns,
    undo_results,
    upload_results,
)
from tests.conftest import World
from tests.screening.screenings import make_scale

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
HEADERS = ["学号", "日期", "总分", "等级"]
COLUMNS = {"number": "学号", "day": "日期", "total": "总分", "level": "等级"}
DAY = date(2025, 11, 3)


@pytest.fixture
def scale(world: World, at: datetime) -> Scale:
    return make_scale(at=at)


def book(*rows: list[Any]) -> bytes:
    return xlsx.write_workbook({"results": [HEADERS, *rows]})


def compared(world: World, scale: Scale, *rows: list[Any], at: datetime) -> ResultImport:
    by = world.holder(Role.CENTER_DIRECTOR)
    given = {"source": "旧系统", "file_name": "old.xlsx", "content": BytesIO(book(*rows))}
    uploaded = upload_results(school=world.school, scale=scale, by=by, at=at, **given)
    return map_columns(result_import=uploaded, columns=COLUMNS, save_as="", by=by, at=at)


def apply(row: ResultImport, world: World, at: datetime) -> ResultImport:
    return apply_results(result_import=row, by=world.holder(Role.CENTER_DIRECTOR), at=at)


def numbers(world: World) -> list[str]:
    return [one.number for one in world.students["own"]]


def totals() -> dict[str, int]:
    rows = ImportedResult.objects.current().select_related("student")
    return {one.student.number: json.loads(one.outcome)["total"] for one in rows}


def test_a_file_is_uploaded_mapped_compared_and_confirmed(
    world: World, login: Login, scale: Scale, at: datetime
) -> None:
    director = login(world.holder(Role.CENTER_DIRECTOR))
    a, b, *_rest = numbers(world)
    file = SimpleUploadedFile("old.xlsx", book([a, "2025-11-03", 5, 2], [b, DAY, 9, ""]))
    sent = {"scale": scale.pk, "source": "旧系统", "file": file}
    assert reverse("screening:import-list") in director.get(reverse("screening:campaign-list")).content.decode()
    page = director.post(reverse("screening:import-list"), sent)
    row = ResultImport.objects.get()
    assert page.url == row.get_absolute_url()
    assert a not in str(ResultImport.objects.values_list("sheet", flat=True)[0])
    mapped = director.post(
        reverse("screening:import-map", args=[row.pk]), {**COLUMNS, "save_as": "旧系统"}, follow=True
    )
    assert "Import now" in mapped.content.decode()
    assert not ImportedResult.objects.exists()
    director.post(reverse("screening:import-apply", args=[row.pk]))
    assert totals() == {a: 5, b: 9}
    row.refresh_from_db()
    assert (row.state, row.sheet) == ("applied", "")
    acts = AuditEvent.objects.filter(action__startswith="result_import.").values_list("action", flat=True)
    assert set(acts) >= {"result_import.upload", "result_import.map", "result_import.apply"}
    assert "2 results came in" in director.get(row.get_absolute_url()).content.decode()


def test_the_choice_of_columns_is_kept_under_its_name_for_the_next_file(
    world: World, login: Login, scale: Scale, at: datetime
) -> None:
    row = compared(world, scale, [numbers(world)[0], DAY, 5, ""], at=at)
    director = login(world.holder(Role.CENTER_DIRECTOR))
    director.post(reverse("screening:import-map", args=[row.pk]), {**COLUMNS, "save_as": "旧系统"})
    kept = ColumnMapping.objects.get()
    page = director.get(row.get_absolute_url(), {"mapping": kept.pk})
    assert page.context["form"].initial["total"] == "总分"
    ColumnMapping.objects.update(columns={**COLUMNS, "total": "得分"})
    assert "has no column 得分" in director.get(row.get_absolute_url(), {"mapping": kept.pk}).content.decode()


def test_a_mapping_to_a_column_that_is_not_there_names_it(
    world: World, login: Login, scale: Scale, at: datetime
) -> None:
    row = compared(world, scale, [numbers(world)[0], DAY, 5, ""], at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    answer = login(director).post(reverse("screening:import-map", args=[row.pk]), {**COLUMNS, "total": "得分"})
    assert answer.status_code == 422
    assert "得分" in answer.content.decode()
    with pytest.raises(Refused, match="得分"):
        map_columns(result_import=row, columns={**COLUMNS, "total": "得分"}, save_as="", by=director, at=at)


def test_each_bad_row_is_named_and_nothing_is_half_imported(
    world: World, login: Login, scale: Scale, at: datetime
) -> None:
    good = numbers(world)[0]
    stranger = Student.objects.filter(school=world.other)[0].number
    bad = [["999", DAY, 5, ""], [stranger, DAY, 5, ""], [good, DAY, 28, ""], [good, DAY, 6, ""]]
    row = compared(world, scale, [good, DAY, 5, ""], *bad, at=at)
    told = login(world.holder(Role.CENTER_DIRECTOR)).get(row.get_absolute_url()).content.decode()
    for said in ("Nobody has the number 999", f"{stranger} is a student of another school", "no total from 0 to 27"):
        assert said in told
    assert "stands in row 2 already" in told
    assert [fault.row for fault in difference_of(row).faults] == [3, 4, 5, 6]
    with pytest.raises(Refused, match="Nothing was imported"):
        apply(row, world, at)
    assert not ImportedResult.objects.exists()


def test_the_next_file_shows_what_is_new_changed_and_known(world: World, scale: Scale, at: datetime) -> None:
    a, b, c, _d = numbers(world)
    apply(compared(world, scale, [a, DAY, 5, 2], [b, DAY, 9, ""], at=at), world, at)
    second = compared(world, scale, [a, DAY, 6, 2], [b, DAY, 9, ""], [c, DAY, 1, 3], at=at)
    found = difference_of(second)
    assert [len(part) for part in (found.new, found.changed, found.unchanged)] == [1, 1, 1]
    apply(second, world, at)
    assert totals() == {a: 6, b: 9, c: 1}


def test_an_import_is_taken_back_and_what_it_corrected_stands_again(world: World, scale: Scale, at: datetime) -> None:
    a, b, *_rest = numbers(world)
    director = world.holder(Role.CENTER_DIRECTOR)
    first = apply(compared(world, scale, [a, DAY, 5, ""], at=at), world, at)
    second = apply(compared(world, scale, [a, DAY, 6, ""], [b, DAY, 2, ""], at=at), world, at)
    with pytest.raises(Refused, match="later file"):
        undo_results(result_import=first, by=director, at=at)
    undo_results(result_import=second, by=director, at=at)
    assert totals() == {a: 5}
    with pytest.raises(Refused, match="past that"):
        undo_results(result_import=second, by=director, at=at)


def test_a_file_in_which_everything_is_known_has_nothing_to_import(
    world: World, login: Login, scale: Scale, at: datetime
) -> None:
    line = [numbers(world)[0], DAY, 5, ""]
    apply(compared(world, scale, line, at=at), world, at)
    row = compared(world, scale, line, at=at)
    director = login(world.holder(Role.CENTER_DIRECTOR))
    assert "nothing to import" in director.get(row.get_absolute_url()).content.decode()
    director.post(reverse("screening:import-discard", args=[row.pk]))
    assert not ResultImport.objects.filter(pk=row.pk).exists()


def test_an_imported_result_says_in_the_student_file_where_it_comes_from(
    world: World, login: Login, scale: Scale, at: datetime
) -> None:
    student = world.students["own"][0]
    apply(compared(world, scale, [student.number, DAY, 5, 2], at=at), world, at)
    section = reverse("screening:student-section", args=[student.pk])
    assert "from 旧系统" in login(world.holder(Role.CENTER_DIRECTOR)).get(section).content.decode()
    coordinator = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert "旧系统" not in coordinator.get(section).content.decode()


@pytest.mark.parametrize("content", [b"no workbook", xlsx.write_workbook({"a": [HEADERS]})])
def test_a_file_that_is_no_table_is_refused_with_a_reason(
    world: World, login: Login, scale: Scale, content: bytes
) -> None:
    sent = {"scale": scale.pk, "source": "x", "file": SimpleUploadedFile("a.xlsx", content)}
    answer = login(world.holder(Role.CENTER_DIRECTOR)).post(reverse("screening:import-list"), sent)
    assert answer.status_code == 422
    assert not ResultImport.objects.exists()


@pytest.mark.parametrize("role", [Role.COLLEGE_COORDINATOR, Role.LEADING_GROUP, Role.PART_TIME_COUNSELOR])
def test_nobody_outside_the_center_brings_results_in(
    world: World, login: Login, scale: Scale, at: datetime, role: Role
) -> None:
    row = compared(world, scale, [numbers(world)[0], DAY, 5, ""], at=at)
    client = login(world.holder(role))
    assert client.get(reverse("screening:import-list")).status_code == 403
    assert client.post(reverse("screening:import-apply", args=[row.pk])).status_code == 404
    with pytest.raises(Refused):
        apply_results(result_import=row, by=world.holder(role), at=at)


def test_another_school_finds_no_such_file(world: World, login: Login, scale: Scale, at: datetime) -> None:
    row = compared(world, scale, [numbers(world)[0], DAY, 5, ""], at=at)
    client = login(User.objects.get(school=world.other, posts__role=Role.CENTER_DIRECTOR))
    assert client.get(row.get_absolute_url()).status_code == 404
    assert client.post(reverse("screening:import-undo", args=[row.pk])).status_code == 404


HEAD_ROW = ["学号", "姓名", "提交时间", "总分", "类别"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([["2026年秋季普查结果"]], []),
        ([], [["合计", "", "", 53.0, ""], ["平均分", "", "", 53.0, ""]]),
        ([["某系统导出"], []], [["制表人：王老师"]]),
    ],
)
def test_titles_and_feet_are_passed_over(
    world: World, scale: Scale, at: datetime, before: list[Any], after: list[Any]
) -> None:
    student = world.students["own"][0]
    rows = [*before, HEAD_ROW, [student.number, student.name, "2026-11-02", "１２.0", "二类"], *after]
    file = upload_rows(world, scale, rows, at)
    assert file.headers == HEAD_ROW
    found = named(file, world, at)
    assert [(line.total, line.level) for line, _student in found.new] == [(12, 2)]
    assert found.faults == []


def test_a_heading_that_stands_twice_is_told_apart(world: World, scale: Scale, at: datetime) -> None:
    student = world.students["own"][0]
    head = ["学号", "姓名", "提交时间", "总分", "总分"]
    file = upload_rows(world, scale, [head, [student.number, student.name, "2026-11-02", 53, 3]], at)
    assert file.headers[3:] == ["总分 (D)", "总分 (E)"]
    mapped = map_columns(
        result_import=file,
        columns={"number": "学号", "day": "提交时间", "total": "总分 (E)"},
        save_as="",
        by=world.holder(Role.CENTER_DIRECTOR),
        at=at,
    )
    assert [line.total for line, _student in difference_of(mapped).new] == [3]


def test_a_name_that_is_mapped_must_match(world: World, scale: Scale, at: datetime) -> None:
    first, second = world.students["own"][:2]
    rows = [
        HEAD_ROW,
        [first.number, f"{first.name[0]}\u3000{first.name[1:]}", "2026-11-02", 3, 3],
        [second.number, "别人", "2026-11-02", 3, 3],
    ]
    found = named(upload_rows(world, scale, rows, at), world, at)
    assert [line.number for line, _student in found.new] == [first.number]
    assert [fault.row for fault in found.faults] == [3]


def upload_rows(world: World, scale: Scale, rows: list[Any], at: datetime) -> ResultImport:
    content = BytesIO(xlsx.write_workbook({"数据": rows}))
    return upload_results(
        school=world.school,
        scale=scale,
        source="旧系统",
        file_name="a.xlsx",
        content=content,
        by=world.holder(Role.CENTER_DIRECTOR),
        at=at,
    )


def named(file: ResultImport, world: World, at: datetime) -> Difference:
    columns = {"number": "学号", "name": "姓名", "day": "提交时间", "total": "总分", "level": "类别"}
    by = world.holder(Role.CENTER_DIRECTOR)
    return difference_of(map_columns(result_import=file, columns=columns, save_as="", by=by, at=at))
