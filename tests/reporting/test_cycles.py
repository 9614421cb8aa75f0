from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries

from kernel.errors import Refused
from kernel.models import AuditEvent
from kernel.periods import TZ, Month
from network.models import Duty, User
from network.rules import Level, Role
from network.services import move_student
from reporting.models import Calendar, Cycle, Report, Summary
from reporting.services import open_cycle, refresh_cycle, set_calendar
from reporting.services.calendars import CalendarEntry, duty_phone
from reporting.services.cycles import duty_key
from reporting.tasks import open_cycles, roll_up_stale
from tests import factories
from tests.conftest import World
from tests.reporting.months import file_room

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
BOARD = "reporting:month-board"


@pytest.fixture
def director(world: World, login: Login) -> Client:
    return login(world.holder(Role.CENTER_DIRECTOR))


def units(page: Any) -> list[str]:
    return [row["report"].unit.name for row in page.context["rows"]]


def calendar_form(**said: Any) -> dict[str, Any]:
    return {"dorm_day": 20, "class_day": 22, "college_day": 25, **said}


def test_the_beat_opens_the_month_of_each_school_with_classes_and_rolls_it_up(world: World) -> None:
    factories.make_school(at=world.at, code="EMPTY", name="空校")
    open_cycles()
    open_cycles()
    assert set(Cycle.objects.values_list("school__code", "month")) == {
        ("MD", date(2026, 11, 1)),
        ("OT", date(2026, 11, 1)),
    }
    roll_up_stale()
    assert Summary.objects.get(unit=world.school).totals.students == 14


def test_the_center_sees_colleges_and_opens_down_to_dorms(director: Client, world: World, cycle: Cycle) -> None:
    top = director.get(reverse(BOARD))
    assert units(top) == ["信息学院", "文学院"]
    assert top.context["tally"]["due"] == 2
    below = director.get(reverse(BOARD), {"unit": world.it.code})
    assert units(below) == ["计科2601班", "计科2602班"]
    dorms = director.get(reverse(BOARD), {"unit": world.it1.code})
    assert units(dorms) == ["东6栋-101", "东6栋-102"]
    assert dorms.context["below_label"] is None


def test_the_board_filters_what_needs_somebody(director: Client, world: World, cycle: Cycle, at: datetime) -> None:
    head = Client()
    head.force_login(world.holder(Role.DORM_HEAD))
    head.post(
        reverse("reporting:dorm-well", args=[world.report(cycle, world.own).pk]), {"revision": 0, "client_id": uuid4()}
    )
    shown = {
        show: units(director.get(reverse(BOARD), {"level": "dorm", "show": show}))
        for show in ("late", "missing", "returned", "waiting")
    }
    others = ["东6栋-102", "东6栋-103", "东6栋-104"]
    assert shown == {"late": [], "missing": others, "returned": [], "waiting": ["东6栋-101"]}
    with time_machine.travel(cycle.dorm_due_at + timedelta(seconds=1), tick=False):
        director.force_login(world.holder(Role.CENTER_DIRECTOR))
        assert units(director.get(reverse(BOARD), {"level": "dorm", "show": "late"})) == others


def test_each_post_sees_its_own_part_of_the_board(world: World, cycle: Cycle, login: Login) -> None:
    assert units(login(world.holder(Role.FUDAOYUAN)).get(reverse(BOARD))) == ["计科2601班"]
    assert units(login(world.holder(Role.COLLEGE_COORDINATOR)).get(reverse(BOARD))) == ["信息学院"]
    assert units(login(world.holder(Role.DORM_HEAD)).get(reverse(BOARD))) == ["东6栋-101"]
    # Who configures opens the month here, and sees no report.
    admin = login(world.holder(Role.SYSTEM_ADMINISTRATOR)).get(reverse(BOARD)).content.decode()
    assert "No unit matches" in admin
    for user in (world.holder(Role.AUDITOR), world.outsider):
        assert login(user).get(reverse(BOARD)).status_code == 403  # type: ignore[arg-type]


def test_a_unit_out_of_sight_is_not_found_on_the_board(world: World, cycle: Cycle, login: Login) -> None:
    client = login(world.holder(Role.FUDAOYUAN))
    assert client.get(reverse(BOARD), {"unit": world.arts1.code}).status_code == 404
    assert client.get(reverse(BOARD), {"month": "2026-13"}).status_code == 404


def test_a_month_is_opened_by_who_may(director: Client, world: World, login: Login) -> None:
    assert "Open this month" in director.get(reverse(BOARD), {"month": "2026-10"}).content.decode()
    answer = director.post(reverse("reporting:month-open"), {"month": "2026-10"})
    assert answer.url == "/reports/month/?month=2026-10"
    assert Cycle.objects.get().period == Month(2026, 10)
    ahead = director.post(reverse("reporting:month-open"), {"month": "2027-01"}, follow=True)
    assert "has not begun yet" in ahead.content.decode()
    other = login(world.holder(Role.COLLEGE_COORDINATOR))
    assert other.post(reverse("reporting:month-open"), {"month": "2026-09"}).status_code in {403, 404}
    assert "Open this month" not in other.get(reverse(BOARD), {"month": "2026-08"}).content.decode()
    assert Cycle.objects.count() == 1


def test_the_board_costs_the_same_for_few_and_many_units(
    director: Client, world: World, cycle: Cycle, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(18):
        director.get(reverse(BOARD), {"level": "dorm"})


def test_reports_over_time_show_ones_own(world: World, cycle: Cycle, login: Login) -> None:
    page = login(world.holder(Role.DORM_HEAD)).get(reverse("reporting:report-list"))
    assert [report.unit for report in page.context["page"]] == [world.own]
    page = login(world.holder(Role.CLASS_COMMITTEE_MEMBER)).get(reverse("reporting:report-list"), {"level": "dorm"})
    assert [report.unit for report in page.context["page"]] == [world.own, world.shared]
    assert login(world.holder(Role.AUDITOR)).get(reverse("reporting:report-list")).status_code == 403
    new = factories.give_post(factories.make_dorm(world.it1, "150", at=world.at), Role.DORM_HEAD, at=world.at)
    assert "No reports yet" in login(new).get(reverse("reporting:report-list")).content.decode()


def test_the_calendar_counts_from_the_next_month_on(director: Client, world: World, cycle: Cycle) -> None:
    url = reverse("reporting:calendar-edit")
    assert director.get(url).context["months"][0].month == Month(2026, 11)
    said = calendar_form(vacation_months=[2, 8], vacation_starts="2027-01-18", duty_phone="0571-1")
    assert director.post(url, said).status_code == 302
    calendar = Calendar.objects.get(school=world.school)
    assert (calendar.dorm_day, calendar.vacation_months, calendar.vacation_starts) == (20, [2, 8], ["2027-01-18"])
    assert duty_phone(world.school.pk) == "0571-1"
    months = {str(one.month): one for one in director.get(url).context["months"]}
    assert months["2027-02"].dorm is None
    assert months["2027-01"].school_class == datetime(2027, 1, 17, 23, 59, 59, tzinfo=TZ)
    cycle.refresh_from_db()
    assert cycle.dorm_due_at == datetime(2026, 11, 25, 23, 59, 59, tzinfo=TZ)
    assert AuditEvent.objects.filter(action="calendar.set").count() == 1


def test_the_calendar_moves_the_open_month_with_its_duties_when_asked(
    director: Client, world: World, cycle: Cycle
) -> None:
    director.post(reverse("reporting:calendar-edit"), calendar_form(apply_to_open="on"))
    cycle.refresh_from_db()
    assert cycle.dorm_due_at == datetime(2026, 11, 20, 23, 59, 59, tzinfo=TZ)
    duty = Duty.objects.get(key=duty_key(world.report(cycle, world.own)))
    assert duty.due_at == cycle.dorm_due_at


def test_an_open_month_that_becomes_vacation_asks_dorms_and_classes_for_nothing(
    director: Client, world: World, cycle: Cycle
) -> None:
    director.post(reverse("reporting:calendar-edit"), calendar_form(apply_to_open="on", vacation_months=[11]))
    assert set(Report.objects.filter(cycle=cycle).values_list("level", flat=True)) == {Level.COLLEGE}
    assert set(Duty.objects.filter(unit__school=world.school).values_list("kind", flat=True)) <= {"college_report"}


def test_days_out_of_order_and_days_that_are_none_are_refused(director: Client) -> None:
    url = reverse("reporting:calendar-edit")
    wrong_order = director.post(url, calendar_form(dorm_day=28))
    assert wrong_order.status_code == 422
    assert "put the days in this order" in wrong_order.content.decode()
    no_day = director.post(url, calendar_form(vacation_starts="18 January"))
    assert "is not a day" in no_day.content.decode()
    assert director.post(url, {}).status_code == 422


def test_only_those_who_configure_set_the_calendar(world: World, login: Login, at: datetime) -> None:
    url = reverse("reporting:calendar-edit")
    assert login(world.holder(Role.COLLEGE_COORDINATOR)).get(url).status_code == 403
    assert login(world.holder(Role.SYSTEM_ADMINISTRATOR)).get(url).status_code == 200
    assert login(factories.make_user("无校")).get(url).status_code == 403
    entry = CalendarEntry(20, 22, 25)
    refused = [
        (world.holder(Role.COLLEGE_COORDINATOR), entry, "may-not-configure"),
        (world.holder(Role.CENTER_DIRECTOR), CalendarEntry(20, 19, 25), "order"),
    ]
    for by, said, code in refused:
        with pytest.raises(Refused) as no:
            set_calendar(school=world.school, entry=said, apply_to_open=False, by=by, at=at)
        assert no.value.code == code


def test_a_vacation_that_comes_late_asks_nothing_more_of_who_has_filed(
    director: Client, world: World, cycle: Cycle
) -> None:
    filed = file_room(world, cycle, "own", [1, 1, 1, 1])
    director.post(reverse("reporting:calendar-edit"), calendar_form(apply_to_open="on", vacation_months=[11]))
    cycle.refresh_from_db()
    assert cycle.dorm_due_at is None
    assert list(cycle.reports.filter(level=Level.DORM)) == [filed]
    assert Duty.objects.get(key=duty_key(filed)).settled_at is not None
    assert not Duty.objects.unsettled().filter(kind="dorm_report").exists()


def test_a_month_is_not_opened_by_who_may_not_nor_before_it_begins(world: World, at: datetime) -> None:
    for by, month, code in [
        (world.holder(Role.COLLEGE_COORDINATOR), Month(2026, 11), "may-not-open"),
        (world.holder(Role.CENTER_DIRECTOR), Month(2026, 12), "month-ahead"),
    ]:
        with pytest.raises(Refused) as no:
            open_cycle(school=world.school, month=month, by=by, at=at)
        assert no.value.code == code
    assert not Cycle.objects.exists()


def test_a_new_room_owes_a_report_while_the_month_is_open_and_not_after(
    world: World, cycle: Cycle, at: datetime
) -> None:
    def move_in(room: str) -> int:
        dorm = factories.make_dorm(world.it2, room, at=at)
        factories.make_students(world.it2, 2, on=at.date(), dorm=dorm)
        refresh_cycle(cycle=cycle, at=at)
        return cycle.reports.filter(unit=dorm).count()

    assert move_in("201") == 1
    cycle.closed_at = at
    cycle.save()
    assert move_in("202") == 0


def test_a_room_that_changed_its_home_class_reports_through_the_new_one(
    world: World, cycle: Cycle, at: datetime
) -> None:
    for guest in world.students["shared"][:2]:
        move_student(student=guest, school_class=guest.school_class, dorm=None, by=None, at=at)
    world.shared.refresh_from_db()
    assert world.shared.parent == world.arts1
    refresh_cycle(cycle=cycle, at=at)
    report = world.report(cycle, world.shared)
    assert (report.school_class, report.college) == (world.arts1, world.arts)
