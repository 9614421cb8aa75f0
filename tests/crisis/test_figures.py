from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Case, UnitReport
from crisis.rules import AlertLevel
from crisis.rules.durations import month_of, week_of
from crisis.services.center.figures import figures_of, file_unit_report, open_months, span_of
from crisis.services.center.report_printing import about_report, compose_report
from kernel.errors import Refused
from kernel.models import PrintedFile
from network.models import Duty, User
from network.rules import Role
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
Open = Callable[..., Case]
MONTHLY = UnitReport.Kind.MONTHLY


def test_a_week_begins_on_monday_and_a_month_on_its_first() -> None:
    week, month = week_of(date(2026, 11, 15)), month_of(date(2026, 2, 10))
    assert (week.first, week.last) == (date(2026, 11, 9), date(2026, 11, 15))
    assert (month.first, month.last) == (date(2026, 2, 1), date(2026, 2, 28))
    assert month.due_at.date() == date(2026, 3, 3)


def test_figures_are_counted_from_the_records_of_the_unit(world: World, opened: Open, at: datetime) -> None:
    opened(AlertLevel.RED, moment=at - timedelta(days=20))
    opened(AlertLevel.YELLOW, index=3, moment=at - timedelta(days=2))
    october, november = month_of(date(2026, 10, 1)), month_of(date(2026, 11, 1))
    before = figures_of(unit=world.it, span=october, at=at)
    assert (before["new"]["red"], before["current"]["red"], before["current"]["yellow"]) == (1, 1, 0)
    assert (before["reports"]["due"], before["reports"]["filed"]) == (1, 0)
    now = figures_of(unit=world.school, span=november, at=at)
    assert (now["new"]["yellow"], now["current"]["red"], now["current"]["yellow"]) == (1, 1, 1)
    assert figures_of(unit=world.arts, span=november, at=at)["current"] == {"yellow": 0, "orange": 0, "red": 0}


def test_no_report_is_not_a_zero_report(world: World, login: Login, at: datetime) -> None:
    assert open_months(at=at) == 2
    assert open_months(at=at) == 0
    assert Duty.objects.unsettled().filter(kind="crisis_monthly").count() == 2
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    url = reverse("crisis:figures") + f"?unit={world.it.pk}&kind=monthly&day=2026-10-15"
    client = login(coordinator)
    assert "File the zero report" in client.get(url).content.decode()
    assert client.post(url, {"narrative": "本月无"}).status_code == 302
    report = UnitReport.objects.get(unit=world.it)
    assert (report.is_zero, report.is_late, report.narrative) == (True, True, "本月无")
    assert client.post(url, {"narrative": "再报"}).status_code == 422
    school = reverse("crisis:figures") + f"?unit={world.school.pk}&kind=monthly&day=2026-10-15"
    receipts = dict(login(world.holder(Role.CENTER_DIRECTOR)).get(school).context["receipts"])
    assert receipts == {world.it: report, world.arts: None}
    assert not Duty.objects.unsettled().filter(kind="crisis_monthly", unit=world.it).exists()


def test_what_is_not_over_or_not_ones_own_is_not_filed(world: World, at: datetime) -> None:
    given = {"unit": world.it, "kind": MONTHLY, "narrative": "", "at": at}
    with pytest.raises(Refused) as refused:
        file_unit_report(day=at.date(), by=world.holder(Role.COLLEGE_COORDINATOR), **given)
    assert refused.value.code == "not-over"
    with pytest.raises(Refused) as refused:
        file_unit_report(day=date(2026, 10, 1), by=world.holder(Role.COLLEGE_COORDINATOR, world.arts), **given)
    assert refused.value.code == "may-not"


def test_the_report_is_printed_by_a_job_without_a_name(
    world: World,
    opened: Open,
    login: Login,
    at: datetime,
    at_once: None,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    case = opened()
    director = world.holder(Role.CENTER_DIRECTOR)
    client = login(director)
    assert case.student.name not in client.get(reverse("crisis:figures")).content.decode()
    form = {"unit": world.school.pk, "kind": MONTHLY, "day": "2026-10-15"}
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("crisis:figures-print"), form)
    assert "/jobs/" in answer["Location"]
    printed = client.get(PrintedFile.objects.get(made_by=director).get_absolute_url())
    assert printed["Content-Type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF")
    about = about_report(unit=world.school, kind=MONTHLY, span=span_of(MONTHLY, date(2026, 10, 15)))
    assert case.student.name not in compose_report(about, director, at).html
    assert client.post(reverse("crisis:figures-print"), form | {"unit": "0"}).status_code == 404
    assert login(world.holder(Role.FUDAOYUAN)).get(reverse("crisis:figures")).status_code == 403


def test_each_number_of_what_stands_now_opens_exactly_its_cases(
    world: World, opened: Open, login: Login, at: datetime
) -> None:
    # A report counts what happened before its moment.
    case = opened(moment=at - timedelta(hours=1))
    client = login(world.holder(Role.CENTER_DIRECTOR))
    for unit in (world.school, world.it, world.arts):
        page = client.get(reverse("crisis:figures"), {"unit": unit.pk, "kind": MONTHLY, "day": "2026-11-23"})
        for word, _new, _closed, current, url in page.context["rows"]:
            assert client.get(url).context["page"].paginator.count == current, (unit, word)
    assert case.is_open
    past = client.get(reverse("crisis:figures"), {"unit": world.school.pk, "kind": MONTHLY, "day": "2026-10-23"})
    assert {url for *_figures, url in past.context["rows"]} == {""}
