from collections.abc import Callable
from datetime import date, datetime
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crisis.models import Alarm
from crisis.services import acknowledge
from crisis.services.alarms.help_requests import ask_for_help
from kernel import notices
from network.models import Student, Unit, User
from network.rules import Role
from portal.home import Home
from reporting.models import Cycle
from reporting.rules.dorm_lines import Status
from reporting.services import LineEntry, file_dorm_report, refresh_cycle, roll_up, send_back
from reporting.services.publishing import publish
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]

# Each part of the page by the words that only it says.
PARTS = {
    "alarms": 'id="burning"',
    "red": 'id="red"',
    "owed": 'id="owed"',
    "progress": 'id="progress"',
    "figures": 'id="figures"',
    "map": "heat-concerned",
    "network": 'id="vacancies"',
    "import": "Import the roster",
    "settings": 'id="settings"',
    "access": 'id="access"',
    "audit": "The log can be searched and exported",
    "changed": 'id="changed"',
}
ALWAYS = {"owed", "changed"}
SHOWN = {
    Role.LEADING_GROUP: {"red", "figures", "map"},
    Role.SCHOOL_LEADER: {"red", "figures", "map"},
    Role.CENTER_DIRECTOR: {"alarms", "progress", "figures", "map", "network", "import"},
    Role.FULL_TIME_COUNSELOR: {"alarms", "progress", "figures", "map"},
    Role.PART_TIME_COUNSELOR: set(),
    Role.DEPUTY_SECRETARY: {"red", "alarms", "progress", "figures"},
    Role.COLLEGE_COORDINATOR: {"alarms", "progress", "figures", "network"},
    Role.FUDAOYUAN: {"alarms", "progress", "figures", "network"},
    Role.CLASS_ADVISER: {"progress", "figures"},
    Role.CLASS_COMMITTEE_MEMBER: {"progress"},
    Role.DORM_HEAD: set(),
    Role.STUDENT_UNION_OFFICER: set(),
    Role.COLLEGE_UNION_OFFICER: set(),
    Role.AUDITOR: {"audit"},
    Role.SYSTEM_ADMINISTRATOR: {"settings"},
    Role.SECURITY_ADMINISTRATOR: {"network", "access"},
}


def file_thunder(cycle: Cycle, dorm: Unit, *, by: User, at: datetime) -> Student:
    """The last resident is in thunder, the others are well."""
    *others, thunder = Student.objects.filter(dorm=dorm).order_by("number")
    entries = [LineEntry(thunder.pk, Status.THUNDER, observation="说要告别")]
    entries += [LineEntry(one.pk, Status.CLEAR) for one in others]
    report = cycle.reports.current().get(unit=dorm)
    file_dorm_report(report=report, entries=entries, all_well=False, revision=0, client_id=uuid4(), by=by, at=at)
    return thunder


@pytest.fixture
def thunder(world: World, cycle: Cycle, november: datetime) -> Student:
    found = file_thunder(cycle, world.own, by=world.holder(Role.DORM_HEAD), at=november)
    roll_up(cycle=cycle, at=november)
    publish(cycle=cycle, at=november)
    return found


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_shown_its_own_parts_and_no_other(
    role: Role, world: World, thunder: Student, login: Login
) -> None:
    page = login(world.holder(role)).get(reverse("home")).content.decode()
    assert {part for part, words in PARTS.items() if words in page} == SHOWN[role] | ALWAYS


@pytest.mark.parametrize("role", list(Role))
def test_who_is_in_thunder_is_named_to_those_alone_who_act_on_alarms(
    role: Role, world: World, thunder: Student, login: Login
) -> None:
    page = login(world.holder(role)).get(reverse("home")).content.decode()
    assert (thunder.name in page) is ("alarms" in SHOWN[role])


def test_an_alarm_of_another_college_does_not_burn_here(world: World, thunder: Student, login: Login) -> None:
    answer = login(world.holder(Role.COLLEGE_COORDINATOR, world.arts)).get(reverse("home"))
    assert answer.context["home"].alarms == []


def test_a_dorm_head_owes_the_dorm_report_and_is_led_to_it(
    world: World, cycle: Cycle, november: datetime, login: Login
) -> None:
    page = login(world.holder(Role.DORM_HEAD)).get(reverse("home")).content.decode()
    assert "Dorm report 2026-11, 东6栋-101" in page
    assert page.count("Do it now") == 1
    assert reverse("reporting:report-detail", args=[world.report(cycle, world.own).pk]) in page


def test_whoever_has_filed_owes_nothing(world: World, thunder: Student, login: Login) -> None:
    page = login(world.holder(Role.DORM_HEAD)).get(reverse("home")).content.decode()
    assert "Nothing is waiting for you at the moment" in page


def test_a_report_sent_back_stands_first(
    world: World, cycle: Cycle, thunder: Student, november: datetime, login: Login
) -> None:
    report = world.report(cycle, world.own)
    send_back(report=report, reason="请再看看", by=world.holder(Role.CLASS_COMMITTEE_MEMBER), at=november)
    page = login(world.holder(Role.DORM_HEAD)).get(reverse("home")).content.decode()
    assert "Look again at the report of 东6栋-101" in page


def test_the_center_counts_what_is_missing_by_college_and_a_fudaoyuan_by_class(
    world: World, cycle: Cycle, thunder: Student, login: Login
) -> None:
    def missing(role: Role) -> list[tuple[str, int]]:
        rows = login(world.holder(role)).get(reverse("home")).context["home"].progress
        return [(row.unit.name, row.missing) for row in rows]

    # 信息学院: 2 of 3 dorms, 2 classes and the college itself; 文学院: one of each.
    assert missing(Role.CENTER_DIRECTOR) == [("信息学院", 5), ("文学院", 3)]
    # 101 is filed, 102 and the class itself are not.
    assert missing(Role.FUDAOYUAN) == [("计科2601班", 2)]


def test_the_figures_are_of_what_one_watches_over(world: World, thunder: Student, login: Login) -> None:
    def figures(role: Role) -> tuple[int, int, int]:
        found = login(world.holder(role)).get(reverse("home")).context["home"].figures
        return found.students, found.reported, found.concerned

    assert figures(Role.SCHOOL_LEADER) == (14, 4, 1)
    assert figures(Role.DEPUTY_SECRETARY) == (10, 4, 1)
    assert figures(Role.FUDAOYUAN) == (6, 4, 1)


def test_before_the_first_rollup_there_are_no_figures(
    world: World, cycle: Cycle, november: datetime, login: Login
) -> None:
    page = login(world.holder(Role.SCHOOL_LEADER)).get(reverse("home")).content.decode()
    assert "No figures yet" in page


def test_before_the_first_month_the_page_stands(world: World, november: datetime, login: Login) -> None:
    answer = login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("home"))
    page = answer.content.decode()
    assert answer.context["home"].month == answer.context["home"].month.parse("2026-11")
    assert [part for part, words in PARTS.items() if words in page] == [
        "owed", "figures", "network", "import", "changed",
    ]  # fmt: skip


def test_vacancies_are_counted_where_one_appoints(world: World, november: datetime, login: Login) -> None:
    empty = factories.make_class(world.it, "计科2603班", at=november)
    factories.make_dorm(empty, "105", at=november)
    for role, expected in {
        Role.CENTER_DIRECTOR: {"classes": 1, "dorms": 1},
        Role.COLLEGE_COORDINATOR: {"classes": 1, "dorms": 1},
        Role.FUDAOYUAN: {"classes": 0, "dorms": 0},
    }.items():
        assert login(world.holder(role)).get(reverse("home")).context["home"].vacancies == expected


def test_without_a_post_the_page_says_whom_to_ask(world: World, november: datetime, login: Login) -> None:
    assert world.outsider is not None
    page = login(world.outsider).get(reverse("home")).content.decode()
    assert "You hold no post at present" in page
    assert {part for part, words in PARTS.items() if words in page} == {"changed"}


def test_an_ended_post_shows_nothing_any_more(world: World, thunder: Student, login: Login) -> None:
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    coordinator.posts.update(ends_on=date(2026, 11, 10))
    page = login(coordinator).get(reverse("home")).content.decode()
    assert "You hold no post at present" in page
    assert thunder.name not in page


def grow(world: World, cycle: Cycle, *, at: datetime) -> None:
    """Twice the rooms and classes, alarms, notices and duties."""
    for college in (world.it, world.arts):
        for number in (7, 8):
            school_class = factories.make_class(college, f"{college.name}260{number}班", at=at)
            for role in (Role.FUDAOYUAN, Role.CLASS_COMMITTEE_MEMBER):
                factories.give_post(school_class, role, at=at)
            dorm = factories.make_dorm(school_class, f"2{number}{college.pk}", at=at)
            head = factories.make_students(school_class, 3, on=at.date(), dorm=dorm)[0].user
            factories.give_post(dorm, Role.DORM_HEAD, holder=head, at=at)
    refresh_cycle(cycle=cycle, at=at)
    for dorm in Unit.objects.dorms().filter(school=world.school, room__startswith="2"):
        file_thunder(cycle, dorm, by=dorm.posts.get(role=Role.DORM_HEAD).holder, at=at)
    roll_up(cycle=cycle, at=at)
    publish(cycle=cycle, at=at)
    for user in world.people.values():
        for number in range(3):
            notices.post(to=user, kind="test", title=f"News {number}", params={}, at=at)


@pytest.mark.parametrize("role", list(Role))
def test_the_page_asks_no_more_of_a_school_twice_the_size(
    role: Role, world: World, cycle: Cycle, thunder: Student, november: datetime, login: Login
) -> None:
    client = login(world.holder(role))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse("home")).status_code == 200
        return len(queries)

    client.get(reverse("home"))
    for user in world.people.values():
        notices.post(to=user, kind="test", title="News", params={}, at=november)
    few = asked()
    grow(world, cycle, at=november)
    assert few <= 28
    assert asked() == few


def test_a_role_without_figures_has_none_to_ask_for(world: World, thunder: Student, november: datetime) -> None:
    assert Home(world.holder(Role.DORM_HEAD), november).figures is None


def test_leaders_see_numbers_with_ages_before_their_duties(world: World, thunder: Student, login: Login) -> None:
    page = login(world.holder(Role.SCHOOL_LEADER)).get(reverse("home")).content.decode()
    assert "1 alarm waits for somebody" in page
    assert page.index('id="red"') < page.index('id="owed"')
    assert thunder.name not in page


def test_a_dorm_head_raises_an_alarm_from_home_after_the_report_was_filed(
    world: World, cycle: Cycle, november: datetime, login: Login
) -> None:
    head = world.holder(Role.DORM_HEAD)
    report = cycle.reports.current().get(unit=world.own)
    file_dorm_report(report=report, entries=[], all_well=True, revision=0, client_id=uuid4(), by=head, at=november)
    browser = login(head)
    address = reverse("reporting:alarm-raise", args=[report.pk])
    assert address in browser.get(reverse("home")).content.decode()
    assert browser.get(address).status_code == 200


def test_a_student_sees_hotlines_and_that_the_call_for_help_has_arrived(
    world: World, at: datetime, login: Login
) -> None:
    student = world.students["own"][0]
    user = student.user or factories.UserFactory(school=world.school)
    if student.user is None:
        student.user = user
        student.save()
    page = login(user).get(reverse("home")).content.decode()
    assert "tel:12356" in page
    assert "asked-for-help" not in page
    ask_for_help(student=student, evidence="睡不着", contact="", by=user, at=at)
    page = login(user).get(reverse("home")).content.decode()
    assert "We received your message" in page
    assert "have been told" in page
    alarm = Alarm.objects.get()
    acknowledge(alarm=alarm, action_taken="马上联系", by=world.holder(Role.FUDAOYUAN), at=at)
    assert "Somebody has taken it on" in login(user).get(reverse("home")).content.decode()


def test_each_number_of_the_progress_opens_exactly_its_reports(world: World, cycle: Cycle, login: Login) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    client = login(director)
    page = client.get(reverse("home")).content.decode().replace("&amp;", "&")
    rows = Home(director, cycle.opened_at).progress
    assert any(row.gaps for row in rows)
    for row in rows:
        for _label, missing, url in row.gaps:
            assert f'href="{url}"' in page
            assert client.get(url).context["page"].paginator.count == missing
        for level, url in row.urls.items():
            assert client.get(url).context["page"].paginator.count == row.levels[level]["due"]


def test_the_tiles_of_the_month_open_exactly_their_reports(world: World, cycle: Cycle, login: Login) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    board = client.get(reverse("reporting:month-board"), {"month": str(cycle.period), "level": "dorm"}).context
    for name, key in (("due", "all"), ("filed", "arrived"), ("timely", "timely"), ("returned", "returned")):
        rows = client.get(reverse("reporting:month-board") + board["urls"][key]).context["page"].paginator
        assert rows.count == board["tally"][name], name
