"""One rule decides who sees exact counts: on the page, in charts, on the pages of reports, at home and in print."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from network.models import User
from network.rules import Role
from reporting import policies
from reporting.models import Cycle, Line, Summary
from reporting.rules.disclosure import HIDDEN, Sight
from reporting.services import accept, roll_up
from reporting.services.exports import make_pdf
from reporting.services.publishing import PUBLISH_EVERY, publish, unpublished
from tests.conftest import World
from tests.reporting.months import LATE, file_all, file_college

Login = Callable[[User], Client]
EXACT = Sight(exact=True, exact_flags=True)
SIGHTS = {
    Role.LEADING_GROUP: Sight(),
    Role.SCHOOL_LEADER: Sight(),
    Role.CENTER_DIRECTOR: EXACT,
    Role.FULL_TIME_COUNSELOR: Sight(),
    Role.DEPUTY_SECRETARY: Sight(exact=True, flags=False),
    Role.COLLEGE_COORDINATOR: EXACT,
    Role.FUDAOYUAN: EXACT,
    Role.CLASS_ADVISER: Sight(exact=True, flags=False),
}
SIGNS = "Signs seen, in students"


@pytest.fixture
def filed(world: World, cycle: Cycle) -> Cycle:
    file_all(world, cycle)
    roll_up(cycle=cycle, at=LATE)
    publish(cycle=cycle, at=LATE)
    return cycle


def page(client: Client, world: World, role: Role) -> str:
    unit = {Role.CLASS_ADVISER: world.it1, Role.FUDAOYUAN: world.it1}.get(role, world.it)
    url = f"{reverse('reporting:summary-page')}?unit={unit.code}&month=2026-11"
    return client.get(url).content.decode()


@pytest.mark.parametrize("role", list(SIGHTS))
def test_each_role_has_its_sight(role: Role, world: World) -> None:
    unit = world.it1 if role in (Role.FUDAOYUAN, Role.CLASS_ADVISER) else world.it
    assert policies.sight_of(world.holder(role), unit) == SIGHTS[role]


@pytest.mark.parametrize("role", list(SIGHTS))
def test_signs_are_for_those_who_read_lines(role: Role, world: World, filed: Cycle, login: Login) -> None:
    text = page(login(world.holder(role)), world, role)
    # Published signs stand there without their small counts; who sees names sees no signs at all.
    assert (SIGNS in text) is SIGHTS[role].flags


def test_a_deputy_secretary_prints_no_signs_either(world: World, filed: Cycle) -> None:
    for role in (Role.DEPUTY_SECRETARY, Role.COLLEGE_COORDINATOR):
        content = make_pdf(unit=world.it, month=filed.period, by=world.holder(role), at=LATE)
        text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(content)).pages)
        assert (SIGNS in text) is (role == Role.COLLEGE_COORDINATOR)


@pytest.mark.parametrize("place", ["it1", "it"])
def test_a_counselors_report_page_hides_what_the_summary_hides(
    place: str, world: World, filed: Cycle, login: Login
) -> None:
    file_college(world, filed, "it")
    unit = getattr(world, place)
    cells = Summary.objects.get(cycle=filed, unit=unit).shown
    assert cells is not None and cells.concerned is HIDDEN
    url = reverse("reporting:report-detail", args=[world.report(filed, unit).pk])
    hidden = login(world.holder(Role.FULL_TIME_COUNSELOR)).get(url)
    assert hidden.context["cells"].weather == cells.weather
    assert hidden.context["cells"].flags == {}
    assert "not shown" in hidden.content.decode()
    exact = login(world.holder(Role.CENTER_DIRECTOR)).get(url)
    assert exact.context["cells"].concerned == exact.context["figures"].concerned
    assert "not shown" not in exact.content.decode()


def test_an_older_version_says_nothing_beside_the_newer_one(world: World, filed: Cycle, login: Login) -> None:
    old = file_college(world, filed, "it")
    accept(report=old, by=world.holder(Role.CENTER_DIRECTOR), at=LATE)
    type(old).objects.filter(pk=old.pk).update(is_current=False)
    url = reverse("reporting:report-detail", args=[old.pk])
    assert login(world.holder(Role.FULL_TIME_COUNSELOR)).get(url).context["cells"].reported is HIDDEN


def test_home_hides_what_the_page_hides(world: World, filed: Cycle, login: Login, november: datetime) -> None:
    for role, words in ((Role.SCHOOL_LEADER, "not shown"), (Role.CENTER_DIRECTOR, "14.3%")):
        home: Any = login(world.holder(role)).get(reverse("home"))
        tile = home.content.decode().split("Below clear weather")[1][:400]
        assert words in tile, role


def test_hidden_figures_are_called_not_shown(world: World, filed: Cycle, login: Login) -> None:
    text = page(login(world.holder(Role.SCHOOL_LEADER)), world, Role.SCHOOL_LEADER)
    assert "not shown" in text
    assert ">*<" not in text
    printed = make_pdf(unit=world.it, month=filed.period, by=world.holder(Role.SCHOOL_LEADER), at=LATE)
    words = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(printed)).pages)
    assert "not shown" in words


def test_single_reports_are_published_several_together(world: World, filed: Cycle) -> None:
    before = Summary.objects.get(cycle=filed, unit=world.it).published
    Line.objects.filter(college=world.it, status=1).update(status=2)
    roll_up(cycle=filed, at=LATE + timedelta(minutes=2))
    assert unpublished(at=LATE + timedelta(minutes=2)) == []
    assert Summary.objects.get(cycle=filed, unit=world.it).published == before
    assert unpublished(at=LATE + PUBLISH_EVERY) == [filed]
    publish(cycle=filed, at=LATE + PUBLISH_EVERY)
    assert unpublished(at=LATE + 2 * PUBLISH_EVERY) == []
