"""The pages of a plan: written, looked at, confirmed, taken back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel import xlsx
from network.models import Rollover, Student, Unit, User
from network.rules import EnrollmentStatus, Role
from network.services.rollover import start_due_rollovers
from tests.conftest import World
from tests.network.rollover_plans import snapshot

pytestmark = pytest.mark.usefixtures("november")
MOST_QUERIES = 25


@pytest.fixture
def director(world: World, login: Callable[[User], Client]) -> Client:
    Unit.objects.filter(pk=world.it1.pk).update(grade=2022, years=4)
    return login(world.holder(Role.CENTER_DIRECTOR))


def begin(client: Client, day: str = "2026-11-10") -> Rollover:
    client.post(reverse("network:rollover-list"), {"title": "夏季", "effective_on": day})
    rollover: Rollover = Rollover.objects.get()
    return rollover


def add(client: Client, rollover: Rollover, kind: str, **data: Any) -> int:
    return client.post(reverse("network:rollover-step-add", args=[rollover.pk, kind]), data).status_code


def look(client: Client, rollover: Rollover) -> tuple[str, Any]:
    response = client.get(rollover.get_absolute_url())
    return response.content.decode(), response.context


def confirm(client: Client, rollover: Rollover, number: int) -> str:
    _page, context = look(client, rollover)
    data = {"digest": context["digest"], "number": number}
    return client.post(reverse("network:rollover-confirm", args=[rollover.pk]), data, follow=True).content.decode()


def test_a_plan_is_written_looked_at_applied_and_undone(
    director: Client, world: World, at_once: None, django_capture_on_commit_callbacks: Any
) -> None:
    before = snapshot()
    rollover = begin(director)
    assert "The plan has no steps yet" in look(director, rollover)[0]
    assert add(director, rollover, "graduate", grade=2022, years=4) == 302
    delayed = world.students["own"][0]
    assert add(director, rollover, "delay", rows=f"{delayed.number}\t{delayed.name}") == 302
    page, context = look(director, rollover)
    assert context["difference"].size == 5
    assert "Type the number 5" in page
    assert "Type the number 5 to confirm" in confirm(director, rollover, 4)
    with django_capture_on_commit_callbacks(execute=True):
        confirm(director, rollover, 5)
    wait_for(rollover, Rollover.State.APPLIED)
    gone = world.students["own"][1]
    gone.refresh_from_db()
    assert gone.enrollment_status == EnrollmentStatus.GRADUATED
    assert "Undo this rollover" in look(director, rollover)[0]
    with django_capture_on_commit_callbacks(execute=True):
        director.post(reverse("network:rollover-undo", args=[rollover.pk]))
    wait_for(rollover, Rollover.State.UNDONE)
    assert snapshot()["network_student"] == before["network_student"]


def wait_for(rollover: Rollover, state: str) -> None:
    rollover.refresh_from_db()
    assert rollover.state == state


def test_a_split_is_read_from_a_workbook(director: Client, world: World) -> None:
    rollover = begin(director)
    class_list = [*world.students["far"], world.roomless]
    rows = [["2026级分流名单", ""], ["学号", "姓名", "新班级"]]
    rows += [[s.number, s.name, "甲班" if n else "乙班"] for n, s in enumerate(class_list)]
    file = SimpleUploadedFile("list.xlsx", xlsx.write_workbook({"名单": rows}))
    assert add(director, rollover, "split", school_class=world.it2.code, file=file) == 302
    page, context = look(director, rollover)
    assert context["figures"]["units"] == {"new": 2, "changed": 0, "closed": 1}
    assert "甲班 (3)" in page


def test_each_part_of_the_preview_shows_its_rows_and_each_step_in_a_few_words(director: Client, world: World) -> None:
    rollover = begin(director)
    leaver = world.students["own"][0]
    assert add(director, rollover, "graduate", grade=2022, years=4) == 302
    assert add(director, rollover, "delay", rows=f"{leaver.number}\t{leaver.name}") == 302
    assert add(director, rollover, "move", school_class=world.arts1.code, campus="西校区") == 302
    assert add(director, rollover, "rename", unit=world.it.code, name="信息学院") == 302
    page, context = look(director, rollover)
    assert "信息学院" in page
    assert len(context["tabs"]) > 1
    for tab in context["tabs"]:
        shown = director.get(rollover.get_absolute_url() + tab["url"])
        assert shown.status_code == 200


def test_a_confirmed_plan_for_later_is_taken_back(director: Client) -> None:
    rollover = begin(director, "2026-12-01")
    add(director, rollover, "graduate", grade=2022)
    confirm(director, rollover, 6)
    rollover.refresh_from_db()
    assert rollover.state == Rollover.State.SCHEDULED
    director.post(reverse("network:rollover-recall", args=[rollover.pk]))
    rollover.refresh_from_db()
    assert (rollover.state, rollover.difference) == (Rollover.State.PLANNED, "")


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("graduate", {"grade": "2202"}, "2099"),
        ("delay", {"rows": ""}, "The list is empty"),
        ("transfer", {"rows": "20260001 去留学"}, "is no change that is known"),
        ("split", {"school_class": "MD-C0001", "rows": "20260001"}, "the new class is missing"),
        ("move", {"school_class": "MD-C0001"}, "Choose a new college"),
        ("merge", {"classes": ["OT-C0001"], "into": "甲"}, "is not one of the available choices"),
        ("rename", {"unit": "MD-C0001", "name": "<b>"}, "cannot be a name"),
    ],
)
def test_a_bad_step_says_what_to_do_and_keeps_what_was_typed(
    director: Client, kind: str, data: dict[str, Any], sentence: str
) -> None:
    rollover = begin(director)
    response = director.post(reverse("network:rollover-step-add", args=[rollover.pk, kind]), data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not rollover.steps.exists()


def test_a_day_in_the_past_is_refused(director: Client) -> None:
    response = director.post(reverse("network:rollover-list"), {"title": "x", "effective_on": "2026-11-09"})
    assert response.status_code == 422
    assert "is over" in response.content.decode()


def test_an_open_month_blocks_until_it_is_agreed(director: Client, world: World, cycle: object) -> None:
    rollover = begin(director)
    add(director, rollover, "graduate", grade=2022)
    page, context = look(director, rollover)
    assert [obstacle.code for obstacle in context["blocking"]] == ["month-open"]
    assert "rollover-number" not in page
    change = {"title": "夏季", "effective_on": "2026-11-10", "in_open_month": "on"}
    director.post(reverse("network:rollover-change", args=[rollover.pk]), change)
    page, context = look(director, rollover)
    assert context["blocking"] == []
    assert "rollover-number" in page


def test_a_plan_for_later_waits_for_its_day(director: Client, at: datetime) -> None:
    rollover = begin(director, "2026-12-01")
    add(director, rollover, "graduate", grade=2022)
    confirm(director, rollover, 6)
    rollover.refresh_from_db()
    assert rollover.state == Rollover.State.SCHEDULED
    assert not Student.objects.filter(enrollment_status=EnrollmentStatus.GRADUATED).exists()
    assert start_due_rollovers(at=at) == 0
    assert start_due_rollovers(at=at + timedelta(days=21)) == 1
    assert start_due_rollovers(at=at + timedelta(days=21)) == 0


def test_the_page_of_a_plan_asks_few_queries(director: Client, world: World, cycle: object) -> None:
    rollover = begin(director)
    add(director, rollover, "graduate", grade=2022)
    add(director, rollover, "transfer", rows=f"{world.roomless.number}\t转专业\t中文2601班\t文学院")
    add(director, rollover, "move", school_class=world.arts1.code, campus="西校区")
    with CaptureQueriesContext(connection) as queries:
        look(director, rollover)
    assert len(queries) <= MOST_QUERIES, len(queries)


def test_the_length_of_study_is_entered_for_a_grade(director: Client, world: World) -> None:
    Unit.objects.update(years=None)
    url = reverse("network:rollover-years")
    director.post(url, {"unit": world.it.code, "grade": 2022, "years": 5})
    assert list(Unit.objects.exclude(years=None).values_list("code", "years")) == [(world.it1.code, 5)]
    director.post(url, {"unit": world.arts.code, "years": 4})
    assert Unit.objects.get(pk=world.arts.pk).years == 4
    assert director.post(url, {"unit": world.arts.code, "years": 11}).status_code == 422
    assert "not known" in director.get(url).content.decode()


def test_the_sample_lists_are_read_as_they_are(director: Client, world: World) -> None:
    content = director.get(reverse("network:rollover-sample")).content
    sheets = xlsx.read_workbook(BytesIO(content)).sheets
    assert list(sheets) == ["拆分名单", "学籍异动", "延毕名单"]
