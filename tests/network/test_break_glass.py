from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import BreakGlass, Duty, Student, User
from network.rules import Role
from network.rules.access_log import Sealed
from network.services import active_break_glass, break_glass, relieve, review_break_glass, set_password
from reporting.models import Cycle, Line
from reporting.rules.dorm_lines import Sign
from tests.conftest import World
from tests.factories import PASSWORD, give_post
from tests.reporting.months import file_room

Login = Callable[[User], Client]
REASON = "家长来电说孩子失联，需要知道室友看到了什么情况"
SEEN = "夜里常哭，说很累"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def student(world: World) -> Student:
    return world.students["own"][2]


@pytest.fixture
def director(world: World, at: datetime) -> User:
    """With a password of their own: that of a slip is hashed anew when it is asked for, which ends the session."""
    director = world.holder(Role.CENTER_DIRECTOR)
    set_password(user=director, password=PASSWORD, at=at)
    return director


@pytest.fixture
def seen(world: World, cycle: Cycle, student: Student) -> None:
    """A line of the student with a sign and words."""
    file_room(world, cycle, "own", [1, 1, 4, 1], signs=int(Sign.CRYING))
    write_words(student, SEEN)


def write_words(student: Student, words: str) -> None:
    line = Line.objects.current().get(student=student)
    line.observation = words
    line.save(update_fields=["observation"])


def opened(student: Student, by: User, at: datetime, **changes: Any) -> BreakGlass:
    given = {"reason": REASON, "is_emergency": False, "kind": Sealed.DORM_LINES} | changes
    return break_glass(student=student, by=by, at=at, **given)


def lines(student: Student) -> str:
    return reverse("reporting:student-lines", args=[student.pk])


def glass(student: Student) -> str:
    return reverse("network:student-break-glass", args=[student.pk, "dorm_lines"])


def sign_in_again(browser: Client, on: str) -> Any:
    return browser.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": on})


@pytest.mark.usefixtures("november", "seen")
def test_a_director_reads_weather_and_signs_by_right_and_words_behind_the_glass(
    student: Student, director: User, login: Login
) -> None:
    browser = login(director)
    sealed = browser.get(lines(student), headers=HTMX).content.decode()
    assert "Rain" in sealed
    assert "Cries" in sealed
    assert SEEN not in sealed
    asked = browser.get(glass(student))
    assert asked.status_code == 302
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert sign_in_again(browser, glass(student)).url == glass(student)
    assert browser.get(glass(student)).status_code == 200
    assert browser.post(glass(student), {"reason": REASON}).url == lines(student)
    assert SEEN in browser.get(lines(student), headers=HTMX).content.decode()
    event = AuditEvent.objects.filter(action="line.read").order_by("-pk")[0]
    assert (event.purpose, event.subject, event.detail["words"]) == ("break_glass", str(student.pk), 1)
    assert REASON not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


@pytest.mark.usefixtures("seen")
def test_the_glass_closes_after_sixty_minutes_and_with_the_post(
    world: World, student: Student, director: User, at: datetime, login: Login
) -> None:
    opened(student, director, at)
    browser = login(director)
    with time_machine.travel(at + timedelta(minutes=59), tick=False):
        assert SEEN in browser.get(lines(student)).content.decode()
    with time_machine.travel(at + timedelta(minutes=60), tick=False):
        assert SEEN not in browser.get(lines(student)).content.decode()
    with time_machine.travel(at + timedelta(minutes=5), tick=False):
        relieve(post=director.posts.get(), by=None, at=at)
        assert browser.get(lines(student)).status_code == 404
        assert active_break_glass(user=director, student=student, kind=Sealed.DORM_LINES, at=at) is None


@pytest.mark.usefixtures("november", "seen")
def test_the_glass_opens_one_students_words_to_one_reader_and_no_list_or_export(
    world: World, cycle: Cycle, student: Student, director: User, at: datetime, login: Login
) -> None:
    other = world.students["own"][1]
    write_words(other, "别人的话")
    opened(student, director, at)
    browser = login(director)
    assert "别人的话" not in browser.get(lines(other)).content.decode()
    report = world.report(cycle, world.own)
    for url in (
        reverse("reporting:report-detail", args=[report.pk]),
        reverse("reporting:report-detail", args=[world.report(cycle, world.it1).pk]),
        f"{reverse('reporting:line-list')}?unit={world.it1.code}&month=2026-11",
        reverse("network:student-detail", args=[student.pk]),
    ):
        page = browser.get(url)
        assert page.status_code == 200, url
        assert SEEN not in page.content.decode(), url
    second = give_post(world.school, Role.CENTER_DIRECTOR, at=at - timedelta(days=1))
    assert SEEN not in login(second).get(lines(student)).content.decode()


@pytest.mark.usefixtures("november", "seen")
@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR])
def test_who_may_read_the_words_goes_on_reading_them(world: World, student: Student, login: Login, role: Role) -> None:
    browser = login(world.holder(role))
    page = browser.get(lines(student)).content.decode()
    assert SEEN in page
    assert glass(student) not in page
    assert browser.get(glass(student)).status_code == 403
    assert browser.post(glass(student), {"reason": REASON}).status_code == 403
    assert not BreakGlass.objects.exists()


@pytest.mark.usefixtures("november", "seen")
@pytest.mark.parametrize("role", [Role.CLASS_ADVISER, Role.DEPUTY_SECRETARY])
def test_who_sees_a_summary_sees_the_weather_alone(world: World, student: Student, login: Login, role: Role) -> None:
    page = login(world.holder(role)).get(lines(student)).content.decode()
    assert "Rain" in page
    assert "Cries" not in page
    assert SEEN not in page
    assert login(world.holder(role)).get(glass(student)).status_code == 404


@pytest.mark.usefixtures("november")
def test_the_sign_in_of_this_morning_is_not_enough(student: Student, director: User, login: Login) -> None:
    browser = Client()
    browser.post(reverse("account_login"), {"login": director.number, "password": PASSWORD})
    assert browser.get(glass(student)).status_code == 302
    late = browser.post(glass(student), {"reason": REASON})
    assert late.status_code == 422
    assert REASON in late.content.decode()
    assert not BreakGlass.objects.exists()


def test_a_second_sign_in_holds_for_five_minutes(student: Student, director: User, at: datetime) -> None:
    with time_machine.travel(at, tick=False) as clock:
        browser = Client()
        browser.force_login(director)
        sign_in_again(browser, glass(student))
        clock.shift(timedelta(minutes=4, seconds=59))
        assert browser.get(glass(student)).status_code == 200
        clock.shift(timedelta(seconds=2))
        assert browser.get(glass(student)).status_code == 302


@pytest.mark.usefixtures("november")
def test_a_short_reason_is_kept_and_refused_unless_a_life_is_at_risk(
    student: Student, director: User, login: Login
) -> None:
    browser = login(director)
    sign_in_again(browser, glass(student))
    answer = browser.post(glass(student), {"reason": "想看看"})
    assert answer.status_code == 422
    assert "想看看" in answer.content.decode()
    assert browser.post(glass(student), {"reason": "有危险", "is_emergency": "on"}).status_code == 302
    assert BreakGlass.objects.get().is_emergency


def test_an_unknown_kind_is_not_there(student: Student, director: User, login: Login) -> None:
    url = reverse("network:student-break-glass", args=[student.pk, "diaries"])
    assert login(director).get(url).status_code == 404


def test_the_service_refuses_who_may_not_and_opens_once(
    world: World, student: Student, director: User, at: datetime
) -> None:
    for role in (Role.FUDAOYUAN, Role.FULL_TIME_COUNSELOR, Role.AUDITOR):
        with pytest.raises(Refused) as refused:
            opened(student, world.holder(role), at)
        assert refused.value.code == "may-not-break"
    with pytest.raises(Refused) as refused:
        opened(student, director, at, reason="x" * 19)
    assert refused.value.code == "short-reason"
    first = opened(student, director, at)
    assert opened(student, director, at + timedelta(minutes=30)) == first
    assert opened(student, director, at + timedelta(minutes=61)) != first
    assert first.ends_at - first.opened_at == timedelta(minutes=60)


def test_leaders_other_directors_and_the_security_side_are_told_without_a_name(
    world: World, student: Student, director: User, at: datetime
) -> None:
    second = give_post(world.school, Role.CENTER_DIRECTOR, at=at)
    opened(student, director, at)
    told = Notice.objects.filter(kind="glass.broken")
    security = {world.holder(Role.AUDITOR), world.holder(Role.SECURITY_ADMINISTRATOR)}
    assert {notice.recipient for notice in told} == {world.holder(Role.SCHOOL_LEADER), second, *security}
    assert all(notice.urgent for notice in told)
    assert not any(student.name in notice.sentence() or REASON in notice.sentence() for notice in told)
    assert [notice.link for notice in told if notice.recipient == world.holder(Role.AUDITOR)] == [""]


def test_a_review_is_owed_within_72_hours_and_settled_by_it(
    world: World, student: Student, director: User, at: datetime
) -> None:
    leader = world.holder(Role.SCHOOL_LEADER)
    glass = opened(student, director, at)
    duty = Duty.objects.get(kind="glass")
    assert (duty.role, duty.unit, duty.due_at) == (Role.SCHOOL_LEADER, world.school, at + timedelta(hours=72))
    for person, code in ((director, "may-not-review"), (world.holder(Role.AUDITOR), "may-not-review")):
        with pytest.raises(Refused) as refused:
            review_break_glass(glass=glass, was_justified=True, note="确有必要", by=person, at=at)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        review_break_glass(glass=glass, was_justified=True, note=" 好 ", by=leader, at=at)
    assert refused.value.code == "short-note"
    review_break_glass(glass=glass, was_justified=True, note="情况紧急，确有必要", by=leader, at=at)
    duty.refresh_from_db()
    assert duty.settled_at == at
    with pytest.raises(Refused) as refused:
        review_break_glass(glass=glass, was_justified=False, note="改了主意也不行", by=leader, at=at)
    assert refused.value.code == "may-not-review"
    assert Notice.objects.filter(kind="glass.reviewed", recipient=director).count() == 1
    assert AuditEvent.objects.get(action="glass.review").detail == {"justified": True, "kind": "dorm_lines"}


@pytest.mark.usefixtures("november", "seen")
def test_the_reviewer_sees_who_why_and_when_and_neither_name_nor_words(
    world: World, student: Student, director: User, at: datetime, login: Login
) -> None:
    glass = opened(student, director, at)
    login(director).get(lines(student))
    browser = login(world.holder(Role.SCHOOL_LEADER))
    url = reverse("network:break-glass-review", args=[glass.pk])
    assert url in browser.get(reverse("network:break-glass-list")).content.decode()
    page = browser.get(url)
    body = page.content.decode()
    assert director.name in body
    assert REASON in body
    assert len(page.context["readings"]) == 1
    for hidden in (student.name, student.number, SEEN):
        assert hidden not in body
    assert browser.post(url, {"note": "情况紧急，确有必要"}).status_code == 422
    assert browser.post(url, {"verdict": "yes", "note": "好"}).status_code == 422
    assert browser.post(url, {"verdict": "no", "note": "可以先问辅导员"}).url == reverse("network:break-glass-list")
    glass.refresh_from_db()
    assert glass.was_justified is False
    done = browser.get(url).content.decode()
    assert "No, it should not have happened" in done
    assert "可以先问辅导员" in done
    assert browser.post(url, {"verdict": "yes", "note": "情况紧急，确有必要"}).status_code == 422


def test_the_queue_is_empty_for_all_others(world: World, student: Student, director: User, at: datetime) -> None:
    glass = opened(student, director, at)
    for role in set(Role) - {Role.SCHOOL_LEADER}:
        browser = Client()
        browser.force_login(world.holder(role))
        assert "No openings" in browser.get(reverse("network:break-glass-list")).content.decode(), role
        assert browser.get(reverse("network:break-glass-review", args=[glass.pk])).status_code == 404, role


@pytest.mark.parametrize("changes", [{"was_justified": True}, {"ends_at": datetime(2026, 1, 1).astimezone()}])
def test_the_database_keeps_an_opening_whole(
    student: Student, director: User, at: datetime, changes: dict[str, Any]
) -> None:
    glass = opened(student, director, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=glass.pk).update(**changes)
    with pytest.raises(IntegrityError), transaction.atomic():
        whole = {"reviewed_by": director, "reviewed_at": at, "was_justified": True}
        BreakGlass.objects.filter(pk=glass.pk).update(**whole)
