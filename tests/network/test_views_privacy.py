from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate

from kernel.models import AuditEvent
from network.models import DataRequest, LegalHold, RetentionPeriod, Student, User
from network.rules import EnrollmentStatus, Role
from network.services import apply_retention, make_request, move_student, place_hold
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]
RETENTION, HOLDS = reverse("network:retention-page"), reverse("network:hold-list")
REQUESTS, ENTER = reverse("network:request-list"), reverse("network:request-enter")
SET, CONFIRM = reverse("network:retention-set"), reverse("network:retention-confirm")
Kind = DataRequest.Kind
DAY = timedelta(days=1)


@pytest.fixture
def director(world: World, login: Login, november: datetime) -> Client:
    return login(world.holder(Role.CENTER_DIRECTOR))


@pytest.fixture
def gone(world: World, at: datetime) -> Student:
    student = world.roomless
    left = EnrollmentStatus.GRADUATED
    return move_student(student=student, school_class=world.it2, dorm=None, enrollment_status=left, by=None, at=at)


def ask(student: Student, at: datetime, kind: DataRequest.Kind = Kind.ERASURE) -> DataRequest:
    return make_request(student=student, kind=kind, words="请删除我的资料", by=student.user, at=at)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CENTER_DIRECTOR, 200), (Role.FULL_TIME_COUNSELOR, 403), (Role.FUDAOYUAN, 403), (Role.DORM_HEAD, 403)],
)
def test_who_opens_how_long_data_is_kept(world: World, login: Login, role: Role, status: int) -> None:
    assert login(world.holder(role)).get(RETENTION).status_code == status


def test_the_plan_is_shown_confirmed_and_then_in_force(world: World, director: Client, november: datetime) -> None:
    page = director.get(RETENTION)
    assert "This plan waits for you" in page.content.decode()
    assert "nothing is deleted yet" in page.content.decode()
    answer = director.post(CONFIRM, {"seen": page.context["seen"]}, follow=True).content.decode()
    assert "From tonight on" in answer
    assert "This plan waits for you" not in answer
    apply_retention(school=world.school, by=None, at=november)
    assert "0 entries deleted" in director.get(RETENTION).content.decode()


def test_a_period_is_changed_within_its_limits(world: World, director: Client) -> None:
    director.post(CONFIRM, {"seen": director.get(RETENTION).context["seen"]})
    shorter = director.post(SET, {"kind": "network.notices", "months": "6"}, follow=True).content.decode()
    assert "The period is noted" in shorter
    assert "still 12 months" in shorter
    assert (
        "Choose between 3 and 36 months."
        in director.post(SET, {"kind": "network.notices", "months": "90"}, follow=True).content.decode()
    )
    assert (
        "in whole months"
        in director.post(SET, {"kind": "network.notices", "months": "x"}, follow=True).content.decode()
    )
    assert RetentionPeriod.objects.get(kind="network.notices").months == 6


def test_an_outdated_plan_is_not_confirmed(world: World, director: Client) -> None:
    assert "look at the plan again" in director.post(CONFIRM, {"seen": "old"}, follow=True).content.decode()
    assert not RetentionPeriod.objects.exists()


def test_a_hold_is_placed_seen_and_lifted(world: World, director: Client, november: datetime) -> None:
    student = world.roomless
    typed = {"number": student.number, "reason": "行政复议", "case_number": "2026-7"}
    early = director.post(HOLDS, typed | {"ends_on": localdate(november).isoformat()})
    assert early.status_code == 422
    assert "This day is not ahead" in early.content.decode()
    wrong = director.post(HOLDS, typed | {"number": "0", "ends_on": "2027-01-01"})
    assert wrong.status_code == 422
    assert "行政复议" in wrong.content.decode()
    placed = director.post(HOLDS, typed | {"ends_on": "2027-01-01"}, follow=True).content.decode()
    assert student.name in placed
    assert "行政复议" in placed
    assert "an alarm is open" in placed
    hold = LegalHold.objects.get()
    assert (
        "The hold is lifted"
        in director.post(reverse("network:hold-lift", args=[hold.pk]), follow=True).content.decode()
    )
    assert "No hold is in force" in director.get(HOLDS).content.decode()
    assert AuditEvent.objects.filter(action="hold.list").count() == 5


def test_a_student_of_another_school_is_not_found(world: World, director: Client) -> None:
    stranger = Student.objects.exclude(school=world.school).first()
    assert stranger is not None
    answer = director.post(ENTER, {"number": stranger.number, "kind": "erasure", "words": "来信"})
    assert "No student of your university has this number." in answer.content.decode()


def test_a_request_by_letter_is_entered_once(world: World, director: Client) -> None:
    typed = {"number": world.roomless.number, "kind": "correction", "words": "来信：电话有误"}
    assert director.get(ENTER).status_code == 200
    page = director.post(ENTER, typed, follow=True).content.decode()
    assert "来信：电话有误" in page
    twice = director.post(ENTER, typed)
    assert twice.status_code == 422
    assert "waiting for its answer already" in twice.content.decode()


def test_an_erasure_is_decided_with_what_goes_and_what_stays_in_view(
    world: World, gone: Student, director: Client, november: datetime
) -> None:
    url = ask(gone, november).get_absolute_url()
    page = director.get(url).content.decode()
    assert "What stays, and on what ground" in page
    assert "PIPL art. 14 and 69" in page
    assert "A granted erasure waits" not in page
    missing = director.post(url, {"grant": "yes", "reason": "已毕业"})
    assert missing.status_code == 422
    assert "Choose the day on which it is erased." in missing.content.decode()
    past = director.post(url, {"grant": "yes", "reason": "已毕业", "erase_on": "2026-11-01"})
    assert "Choose today or a day ahead." in past.content.decode()
    today = localdate(november).isoformat()
    done = director.post(url, {"grant": "yes", "reason": "已毕业", "erase_on": today}, follow=True).content.decode()
    assert "erased" in done
    assert "已注销" in done
    assert AuditEvent.objects.filter(action="data_request.read").exists()


def test_a_request_of_somebody_enrolled_says_that_it_waits(world: World, director: Client, november: datetime) -> None:
    url = ask(world.roomless, november).get_absolute_url()
    assert "A granted erasure waits" in director.get(url).content.decode()
    answer = {"grant": "yes", "reason": "离校后执行", "erase_on": localdate(november).isoformat()}
    assert "To be erased from" in director.post(url, answer, follow=True).content.decode()


def test_a_correction_is_answered_in_words(world: World, director: Client, november: datetime) -> None:
    asked = ask(world.roomless, november, Kind.CORRECTION)
    assert director.post(asked.get_absolute_url(), {"answer": ""}).status_code == 422
    assert "已更正" in director.post(asked.get_absolute_url(), {"answer": "已更正"}, follow=True).content.decode()
    asked.refresh_from_db()
    assert asked.state == DataRequest.State.ANSWERED
    assert director.post(asked.get_absolute_url(), {"answer": "又"}).status_code == 200
    asked.refresh_from_db()
    assert asked.answer == "已更正"


def test_the_list_shows_what_waits_and_on_request_all(world: World, director: Client, november: datetime) -> None:
    assert "Nobody is waiting for an answer" in director.get(REQUESTS).content.decode()
    asked = ask(world.roomless, november, Kind.CORRECTION)
    assert list(director.get(REQUESTS).context["page"]) == [asked]
    director.post(asked.get_absolute_url(), {"answer": "已更正"})
    assert list(director.get(REQUESTS).context["page"]) == []
    assert list(director.get(REQUESTS, {"show": "all"}).context["page"]) == [asked]


@pytest.mark.parametrize("url", [REQUESTS + "?show=all", HOLDS, RETENTION])
def test_a_list_asks_as_many_queries_for_many_rows_as_for_few(
    url: str, world: World, director: Client, november: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    by = world.holder(Role.CENTER_DIRECTOR)
    for _round in range(2):
        # The plan asks once for each category of data.
        with django_assert_max_num_queries(40 if url == RETENTION else 25):
            director.get(url)
        for student in factories.make_students(world.it1, 12, on=localdate(november)):
            ask(student, november)
            place_hold(student=student, reason="询问", ends_on=localdate(november) + DAY, by=by, at=november)
