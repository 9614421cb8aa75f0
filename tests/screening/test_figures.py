from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel import xlsx
from kernel.models import AuditEvent, PrintedFile
from network.models import Student, User
from network.rules import Role
from screening.models import Campaign, Scale
from screening.services.figures.printing import compose
from screening.services.figures.publication import publish_campaign
from screening.services.figures.tables import figures_of, scale_figures
from screening.services.imports import apply_results, map_columns, upload_results
from tests import factories
from tests.conftest import World
from tests.screening.cohorts import close, finish
from tests.screening.screenings import make_scale, next_version, open_screening

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
FACTORS = {"anxiety": 1.5, "depression": 1.25}
READERS = (Role.LEADING_GROUP, Role.CENTER_DIRECTOR, Role.FULL_TIME_COUNSELOR)


def crowd(world: World, n: int = 40) -> dict[str, list[Student]]:
    """More students in both colleges; of arts every second one is a man of Zhejiang."""
    on = date(2026, 9, 1)
    made = {"it": factories.make_students(world.it1, n, on=on), "arts": factories.make_students(world.arts1, n, on=on)}
    chosen = [one.pk for one in made["arts"][::2]]
    Student.objects.filter(pk__in=chosen).update(sex="M", origin="浙江省杭州市")
    return made


@pytest.fixture
def people(world: World) -> dict[str, list[Student]]:
    return crowd(world)


@pytest.fixture
def filled(world: World, people: dict[str, list[Student]], at: datetime) -> Campaign:
    campaign = open_screening(world, at=at)
    finish(campaign, people["it"], (1, 3), at=at, factors=FACTORS)
    finish(campaign, people["arts"][:38], (3,), at=at, total=2, factors=FACTORS)
    finish(campaign, people["arts"][38:], (None,), at=at, valid=False)
    return close(campaign, at=at)


def page(client: Client, campaign: Campaign) -> str:
    answer = client.get(reverse("screening:campaign-figures", args=[campaign.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_while_papers_come_in_nobody_reads_more_than_who_takes_part(
    world: World, login: Login, people: dict[str, list[Student]], at: datetime
) -> None:
    """Figures before and after one paper told its score."""
    campaign = open_screening(world, at=at)
    finish(campaign, people["it"], (1, 3), at=at, factors=FACTORS)
    for role in (*READERS, Role.COLLEGE_COORDINATOR):
        user = world.holder(role)
        told = page(login(user), campaign)
        assert "Classes and means come when the screening is closed" in told
        assert "Interview classes" not in told
        assert figures_of(campaign, user).scales == []
        assert "Interview classes" not in compose(campaign=campaign, by=user, at=at)[0]
    close(campaign, at=at)
    assert "Interview classes" in page(login(world.holder(Role.LEADING_GROUP)), campaign)


def test_the_years_before_leave_out_what_still_takes_answers(
    world: World, people: dict[str, list[Student]], at: datetime
) -> None:
    director, scale = world.holder(Role.CENTER_DIRECTOR), make_scale(at=at)
    running = open_screening(world, scale, at=at, name="上半年")
    closed = open_screening(world, scale, at=at, name="下半年", opens_on=date(2026, 11, 3))
    for campaign in (running, closed):
        finish(campaign, people["it"], (1, 3), at=at)
    close(closed, at=at)
    found = scale_figures(figures_of(closed, director), scale, director)
    assert [row.label for row in found.years] == ["下半年"]


def test_coverage_counts_valid_papers_of_those_asked(world: World, filled: Campaign) -> None:
    whole = figures_of(filled, world.holder(Role.CENTER_DIRECTOR)).whole
    assert (whole.due, whole.done, whole.valid) == (94, 80, 78)


def test_without_anybody_asked_the_coverage_is_not_a_number(world: World, login: Login, campaign: Campaign) -> None:
    campaign.participations.update(exempted_at=campaign.opened_at)
    assert "N/A" in page(login(world.holder(Role.CENTER_DIRECTOR)), campaign)


@pytest.mark.parametrize("role", READERS)
def test_the_school_reads_classes_by_college(world: World, login: Login, filled: Campaign, role: Role) -> None:
    told = page(login(world.holder(role)), filled)
    assert "信息学院" in told
    assert "文学院" in told
    assert world.it1.name not in told


def test_classes_and_means_are_those_of_valid_papers(world: World, filled: Campaign) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    found = scale_figures(figures_of(filled, director), filled.scales.get(), director)
    assert {row.label: row.cells for row in found.levels} == {"信息学院": (20, 0, 20), "文学院": (0, 0, 38)}
    assert found.measures == ["Total", "anxiety", "depression"]
    assert [row.means[0] for row in found.by_unit] == [4.0, 2.0]
    assert sorted(row.n for row in found.by_sex) == [19, 59]
    assert {row.label: row.n for row in found.by_origin} == {"elsewhere or not known": 59, "浙江": 19}
    assert found.whole.n == 78


def test_a_college_reads_its_own_by_class(world: World, login: Login, filled: Campaign) -> None:
    told = page(login(world.holder(Role.COLLEGE_COORDINATOR)), filled)
    assert world.it1.name in told
    assert world.arts1.name not in told
    assert "Interview classes" in told


@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.CLASS_ADVISER])
def test_a_class_is_too_few_for_more_than_the_coverage(
    world: World, login: Login, filled: Campaign, role: Role
) -> None:
    told = page(login(world.holder(role)), filled)
    assert world.it1.name in told
    assert "Interview classes" not in told


@pytest.mark.parametrize("role", [Role.PART_TIME_COUNSELOR, Role.DORM_HEAD, Role.AUDITOR, Role.SYSTEM_ADMINISTRATOR])
def test_who_reads_no_statistics_is_refused(world: World, login: Login, filled: Campaign, role: Role) -> None:
    client = login(world.holder(role))
    assert client.get(reverse("screening:campaign-figures", args=[filled.pk])).status_code == 404
    assert client.post(reverse("screening:campaign-report", args=[filled.pk])).status_code == 404


def test_another_school_finds_no_such_screening(world: World, login: Login, filled: Campaign) -> None:
    assert world.other is not None
    stranger = User.objects.get(school=world.other, posts__role=Role.CENTER_DIRECTOR)
    client = login(stranger)
    assert client.get(reverse("screening:campaign-figures", args=[filled.pk])).status_code == 404
    assert client.post(reverse("screening:campaign-report", args=[filled.pk])).status_code == 404
    assert filled.name not in client.get(reverse("screening:figures-list")).content.decode()


def test_a_small_cell_is_nowhere_on_the_page(
    world: World, login: Login, people: dict[str, list[Student]], at: datetime
) -> None:
    campaign = open_screening(world, at=at)
    finish(campaign, people["it"], (1,) * 3 + (3,) * 37, at=at)
    finish(campaign, people["arts"], (1, 3), at=at)
    close(campaign, at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    found = scale_figures(figures_of(campaign, director), campaign.scales.get(), director)
    assert str(found.levels[0].cells[0]) == "*"
    told = page(login(director), campaign)
    assert 'fill="url(#chart-levels-hatch)"' in told
    assert "<td>not shown</td>" in told


def test_the_same_scale_is_compared_over_the_years(
    world: World, people: dict[str, list[Student]], at: datetime
) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    scale = make_scale(at=at)
    first = open_screening(world, scale, at=at, name="上半年")
    second = open_screening(world, scale, at=at, name="下半年", opens_on=date(2026, 11, 3))
    finish(first, people["it"], (1, 3), at=at)
    finish(second, people["it"], (1, 1, 1, 3), at=at)
    close(first, at=at)
    close(second, at=at)
    found = scale_figures(figures_of(second, director), scale, director)
    assert [(row.label, row.share(1)) for row in found.years] == [("上半年", 50.0), ("下半年", 75.0)]
    assert [(row.label, row.n, row.means) for row in found.years_means] == [
        ("上半年", 40, (4.0,)),
        ("下半年", 40, (4.0,)),
    ]


def test_results_of_another_system_are_the_years_before(
    world: World, people: dict[str, list[Student]], at: datetime
) -> None:
    director, scale = world.holder(Role.CENTER_DIRECTOR), make_scale("scl90", at=at)
    rows: list[list[Any]] = [["学号", "日期", "总分", "等级"]]
    rows += [[one.number, "2025-11-03", 130 + n % 2 * 20, 1 + n % 2 * 2] for n, one in enumerate(people["it"])]
    given = {"source": "旧系统", "file_name": "old.xlsx", "content": BytesIO(xlsx.write_workbook({"results": rows}))}
    brought = upload_results(school=world.school, scale=scale, by=director, at=at, **given)
    columns = {"number": "学号", "day": "日期", "total": "总分", "level": "等级"}
    brought = map_columns(result_import=brought, columns=columns, save_as="", by=director, at=at)
    apply_results(result_import=brought, by=director, at=at)
    campaign = open_screening(world, scale, at=at)
    finish(campaign, people["it"], (3,), at=at, total=120, factors={"anxiety": 1.5})
    close(campaign, at=at)
    found = scale_figures(figures_of(campaign, director), scale, director)
    assert [(row.label, row.share(1)) for row in found.years] == [("旧系统 2025", 50.0), (campaign.name, 0.0)]
    assert [(row.n, row.means) for row in found.years_means] == [(40, (140.0, None)), (40, (120.0, 1.5))]
    coordinator = world.holder(Role.COLLEGE_COORDINATOR, world.arts)
    assert not scale_figures(figures_of(campaign, coordinator), scale, coordinator).years


def test_means_stand_beside_the_published_norm(
    world: World, login: Login, people: dict[str, list[Student]], at: datetime
) -> None:
    campaign = open_screening(world, make_scale("scl90", at=at), at=at)
    finish(campaign, people["it"], (3,), at=at, total=120, factors={"anxiety": 1.5, "other": 1.25})
    close(campaign, at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    found = scale_figures(figures_of(campaign, director), campaign.scales.get(), director)
    assert found.norm is not None
    assert found.norm.means == (129.96, 1.39, None)
    assert found.norm.source in page(login(director), campaign)
    assert found.norm.source in compose(campaign=campaign, by=director, at=at)[0]


def test_papers_scored_again_stay_in_the_figures(world: World, filled: Campaign, at: datetime) -> None:
    old, director = filled.scales.get(), world.holder(Role.CENTER_DIRECTOR)
    filled.results.update(scale=next_version(old, at=at))
    found = scale_figures(figures_of(filled, director), old, director)
    assert found.whole.n == 78


def test_the_page_asks_the_same_number_of_questions_however_many_papers_there_are(
    world: World, login: Login, people: dict[str, list[Student]], at: datetime
) -> None:
    campaign = open_screening(world, at=at)
    client = login(world.holder(Role.CENTER_DIRECTOR))
    finish(campaign, people["it"][:2], (1,), at=at)
    close(campaign, at=at)
    page(client, campaign)
    with CaptureQueriesContext(connection) as few:
        page(client, campaign)
    finish(campaign, people["it"][2:] + people["arts"], (1, 2, 3), at=at)
    publish_campaign(campaign=campaign, at=at)
    with CaptureQueriesContext(connection) as many:
        page(client, campaign)
    assert len(many) == len(few) <= 25


def test_a_screening_without_papers_says_so(world: World, login: Login, campaign: Campaign, at: datetime) -> None:
    close(campaign, at=at)
    told = page(login(world.holder(Role.CENTER_DIRECTOR)), campaign)
    assert "No valid paper yet" in told


def test_the_scale_is_chosen_by_tab(world: World, login: Login, at: datetime) -> None:
    scales = [make_scale(at=at), make_scale("gad7", at=at)]
    campaign = close(open_screening(world, *scales, at=at), at=at)
    client = login(world.holder(Role.CENTER_DIRECTOR))
    told = client.get(reverse("screening:campaign-figures", args=[campaign.pk]), {"scale": scales[1].pk}).context
    assert told["found"].scale == scales[1]
    assert [tab["active"] for tab in told["tabs"]] == [False, True]


def test_the_report_is_a_pdf_on_record(
    world: World, login: Login, filled: Campaign, at_once: None, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    with django_capture_on_commit_callbacks(execute=True):
        assert "/jobs/" in client.post(reverse("screening:campaign-report", args=[filled.pk]))["Location"]
    answer = client.get(PrintedFile.objects.get().get_absolute_url())
    assert answer.content.startswith(b"%PDF")
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.get(action="campaign.print").object_id == str(filled.pk)


def test_the_report_is_marked_with_who_and_when_and_hides_what_the_page_hides(
    world: World, people: dict[str, list[Student]], at: datetime
) -> None:
    campaign = open_screening(world, at=at)
    finish(campaign, people["it"], (1,) * 3 + (3,) * 37, at=at, factors=FACTORS)
    finish(campaign, people["arts"], (1, 3), at=at, factors=FACTORS)
    close(campaign, at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    html, css = compose(campaign=campaign, by=director, at=at)
    assert director.get_username() in html
    assert "2026-11-10" in css
    assert "<td>*</td>" in html
    assert "<td>3</td>" not in html
    assert "学生" not in html


def test_a_college_prints_its_own(world: World, login: Login, filled: Campaign, at: datetime) -> None:
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    html, _css = compose(campaign=filled, by=coordinator, at=at)
    assert "信息学院" in html
    assert "文学院" not in html


def test_the_adviser_reads_but_prints_nothing(world: World, login: Login, filled: Campaign) -> None:
    client = login(world.holder(Role.CLASS_ADVISER))
    assert "Report as PDF" not in page(client, filled)
    assert client.post(reverse("screening:campaign-report", args=[filled.pk])).status_code == 404


def test_the_figures_are_found_from_the_list_and_the_screening(world: World, login: Login, filled: Campaign) -> None:
    client = login(world.holder(Role.LEADING_GROUP))
    url = reverse("screening:campaign-figures", args=[filled.pk])
    assert url in client.get(reverse("screening:figures-list")).content.decode()
    desk = login(world.holder(Role.CENTER_DIRECTOR))
    assert url in desk.get(filled.get_absolute_url()).content.decode()


def test_an_empty_list_says_when_figures_come(world: World, login: Login) -> None:
    told = login(world.holder(Role.LEADING_GROUP)).get(reverse("screening:figures-list")).content.decode()
    assert "There are no figures yet" in told
    assert not Scale.objects.filter(school=world.school).exists()
