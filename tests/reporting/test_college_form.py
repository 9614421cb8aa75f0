from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from network.models import Duty, User
from network.rules import Role
from reporting.models import Cycle, Report
from reporting.rules.disclosure import HIDDEN, NOTHING, Cells, exactly
from reporting.rules.filing import State
from reporting.rules.narrative import suggest
from reporting.rules.totals import Figures
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]


@pytest.fixture
def college(world: World, cycle: Cycle) -> Report:
    return world.report(cycle, world.it)


@pytest.fixture
def coordinator(world: World, login: Login) -> Client:
    return login(world.holder(Role.COLLEGE_COORDINATOR))


def form(report: Report, **said: Any) -> dict[str, Any]:
    return {"revision": report.revision, "client_id": uuid4(), **said}


def file(client: Client, college: Report) -> Any:
    said = form(college, narrative="本月平稳", missing_reason="班级在实习")
    return client.post(reverse("reporting:college-file", args=[college.pk]), said)


def test_the_form_suggests_a_text_from_the_figures(coordinator: Client, college: Report) -> None:
    page = coordinator.get(reverse("reporting:report-detail", args=[college.pk]))
    assert page.context["suggestion"] == "Nothing was reported this month."
    assert "Nothing was reported this month." in page.content.decode()
    assert [row.report.unit.name for row in page.context["rows"]] == ["计科2601班", "计科2602班"]


def test_the_coordinator_files_and_the_center_owes_a_check(
    world: World, coordinator: Client, college: Report, login: Login
) -> None:
    assert file(coordinator, college).status_code == 302
    college.refresh_from_db()
    assert (college.state, college.narrative, college.on_time) == (State.FILED, "本月平稳", True)
    duty = Duty.objects.get(kind="college_check")
    assert (duty.role, duty.unit, duty.settled_at) == (Role.CENTER_DIRECTOR, world.school, None)
    director = login(world.holder(Role.CENTER_DIRECTOR))
    assert "本月平稳" in director.get(reverse("reporting:report-detail", args=[college.pk])).content.decode()
    director.post(reverse("reporting:report-accept", args=[college.pk]))
    college.refresh_from_db()
    duty.refresh_from_db()
    assert (college.state, duty.settled_at is not None) == (State.ACCEPTED, True)


def test_missing_classes_need_a_reason_and_the_text_is_kept(coordinator: Client, college: Report) -> None:
    answer = coordinator.post(reverse("reporting:college-file", args=[college.pk]), form(college, narrative="写了很久"))
    assert answer.status_code == 422
    assert "写了很久" in answer.content.decode()
    assert "2 reports below are missing" in answer.content.decode()


def test_a_text_that_is_too_long_is_not_filed(coordinator: Client, college: Report) -> None:
    said = form(college, narrative="长" * 3001, missing_reason="x")
    for route in ("college-file", "college-draft"):
        assert coordinator.post(reverse(f"reporting:{route}", args=[college.pk]), said).status_code == 422


def test_a_draft_keeps_both_texts(coordinator: Client, college: Report) -> None:
    url = reverse("reporting:college-draft", args=[college.pk])
    assert coordinator.post(url, form(college, narrative="半篇", missing_reason="实习")).status_code == 302
    college.refresh_from_db()
    assert (college.narrative, college.missing_reason, college.state) == ("半篇", "实习", State.DRAFT)
    file(coordinator, college)
    assert coordinator.post(url, form(college, narrative="晚了")).status_code == 422


def test_a_correction_makes_a_version_and_the_old_one_stays(
    world: World, coordinator: Client, college: Report, login: Login
) -> None:
    file(coordinator, college)
    director = login(world.holder(Role.CENTER_DIRECTOR))
    director.post(reverse("reporting:report-accept", args=[college.pk]))
    url = reverse("reporting:report-correct", args=[college.pk])
    assert director.post(url, {"reason": ""}).status_code == 422
    answer = director.post(url, {"reason": "数字有误"})
    fresh = Report.objects.current().get(unit=world.it)
    assert answer.url == reverse("reporting:report-detail", args=[fresh.pk])
    assert (fresh.version, fresh.state) == (2, State.RETURNED)
    page = director.get(answer.url).content.decode()
    assert "数字有误" in page
    assert "Version 1" in page
    old = director.get(reverse("reporting:report-detail", args=[college.pk])).content.decode()
    assert "This is an earlier version" in old
    assert director.post(url, {"reason": "再改"}).status_code == 403


def test_who_may_not_file_the_college_is_refused(world: World, college: Report, login: Login) -> None:
    client = login(world.holder(Role.DEPUTY_SECRETARY))
    assert client.get(reverse("reporting:report-detail", args=[college.pk])).status_code == 200
    assert file(client, college).status_code == 403
    assert client.post(reverse("reporting:report-accept", args=[college.pk])).status_code == 403
    assert client.post(reverse("reporting:report-nudge", args=[college.pk])).status_code == 403


def test_the_college_form_stays_within_its_budget(
    coordinator: Client, college: Report, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(25):
        coordinator.get(reverse("reporting:report-detail", args=[college.pk]))


def suggested(figures: Figures, cells: Cells | None = None) -> list[str]:
    return [sentence % numbers for sentence, numbers in suggest(figures, cells or exactly(figures))]


def test_the_suggestion_says_what_the_figures_say_and_nothing_of_the_unreported() -> None:
    figures = Figures(
        students=40,
        reported=23,
        clear=14,
        cloudy=8,
        thunder=1,
        classes_due=2,
        classes_filed=1,
        classes_on_time=1,
        activities=1,
    )
    assert suggested(figures) == [
        "This month 23 of 40 students were reported on.",
        "Of 17 students nothing was reported.",
        "9 of those reported on were below clear weather.",
        "1 of 2 classes have reported, 1 of them on time.",
        "Activities were held in 1 of 2 classes.",
    ]


def test_a_calm_month_is_said_to_be_calm() -> None:
    figures = Figures(students=40, reported=40, clear=40, classes_due=1, classes_filed=1, classes_on_time=1)
    assert suggested(figures) == [
        "This month 40 of 40 students were reported on.",
        "All of those reported on were in clear weather.",
        "All classes have reported (1), 1 of them on time.",
    ]


def test_the_suggestion_is_made_from_what_may_be_shown() -> None:
    figures = Figures(students=218, reported=200, clear=197, cloudy=3)
    hidden = replace(exactly(figures), concerned=HIDDEN)
    assert suggested(figures, hidden) == [
        "This month 200 of 218 students were reported on.",
        "Of 18 students nothing was reported.",
    ]
    assert suggested(figures, NOTHING) == ["This month some of 218 students were reported on."]
    assert suggest(figures, None) == suggest(figures, NOTHING)
