"""Figures of a closed screening change in batches, so that no single paper shows in them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest

from kernel import xlsx
from network.models import Student
from network.rules import Role
from screening.models import Campaign, Result, Scale
from screening.rules.figures import Sums
from screening.rules.tallies import Tally, due_colleges
from screening.services.figures.publication import publish_campaign
from screening.services.figures.tables import ScaleFigures, figures_of, scale_figures
from screening.services.imports import apply_results, map_columns, undo_results, upload_results
from tests import factories
from tests.conftest import World
from tests.screening.cohorts import close, finish
from tests.screening.screenings import make_scale, open_screening

pytestmark = pytest.mark.usefixtures("november")


@pytest.fixture
def people(world: World) -> list[Student]:
    return factories.make_students(world.it1, 40, on=date(2026, 9, 1))


@pytest.fixture
def closed(world: World, people: list[Student], at: datetime) -> Campaign:
    campaign = open_screening(world, at=at)
    finish(campaign, people, (1, 3), at=at)
    return close(campaign, at=at)


def shown(world: World, campaign: Campaign) -> ScaleFigures:
    director = world.holder(Role.CENTER_DIRECTOR)
    return scale_figures(figures_of(campaign, director), campaign.scales.get(), director)


def change(results: Iterable[Result], campaign: Campaign, *, at: datetime) -> None:
    Result.objects.filter(pk__in=[result.pk for result in results]).update(level=3)
    publish_campaign(campaign=campaign, at=at)


@pytest.mark.parametrize(("n", "first_class"), [(1, 20), (9, 20), (10, 10)])
def test_changes_show_once_there_are_ten(
    world: World, closed: Campaign, at: datetime, n: int, first_class: int
) -> None:
    change(closed.results.filter(level=1)[:n], closed, at=at)
    assert shown(world, closed).all_levels.cells[0] == first_class


def test_changes_add_up_until_there_are_ten(world: World, closed: Campaign, at: datetime) -> None:
    change(closed.results.filter(level=1)[:6], closed, at=at)
    assert shown(world, closed).all_levels.cells[0] == 20
    change(closed.results.filter(level=1)[:4], closed, at=at)
    assert shown(world, closed).all_levels.cells[0] == 10


def test_a_paper_that_is_erased_does_not_show(world: World, closed: Campaign, at: datetime) -> None:
    before = shown(world, closed)
    closed.results.all()[0].delete()
    publish_campaign(campaign=closed, at=at)
    assert shown(world, closed) == before


def test_ten_changes_of_two_colleges_are_no_batch() -> None:
    old = {"1": {str(n): "a" for n in range(20)}, "2": {str(n): "a" for n in range(20, 40)}}
    half = {college: papers | dict.fromkeys(list(papers)[:5], "b") for college, papers in old.items()}
    assert list(due_colleges(old, half)) == []
    assert list(due_colleges(old, {"1": old["1"]})) == ["2"]


def brought(world: World, scale: Scale, people: Sequence[Student], at: datetime, level: int = 1) -> Any:
    rows: list[list[Any]] = [["学号", "日期", "总分", "等级"]]
    rows += [[student.number, "2025-11-03", 12, level] for student in people]
    content = BytesIO(xlsx.write_workbook({"results": rows}))
    director = world.holder(Role.CENTER_DIRECTOR)
    named: dict[str, Any] = {"school": world.school, "scale": scale, "source": "旧系统", "file_name": "old.xlsx"}
    file = upload_results(**named, content=content, by=director, at=at)
    columns = {"number": "学号", "day": "日期", "total": "总分", "level": "等级"}
    file = map_columns(result_import=file, columns=columns, save_as="", by=director, at=at)
    return apply_results(result_import=file, by=director, at=at)


def test_a_few_imported_results_do_not_show_in_the_years_before(
    world: World, people: list[Student], at: datetime
) -> None:
    scale, director = make_scale(at=at), world.holder(Role.CENTER_DIRECTOR)
    brought(world, scale, people[:30], at)
    campaign = open_screening(world, scale, at=at)
    finish(campaign, people, (1, 3), at=at)
    close(campaign, at=at)
    file = brought(world, scale, people[30:35], at, level=3)
    assert shown(world, campaign).years[0].cells == (30, 0, 0)
    brought(world, scale, people[35:], at, level=3)
    assert shown(world, campaign).years[0].cells == (30, 0, 10)
    undo_results(result_import=file, by=director, at=at)
    assert shown(world, campaign).years[0].cells == (30, 0, 10)


def test_a_tally_is_read_as_it_was_written() -> None:
    tally = Tally()
    tally.add(1, {"total": 12.5}, (7, "F", "浙江"))
    tally.add(None, None, (8, "M", ""))
    other = Tally()
    other.merge(Tally.read(tally.write()))
    assert other == tally
    assert other.sums["origin"]["浙江"] == Sums(1, {"total": 12.5})
