from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kernel.errors import Refused
from kernel.formatting import month_word
from kernel.models import AuditEvent, Job, Notice
from kernel.periods import TZ, Month
from kernel.suppression import HIDDEN
from network.models import Unit
from network.rules import Role
from reporting.models import Cycle, Line, Report, Summary, SummaryExport
from reporting.rules.disclosure import Sight
from reporting.rules.totals import Figures
from reporting.services import open_cycle, roll_up
from reporting.services.exports import fresh_summary, keep_export, make_pdf, start_export
from reporting.services.narrative import sentences
from reporting.services.plots import heat_map
from reporting.services.printing import compose, narrative, without_names
from reporting.services.publishing import publish
from reporting.services.rows import tiles
from reporting.services.summaries import summarize
from tests import factories
from tests.conftest import World
from tests.reporting.months import LATE, close, file_all, file_room

NOVEMBER = Month(2026, 11)
EXACT = Sight(exact=True, exact_flags=True)
AFTER = datetime(2026, 12, 1, 9, tzinfo=TZ)
Login = Callable[[AbstractBaseUser], Client]


@pytest.fixture
def filed(world: World, cycle: Cycle) -> Cycle:
    file_all(world, cycle)
    roll_up(cycle=cycle, at=LATE)
    publish(cycle=cycle, at=LATE)
    return cycle


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def stored() -> str:
    """The kept PDF as the database holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM reporting_summaryexport")
        return str(cursor.fetchone()[0])


def page_of(unit: Unit, month: str = "2026-11") -> str:
    return f"{reverse('reporting:summary-page')}?unit={unit.code}&month={month}"


def test_summarize_gives_the_unit_its_parts_and_its_trend(world: World, filed: Cycle) -> None:
    summary = summarize(unit=world.it, month=NOVEMBER, sight=EXACT)
    assert summary is not None
    assert (summary.figures.students, summary.figures.concerned) == (10, 2)
    assert [(part.unit, part.figures.reported) for part in summary.parts] == [(world.it1, 6), (world.it2, 4)]
    assert [month for month, _figures, _cells in summary.trend][-1] == NOVEMBER
    assert summary.before is None


def test_small_cells_are_hidden_with_those_that_would_tell_them(world: World, filed: Cycle) -> None:
    summary = summarize(unit=world.it, month=NOVEMBER)
    assert summary is not None
    hidden = [status.name for status, count in summary.weather.weather.items() if count is HIDDEN]
    assert {"CLOUDY", "RAIN"} < set(hidden) and len(hidden) > 2


def test_a_college_has_the_same_figures_on_its_own_page_as_on_the_schools(world: World, filed: Cycle) -> None:
    school, college = (summarize(unit=unit, month=NOVEMBER) for unit in (world.school, world.it))
    assert school is not None and college is not None
    assert next(part for part in school.parts if part.unit == world.it).weather == college.weather


def test_a_month_without_a_cycle_has_no_summary(world: World, filed: Cycle) -> None:
    assert summarize(unit=world.school, month=Month(2025, 1)) is None
    with pytest.raises(Refused, match="2025-01 was never opened"):
        fresh_summary(unit=world.school, month=Month(2025, 1), at=AFTER)


def test_a_closed_college_keeps_its_frozen_figures(world: World, filed: Cycle) -> None:
    close(world, filed)
    Line.objects.update(status=5)
    roll_up(cycle=filed, at=AFTER)
    summary = fresh_summary(unit=world.it, month=NOVEMBER, at=AFTER)
    assert summary.is_closed
    assert (summary.figures.thunder, summary.figures.rain) == (0, 1)


def test_the_pdf_of_a_closed_month_is_the_same_again(world: World, filed: Cycle) -> None:
    close(world, filed)
    director = world.holder(Role.CENTER_DIRECTOR)
    first, second = (make_pdf(unit=world.it, month=NOVEMBER, by=director, at=AFTER) for _ in range(2))
    assert first == second


def test_the_pdf_says_what_the_figures_say(world: World, filed: Cycle) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    text = text_of(make_pdf(unit=world.school, month=NOVEMBER, by=director, at=AFTER))
    for words in ("14", "明德大学", "Nov", "信息学院", "文学院", "Signatures", "3/3"):
        assert words in text
    assert "14 of 14 students were reported on (100%)" in " ".join(text.split())
    assert not any(student.name in text for students in world.students.values() for student in students)


def test_the_pdf_is_tagged_has_bookmarks_and_bears_who_exported_it(world: World, filed: Cycle) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    reader = PdfReader(BytesIO(make_pdf(unit=world.school, month=NOVEMBER, by=director, at=AFTER)))
    assert reader.root_object["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert "/StructTreeRoot" in reader.root_object
    titles = [item.title for item in reader.outline if not isinstance(item, list)]
    assert titles[:3] == ["Contents", "Key figures", "Weather of the month"]
    for page in reader.pages:
        assert f"{director.name} {director.number} 2026-12-01 09:00" in page.extract_text()


def test_printing_costs_a_constant_number_of_queries(
    world: World, filed: Cycle, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for unit in (world.school, world.it, world.it1):
        with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
            compose(summary=fresh_summary(unit=unit, month=NOVEMBER, at=LATE), by=None, at=AFTER)


def test_a_month_without_any_report_says_so(world: World, cycle: Cycle) -> None:
    summary = fresh_summary(unit=world.school, month=NOVEMBER, at=AFTER)
    assert summary.is_empty
    text = text_of(make_pdf(unit=world.school, month=NOVEMBER, by=None, at=AFTER))
    assert "Nobody of 明德大学 filed a report" in " ".join(text.split())
    assert "100%" not in text.split("Six months")[0]


def test_the_narrative_names_nobody(world: World, filed: Cycle) -> None:
    student = Line.objects.filter(status=4).get().student
    close(world, filed, narrative=f"{student.name}和大家都好。")
    summary = summarize(unit=world.it, month=NOVEMBER)
    assert summary is not None
    assert narrative(summary) == "a student和大家都好。"
    assert without_names("李明明来了", {"李明", "李明明"}) == "a student来了"


def test_an_export_is_kept_encrypted_told_and_downloaded(world: World, filed: Cycle, login: Login) -> None:
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    export = keep_export(unit=world.it, month=NOVEMBER, by=coordinator, at=AFTER)
    assert Notice.objects.filter(recipient=coordinator, kind="summary.ready").exists()
    assert "JVBERi" not in stored()
    client = login(coordinator)
    assert export.unit.name in client.get(reverse("reporting:export-list")).content.decode()
    answer = client.get(reverse("reporting:export-download", args=[export.pk]))
    assert answer.content.startswith(b"%PDF-") and "attachment" in answer["Content-Disposition"]
    assert AuditEvent.objects.filter(action="summary.download", object_id=str(export.pk)).count() == 1


def test_an_export_is_its_makers_alone(world: World, filed: Cycle, login: Login) -> None:
    export = keep_export(unit=world.it, month=NOVEMBER, by=world.holder(Role.COLLEGE_COORDINATOR), at=AFTER)
    client = login(world.holder(Role.CENTER_DIRECTOR))
    assert client.get(reverse("reporting:export-download", args=[export.pk])).status_code == 404


def test_start_export_is_refused_without_the_right_and_for_a_month_never_opened(world: World, filed: Cycle) -> None:
    with pytest.raises(Refused, match="may not export"):
        start_export(unit=world.arts, month=NOVEMBER, by=world.holder(Role.COLLEGE_COORDINATOR), at=AFTER)
    with pytest.raises(Refused, match="never opened"):
        start_export(unit=world.it, month=Month(2025, 1), by=world.holder(Role.COLLEGE_COORDINATOR), at=AFTER)


def test_the_export_button_runs_a_job_to_the_download(
    world: World, filed: Cycle, login: Login, at_once: None, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        answer = client.post(reverse("reporting:export-start"), {"unit": world.school.code, "month": "2026-11"})
    assert answer.status_code == 302 and "/jobs/" in answer["Location"]
    export = SummaryExport.objects.get()
    assert export.unit == world.school and export.made_by == world.holder(Role.CENTER_DIRECTOR)


@pytest.mark.parametrize("role", [Role.CENTER_DIRECTOR, Role.COLLEGE_COORDINATOR, Role.FUDAOYUAN, Role.CLASS_ADVISER])
def test_who_reads_lines_opens_a_figure_down_to_them(role: Role, world: World, filed: Cycle, login: Login) -> None:
    client = login(world.holder(role))
    page = client.get(page_of(world.it1)).content.decode()
    assert reverse("reporting:line-list") in page
    answer = client.get(f"{reverse('reporting:line-list')}?unit={world.it1.code}&month=2026-11&status=4")
    names = [line.student.name for line in Line.objects.filter(status=4)]
    assert len(names) == 1 and names[0] in answer.content.decode()
    assert ("Sleeps badly" in answer.content.decode()) == (role != Role.CLASS_ADVISER)
    assert AuditEvent.objects.get(action="line.list").detail["status"] == "4"


def test_leaders_see_figures_without_small_cells_and_no_lines(world: World, filed: Cycle, login: Login) -> None:
    client = login(world.holder(Role.SCHOOL_LEADER))
    page = client.get(page_of(world.it1)).content.decode()
    assert reverse("reporting:line-list") not in page and "not shown" in page
    assert client.get(f"{reverse('reporting:line-list')}?unit={world.it1.code}&month=2026-11").status_code == 403


def test_signs_are_neither_shown_nor_filtered_for_who_may_see_weather_alone(
    world: World, filed: Cycle, login: Login
) -> None:
    client = login(world.holder(Role.DEPUTY_SECRETARY))
    url = f"{reverse('reporting:line-list')}?unit={world.it.code}&month=2026-11"
    every, signed = client.get(url), client.get(f"{url}&sign=128")
    assert every.context["page"].paginator.count == signed.context["page"].paginator.count == 10


@pytest.mark.parametrize("month", ["2026-13", "gestern", "2026-10", "1999-01"])
def test_a_month_that_is_none_is_said_plainly(month: str, world: World, filed: Cycle, login: Login) -> None:
    answer = login(world.holder(Role.CENTER_DIRECTOR)).get(page_of(world.school, month))
    assert answer.status_code == 200
    assert "no such month" in answer.content.decode() or "no figures for this month" in answer.content.decode()


def test_out_of_scope_is_not_found(world: World, filed: Cycle, login: Login) -> None:
    client = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert client.get(page_of(world.arts)).status_code == 404
    assert client.get(page_of(world.school)).status_code == 404
    assert client.get(f"{reverse('reporting:line-list')}?unit={world.arts.code}").status_code == 404
    assert client.post(reverse("reporting:export-start"), {"unit": world.arts.code}).status_code == 404


@pytest.mark.parametrize("role", [Role.DORM_HEAD, Role.AUDITOR, Role.STUDENT_UNION_OFFICER])
def test_who_has_no_figures_is_refused(role: Role, world: World, filed: Cycle, login: Login) -> None:
    assert login(world.holder(role)).get(reverse("reporting:summary-page")).status_code == 403


def test_the_pages_cost_a_constant_number_of_queries(
    world: World, filed: Cycle, login: Login, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    for url in (
        page_of(world.school),
        page_of(world.it1),
        f"{reverse('reporting:line-list')}?unit={world.school.code}",
    ):
        with django_assert_max_num_queries(25):  # type: ignore[attr-defined]
            assert client.get(url).status_code == 200


def test_the_heat_map_has_a_row_per_college_and_leaves_small_counts_out(world: World, filed: Cycle) -> None:
    months = [Month(2026, 10), NOVEMBER]
    charts = heat_map(school=world.school, months=months)
    assert [row.name for row in charts["complete"].series] == ["信息学院", "文学院"]
    # October was not reported on, so it is left out.
    assert charts["complete"].ticks == ["Nov\n2026"]
    assert charts["complete"].series[0].values == [100.0]
    assert charts["concerned"].series[0].values == [HIDDEN]
    exact = heat_map(school=world.school, months=months, sight=EXACT)
    assert exact["concerned"].series[0].values == [20.0]


def test_the_heat_map_leaves_a_month_out_until_somebody_has_reported(world: World, filed: Cycle) -> None:
    december = open_cycle(school=world.school, month=Month(2026, 12), by=None, at=AFTER + timedelta(days=20))
    roll_up(cycle=december, at=AFTER + timedelta(days=21))
    charts = heat_map(school=world.school, months=[NOVEMBER, Month(2026, 12)])
    assert charts["complete"].ticks == ["Nov\n2026"]


def test_a_cell_of_the_heat_map_opens_its_own_month(world: World, filed: Cycle) -> None:
    row = heat_map(school=world.school, months=[NOVEMBER])["complete"].series[0]
    assert row.urls == [page_of(world.it)]


def test_a_late_and_a_missing_report_are_told_apart(world: World, cycle: Cycle) -> None:
    file_room(world, cycle, "own", [1, 1, 1, 1])
    file_room(world, cycle, "far", [1, 1, 1], at=LATE)
    text = " ".join(text_of(make_pdf(unit=world.it, month=NOVEMBER, by=None, at=AFTER)).split())
    assert "Dorm reports: 2 of 3 filed (66.7%), 1 in time, 1 late" in text
    assert world.shared.name in text.split("no report yet")[-1]
    assert Report.objects.current().filter(unit=world.shared, state="draft").exists()


def test_only_who_sees_single_reports_is_led_to_the_board(world: World, filed: Cycle, login: Login) -> None:
    board = reverse("reporting:month-board")
    for role, led in ((Role.CENTER_DIRECTOR, True), (Role.DEPUTY_SECRETARY, True), (Role.SCHOOL_LEADER, False)):
        text = login(world.holder(role)).get(f"{reverse('reporting:summary-page')}?month={NOVEMBER}").content.decode()
        assert (f"{board}?month={NOVEMBER}" in text) is led, role


@pytest.mark.parametrize(
    ("clear", "rain", "change", "words"),
    [
        (8, 2, "as last month", "2 of them were below clear weather (20%), as many as the month before."),
        (10, 0, "▲ 2 more than last month", "2 of them were below clear weather (20%), 2 more than the month before."),
        (4, 6, "▼ 4 fewer than last month", "2 of them were below clear weather (20%), 4 fewer than the month before."),
    ],
)
def test_a_month_is_held_against_the_one_before(
    clear: int, rain: int, change: str, words: str, world: World, filed: Cycle
) -> None:
    october = Cycle.objects.create(
        school=world.school, month=date(2026, 10, 1), college_due_at=LATE, opened_at=LATE, rolled_up_at=LATE
    )
    before = Figures(students=10, reported=10, clear=clear, rain=rain)
    Summary.objects.create(cycle=october, unit=world.it, level=world.it.level, figures=asdict(before))
    summary = summarize(unit=world.it, month=NOVEMBER, sight=EXACT)
    assert summary is not None and summary.before == before
    tile = next(tile for tile in tiles(summary) if tile.key == "concerned")
    assert (tile.value, tile.share, tile.change) == (2, "20%", change)
    assert words in sentences(summary)
    html, _css = compose(summary=summary, by=None, at=AFTER)
    assert month_word(Month(2026, 10)) in html


def test_clear_weather_all_over_and_a_first_month_are_told_in_their_own_words(world: World, cycle: Cycle) -> None:
    file_room(world, cycle, "own", [1, 1, 1, 1])
    file_room(world, cycle, "far", [1, 1, 2])
    roll_up(cycle=cycle, at=LATE)
    publish(cycle=cycle, at=LATE)
    for unit, words in (
        (world.it1, "All of them were seen in clear weather."),
        (world.it2, "1 of them were below clear weather (33.3%)."),
    ):
        summary = summarize(unit=unit, month=NOVEMBER, sight=EXACT)
        assert summary is not None and words in sentences(summary)


def test_a_school_without_students_has_a_summary_of_zeros(db: None) -> None:
    school = factories.make_school(at=LATE)
    cycle = open_cycle(school=school, month=NOVEMBER, by=None, at=LATE)
    roll_up(cycle=cycle, at=LATE)
    publish(cycle=cycle, at=LATE)
    summary = summarize(unit=school, month=NOVEMBER)
    assert summary is not None
    assert (summary.figures.students, summary.weather.reported, summary.parts) == (0, 0, ())


def test_figures_are_nobodys_who_may_not_see_any(world: World, filed: Cycle) -> None:
    seen = {
        role: {row.unit for row in Summary.objects.visible_to(world.holder(role))}
        for role in (Role.DORM_HEAD, Role.FUDAOYUAN, Role.DEPUTY_SECRETARY, Role.SCHOOL_LEADER)
    }
    assert seen == {
        Role.DORM_HEAD: set(),
        Role.FUDAOYUAN: {world.it1},
        Role.DEPUTY_SECRETARY: {world.it, world.it1, world.it2},
        Role.SCHOOL_LEADER: {world.school, world.it, world.it1, world.it2, world.arts, world.arts1},
    }


@pytest.mark.parametrize(("month", "status"), [("2026-13", 404), ("", 404), ("2025-01", 302)])
def test_an_export_of_no_month_starts_no_job(month: str, status: int, world: World, filed: Cycle, login: Login) -> None:
    client = login(world.holder(Role.COLLEGE_COORDINATOR))
    answer = client.post(reverse("reporting:export-start"), {"unit": world.it.code, "month": month})
    assert answer.status_code == status
    assert not Job.objects.exists()
    if status == 302:
        assert "2025-01 was never opened" in client.get(answer["Location"]).content.decode()


def test_a_month_before_is_shown_as_that_months_own_page_shows_it(world: World, filed: Cycle) -> None:
    now = summarize(unit=world.it, month=filed.period)
    assert now is not None
    for month, _, cells in now.trend:
        alone = summarize(unit=world.it, month=month)
        assert cells == (None if alone is None else alone.weather)


def test_every_number_opens_exactly_its_lines(world: World, filed: Cycle, login: Login) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    summary = summarize(unit=world.it, month=NOVEMBER, sight=EXACT)
    assert summary is not None
    page = client.get(page_of(world.it)).content.decode()
    for tile in tiles(summary):
        if tile.key == "students":
            continue
        query = f"unit={world.it.code}&month=2026-11" + (f"&status={tile.lines}" if tile.lines else "")
        url = f"{reverse('reporting:line-list')}?{query}"
        assert url.replace("&", "&amp;") in page
        assert client.get(url).context["page"].paginator.count == tile.value, tile.key
