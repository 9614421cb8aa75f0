from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crisis.models import Alarm
from crisis.services import raise_alarm
from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import DisclosureDelay, Student, User
from network.rules import Role
from network.rules.access_log import (
    TOLD_AFTER,
    LookPurpose,
    delay_is_possible,
    hidden_since,
    reason_is_enough,
    review_role,
)
from network.services import delay_disclosure, looks_at, record_look, relieve
from network.student_file import declared
from portal.look_words import LOOK_WORDS, OF_CARE, OF_THE_FILE, ToldLook
from tests.conftest import World

Login = Callable[[User], Client]
REASON = "刚出院，怕惊到学生"


@pytest.fixture
def student(world: World) -> Student:
    return world.students["own"][2]


@pytest.fixture
def alarm(world: World, student: Student, at: datetime) -> Alarm:
    return raise_alarm(
        student=student,
        source=Alarm.Source.THUNDER_LINE,
        source_key="one",
        evidence="说要告别",
        by=world.holder(Role.DORM_HEAD),
        at=at,
    )


def told(student: Student, at: datetime) -> list[str]:
    return [event.action for event in looks_at(student=student, at=at)]


MOMENTS = st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(MOMENTS, st.none() | MOMENTS)
def test_what_is_hidden_is_never_less_than_a_week(now: datetime, since: datetime | None) -> None:
    cutoff = hidden_since(now, since)
    assert cutoff <= now - TOLD_AFTER
    assert since is None or cutoff <= since


@pytest.mark.parametrize(("days", "possible"), [(-1, False), (0, True), (180, True), (181, False)])
def test_a_delay_has_an_end_that_is_not_too_far(days: int, possible: bool) -> None:
    today = date(2026, 11, 10)
    assert delay_is_possible(ends_on=today + timedelta(days=days), today=today) is possible


@pytest.mark.parametrize(
    ("reason", "is_emergency", "enough"),
    [("x" * 19, False, False), ("x" * 20, False, True), ("x " * 19 + " " * 9, False, False), ("火", True, True),
     ("  ", True, False)],
)  # fmt: skip
def test_a_reason_is_long_enough_to_be_judged(reason: str, is_emergency: bool, enough: bool) -> None:
    assert reason_is_enough(reason, is_emergency=is_emergency) is enough


def test_nobody_judges_themselves() -> None:
    assert review_role(frozenset({Role.CENTER_DIRECTOR, Role.FUDAOYUAN})) is Role.SCHOOL_LEADER
    assert review_role(frozenset({Role.FULL_TIME_COUNSELOR})) is Role.CENTER_DIRECTOR


@pytest.mark.parametrize(
    ("role", "noted"),
    [
        (Role.FUDAOYUAN, "fudaoyuan"),
        (Role.CENTER_DIRECTOR, "center_director"),
        (Role.DORM_HEAD, "dorm_head"),
        (Role.COLLEGE_COORDINATOR, "college_coordinator"),
    ],
)
def test_a_look_notes_whose_data_as_what_and_what_for(
    world: World, student: Student, at: datetime, role: Role, noted: str
) -> None:
    record_look(action="x.read", student=student, by=world.holder(role), at=at, purpose="care", detail={"n": 1})
    event = AuditEvent.objects.get(action="x.read")
    assert (event.subject, event.role, event.purpose) == (str(student.pk), noted, "care")
    assert (event.object_id, event.unit, event.detail) == (str(student.pk), world.it1.code, {"n": 1})


def test_who_holds_nothing_near_looks_without_a_role(world: World, student: Student, at: datetime) -> None:
    record_look(action="x.read", student=student, by=world.outsider, at=at)
    assert AuditEvent.objects.get(action="x.read").role == ""


def test_a_student_learns_of_looks_and_not_of_the_own_ones(world: World, student: Student, at: datetime) -> None:
    record_look(action="student.read", student=student, by=world.holder(Role.FUDAOYUAN), at=at)
    record_look(action="student.read", student=student, by=student.user, at=at)
    record_look(action="student.read", student=world.roomless, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    assert [event.role for event in looks_at(student=student, at=at)] == ["fudaoyuan"]


def test_looks_at_a_crisis_are_told_a_week_later(world: World, alarm: Alarm, student: Student, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    for action, obj in (("alarm.list", None), ("something.read", alarm), ("student.read", None)):
        record_look(action=action, student=student, by=director, at=at, obj=obj)
    assert told(student, at) == ["student.read"]
    assert told(student, at + TOLD_AFTER - timedelta(minutes=1)) == ["student.read"]
    assert len(told(student, at + TOLD_AFTER)) == 3


def test_a_look_in_an_emergency_is_told_later_also_the_look_at_the_delay(
    world: World, student: Student, at: datetime
) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    emergency = LookPurpose.EMERGENCY.value
    record_look(action="student.read", student=student, by=counselor, at=at, purpose=emergency)
    record_look(action="lines.read", student=student, by=counselor, at=at, purpose=emergency)
    record_look(action="look.read_delay", student=student, by=counselor, at=at)
    record_look(action="glass.break", student=student, by=counselor, at=at, detail={"emergency": True})
    record_look(action="student.read", student=student, by=counselor, at=at, purpose=LookPurpose.CARE.value)
    assert [event.purpose for event in looks_at(student=student, at=at)] == ["care"]
    assert len(told(student, at + TOLD_AFTER)) == 5
    # A delay that is in force covers them as well.
    end = at.date() + timedelta(days=20)
    delay_disclosure(student=student, ends_on=end, reason=REASON, by=counselor, at=at)
    assert told(student, at + TOLD_AFTER) == ["student.read"]


def test_a_clinician_keeps_looks_back_until_a_day(world: World, student: Student, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    record_look(action="alarm.read", student=student, by=counselor, at=at - timedelta(days=30))
    record_look(action="alarm.read", student=student, by=counselor, at=at - timedelta(days=2))
    end = at.date() + timedelta(days=20)
    delay_disclosure(student=student, ends_on=end, reason=REASON, by=counselor, at=at)
    assert told(student, at + timedelta(days=10)) == ["alarm.read"], "what was told already stays told"
    later = end + timedelta(days=20)
    delay_disclosure(student=student, ends_on=later, reason=REASON, by=counselor, at=at + timedelta(days=19))
    assert len(told(student, at + timedelta(days=30))) == 1
    delay_disclosure(
        student=student, ends_on=at.date() + timedelta(days=31), reason=REASON, by=counselor, at=at + timedelta(days=31)
    )
    assert len(told(student, at + timedelta(days=31))) == 2, "lifted, all is told"
    assert AuditEvent.objects.filter(action="look.delay", subject=str(student.pk)).count() == 3
    assert REASON not in str(list(AuditEvent.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("role", "days", "reason", "code"),
    [
        (Role.FUDAOYUAN, 9, REASON, "may-not-delay"),
        (Role.COLLEGE_COORDINATOR, 9, REASON, "may-not-delay"),
        (Role.CENTER_DIRECTOR, -1, REASON, "no-such-delay"),
        (Role.CENTER_DIRECTOR, 181, REASON, "no-such-delay"),
        (Role.CENTER_DIRECTOR, 9, "  因为  ", "short-reason"),
    ],
)
def test_a_delay_is_refused(
    world: World, student: Student, at: datetime, role: Role, days: int, reason: str, code: str
) -> None:
    with pytest.raises(Refused) as refused:
        delay_disclosure(
            student=student, ends_on=at.date() + timedelta(days=days), reason=reason, by=world.holder(role), at=at
        )
    assert refused.value.code == code
    assert not DisclosureDelay.objects.exists()


@pytest.mark.usefixtures("november")
def test_the_delay_is_set_in_the_file(world: World, student: Student, at: datetime, login: Login) -> None:
    url = reverse("network:student-delay", args=[student.pk])
    browser = login(world.holder(Role.FULL_TIME_COUNSELOR))
    part = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "<html" in browser.get(url).content.decode()
    assert browser.post(url, {"ends_on": "2026-11-20", "reason": "短"}).status_code == 422
    assert "短" in browser.post(url, {"ends_on": "2026-11-20", "reason": "短"}).content.decode()
    assert browser.post(url, {"ends_on": "2026-11-20", "reason": REASON}).status_code == 302
    assert REASON in browser.get(url).content.decode()
    assert login(world.holder(Role.FUDAOYUAN)).get(url).status_code == 403
    assert login(world.holder(Role.CLASS_ADVISER)).get(url).status_code == 404


@pytest.mark.usefixtures("november")
def test_the_student_reads_roles_and_purposes_and_no_names(
    world: World, student: Student, alarm: Alarm, at: datetime, login: Login
) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    old = at - timedelta(days=8)
    look: dict[str, Any] = {"student": student, "by": director}
    record_look(action="alarm.read", at=old, purpose="emergency", obj=alarm, **look)
    record_look(action="student.read", at=at, purpose="care", **look)
    record_look(action="glass.break", at=at, purpose="break_glass", **look)
    browser = login(student.user)
    assert reverse("look-list") in browser.get(reverse("home")).content.decode()
    page = browser.get(reverse("look-list")).content.decode()
    for words in ("Center director", "opened your roster card", "to look after you in everyday life", str(OF_CARE)):
        assert words in page
    assert "12356" in page
    for hidden in (director.name, director.number, "larm", "risis", "告别"):
        assert hidden not in page


def test_somebody_who_is_no_student_has_no_such_page(world: World, login: Login) -> None:
    staff = login(world.holder(Role.FUDAOYUAN))
    assert staff.get(reverse("look-list")).status_code == 404
    assert reverse("look-list") not in staff.get(reverse("home")).content.decode()


def test_a_file_that_nobody_opened_says_so(world: World, student: Student, login: Login) -> None:
    assert "Nobody has opened your file" in login(student.user).get(reverse("look-list")).content.decode()


def test_looks_that_have_no_words_are_told_all_the_same(world: World, student: Student, at: datetime) -> None:
    event = AuditEvent(at=at, action="poem.read", role="", purpose="")
    assert (ToldLook(event).what, ToldLook(event).purpose) == (OF_THE_FILE, "")
    assert str(ToldLook(event).role) == "Somebody at the school"
    assert ToldLook(AuditEvent(at=at, action="line.read")).what == LOOK_WORDS["line.read"]


@pytest.mark.usefixtures("november")
def test_looks_of_one_post_on_one_day_are_told_once_with_their_number(
    world: World, student: Student, at: datetime, login: Login
) -> None:
    look: dict[str, Any] = {"action": "student.read", "student": student, "purpose": "care"}
    for by, ago in ((Role.CENTER_DIRECTOR, 0), (Role.FUDAOYUAN, 1), (Role.CENTER_DIRECTOR, 2), (Role.FUDAOYUAN, 30)):
        record_look(by=world.holder(by), at=at - timedelta(hours=ago), **look)
    page = login(student.user).get(reverse("look-list"))
    assert [(str(one.role), one.times) for one in page.context["page"]] == [
        ("Center director", 2),
        ("Fudaoyuan (student affairs advisor)", 1),
        ("Fudaoyuan (student affairs advisor)", 1),
    ]
    assert "2 times" in page.content.decode()


@pytest.mark.parametrize("more", [0, 120])
def test_the_students_page_takes_the_same_few_queries(
    world: World, student: Student, at: datetime, login: Login, more: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(more):
        record_look(action="student.read", student=student, by=world.holder(Role.FUDAOYUAN), at=at)
    browser = login(student.user)
    with django_assert_max_num_queries(11):
        assert browser.get(reverse("look-list")).status_code == 200


SECTION_ROUTES = [section.route for section in declared()]


@pytest.mark.parametrize(
    ("role", "open_to"),
    [
        (Role.CENTER_DIRECTOR, [0, 1, 2, 3]),
        (Role.FULL_TIME_COUNSELOR, [0, 2, 3]),
        (Role.DEPUTY_SECRETARY, [0, 1, 2]),
        (Role.COLLEGE_COORDINATOR, [0, 1, 2]),
        (Role.FUDAOYUAN, [0, 1, 2]),
        (Role.CLASS_ADVISER, [1]),
        (Role.DORM_HEAD, []),
        (Role.CLASS_COMMITTEE_MEMBER, []),
    ],
)
def test_the_file_offers_each_reader_the_sections_that_open(
    world: World, student: Student, login: Login, role: Role, open_to: list[int]
) -> None:
    browser = login(world.holder(role))
    page = browser.get(reverse("network:student-detail", args=[student.pk])).content.decode()
    for number, route in enumerate(SECTION_ROUTES):
        url = reverse(route, args=[student.pk])
        assert (f'hx-get="{url}"' in page) is (number in open_to), route
        assert (f'href="{url}"' in page) is (number in open_to), route
        assert (browser.get(url).status_code == 200) is (number in open_to), route


@pytest.mark.parametrize("role", [Role.FUDAOYUAN, Role.CLASS_ADVISER, Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY])
def test_sections_of_a_student_out_of_sight_are_not_there(world: World, login: Login, role: Role) -> None:
    browser, before = login(world.holder(role)), AuditEvent.objects.count()
    for route in SECTION_ROUTES:
        assert browser.get(reverse(route, args=[world.students["away"][0].pk])).status_code == 404, route
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize("route", SECTION_ROUTES)
def test_a_section_is_a_part_for_htmx_and_a_page_without(
    world: World, student: Student, alarm: Alarm, login: Login, route: str
) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    url = reverse(route, args=[student.pk])
    part, page = browser.get(url, headers={"HX-Request": "true"}), browser.get(url)
    assert "<html" not in part.content.decode()
    assert "<html" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert AuditEvent.objects.filter(subject=str(student.pk), object_type="network.student").count() == 2


def test_a_purpose_is_asked_once_and_noted_with_every_look(world: World, student: Student, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    file = reverse("network:student-detail", args=[student.pk])
    assert '<details class="purpose" open>' in browser.get(file).content.decode()
    purpose = reverse("network:student-purpose", args=[student.pk])
    assert browser.post(purpose, {"purpose": "emergency"}).url == file
    assert '<details class="purpose">' in browser.get(file).content.decode()
    browser.post(purpose, {"purpose": "curiosity"})
    for route in SECTION_ROUTES:
        browser.get(reverse(route, args=[student.pk]))
    noted = AuditEvent.objects.filter(subject=str(student.pk)).order_by("pk").values_list("purpose", flat=True)
    assert list(noted) == [LookPurpose.CARE.value] + [LookPurpose.EMERGENCY.value] * 5


def test_peers_are_not_asked_why(world: World, student: Student, login: Login) -> None:
    browser = login(world.holder(Role.DORM_HEAD))
    page = browser.get(reverse("network:student-detail", args=[student.pk])).content.decode()
    assert "purpose" not in page
    assert browser.post(reverse("network:student-purpose", args=[student.pk])).status_code in (403, 404)
    assert AuditEvent.objects.get(subject=str(student.pk)).purpose == ""


def test_recording_takes_at_most_three_queries_of_a_page(world: World, student: Student, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    paths = [reverse(route, args=[student.pk]) for route in (*SECTION_ROUTES, "network:student-detail")]
    for path in (*paths, reverse("network:student-list"), reverse("crisis:alarm-list")):
        with CaptureQueriesContext(connection) as queries:
            browser.get(path)
        ours = [query["sql"] for query in queries if "kernel_audit" in query["sql"]]
        assert 1 <= len(ours) <= 3, path


def test_a_right_that_has_ended_opens_no_section(world: World, student: Student, at: datetime, login: Login) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    browser = login(director)
    relieve(post=director.posts.get(), by=None, at=at)
    with time_machine.travel(at):
        for route in SECTION_ROUTES:
            assert browser.get(reverse(route, args=[student.pk])).status_code == 404
