from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from crisis.models import Case, Referral
from crisis.services import hand_to_counseling
from crisis.services.care.counseling import (
    duty_key,
    end_counseling,
    free_counselors,
    give_counseling,
    take_on_counseling,
)
from crisis.services.center.figures import figures_of, span_of
from kernel import personal_data
from kernel.aliases import alias_of
from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import Duty, Post, Student, User
from network.rules import Role
from tests import factories
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
REASON = "想和人谈谈家里的事"
OUTSIDERS = [
    Role.DEPUTY_SECRETARY,
    Role.COLLEGE_COORDINATOR,
    Role.FUDAOYUAN,
    Role.CLASS_ADVISER,
    Role.CLASS_COMMITTEE_MEMBER,
    Role.DORM_HEAD,
    Role.SCHOOL_LEADER,
    Role.AUDITOR,
    Role.SYSTEM_ADMINISTRATOR,
]


@pytest.fixture
def director(world: World) -> User:
    return world.holder(Role.CENTER_DIRECTOR)


@pytest.fixture
def full(world: World) -> User:
    return world.holder(Role.FULL_TIME_COUNSELOR)


@pytest.fixture
def part(world: World) -> User:
    return world.holder(Role.PART_TIME_COUNSELOR)


@pytest.fixture
def student(world: World) -> Student:
    return world.students["own"][2]


@pytest.fixture
def referral(student: Student, full: User, at: datetime) -> Referral:
    return hand_to_counseling(student=student, reason=REASON, by=full, at=at)


@pytest.fixture
def given(referral: Referral, part: User, director: User, at: datetime) -> Referral:
    return give_counseling(referral=referral, counselor=part, by=director, at=at)


def refusal(act: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**arguments)
    return refused.value.code


def address(referral: Referral, act: str = "detail") -> str:
    return reverse(f"crisis:counseling-{act}", args=[referral.pk])


def test_whoever_is_handed_over_is_the_directors_to_find_a_counselor_for(
    referral: Referral, director: User, at: datetime
) -> None:
    duty = Duty.objects.get(key=duty_key(referral))
    assert (duty.owner, duty.role, duty.due_at) == (None, Role.CENTER_DIRECTOR, at + timedelta(days=3))
    assert list(Duty.objects.owed_by(director, at.date())) == [duty]
    notice = Notice.objects.get(kind="counseling")
    assert (notice.recipient, notice.link) == (director, address(referral))
    assert referral.student.name not in notice.title + str(notice.params) + duty.text()
    assert AuditEvent.objects.filter(action="counseling.hand_over", subject=alias_of(str(referral.student_id))).exists()


def test_a_student_has_one_referral_under_way(
    referral: Referral, student: Student, part: User, director: User, at: datetime
) -> None:
    assert hand_to_counseling(student=student, reason="又一次", by=part, at=at) == referral
    assert Referral.objects.get().reason == REASON
    assert Notice.objects.filter(kind="counseling").count() == 1
    end_counseling(referral=referral, reason="已转院", by=director, at=at)
    assert hand_to_counseling(student=student, reason="又一次", by=part, at=at) != referral


def test_the_database_keeps_a_second_one_out_and_all_of_them_out_of_cases(
    referral: Referral, student: Student, case: Case
) -> None:
    same = {"student": student, "school_id": student.school_id, "school_class_id": student.school_class_id}
    opened = {"opened_by": referral.opened_by, "opened_at": referral.opened_at, "target": "counseling"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.create(**same, **opened, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(case=case)


def test_what_is_written_is_sealed(referral: Referral, director: User, at: datetime) -> None:
    end_counseling(referral=referral, reason="学生改去校外机构", by=director, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, ending FROM crisis_referral")
        [row] = cursor.fetchall()
    assert REASON not in row[0]
    assert "校外" not in row[1]
    kept = Referral.objects.get()
    assert (kept.reason, kept.ending, kept.state, kept.ended_at) == (REASON, "学生改去校外机构", "broken_off", at)


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_outside_the_center_hands_over(world: World, student: Student, role: Role, at: datetime) -> None:
    assert refusal(hand_to_counseling, student=student, reason="x", by=world.holder(role), at=at) == "may-not-hand-over"


def test_given_to_a_counselor_the_first_meeting_is_theirs(
    given: Referral, part: User, full: User, director: User, at: datetime
) -> None:
    duty = Duty.objects.get(key=duty_key(given))
    assert (duty.owner, duty.due_at) == (part, at + timedelta(days=14))
    assert Notice.objects.filter(kind="counseling", recipient=part, link=address(given)).exists()
    later = at + timedelta(days=2)
    give_counseling(referral=given, counselor=part, by=director, at=later)
    assert AuditEvent.objects.filter(action="counseling.give").count() == 1
    moved = give_counseling(referral=given, counselor=full, by=director, at=later)
    duty = Duty.objects.get(key=duty_key(given))
    assert (moved.counselor, duty.owner, duty.due_at) == (full, full, later + timedelta(days=14))


def test_with_the_counselors_post_the_duty_goes_back_to_the_director(
    given: Referral, part: User, director: User, at: datetime
) -> None:
    assert list(Duty.objects.owed_by(part, at.date())) == [Duty.objects.get(key=duty_key(given))]
    Post.objects.filter(holder=part).update(ends_on=at.date())
    assert list(Duty.objects.owed_by(director, at.date())) == [Duty.objects.get(key=duty_key(given))]
    assert refusal(take_on_counseling, referral=given, by=User.objects.get(pk=part.pk), at=at) == "not-the-counselor"


def test_it_is_given_by_the_director_to_counselors_without_another_tie(
    world: World, referral: Referral, full: User, part: User, director: User, at: datetime
) -> None:
    sent = {"referral": referral, "at": at}
    assert refusal(give_counseling, counselor=part, by=full, **sent) == "may-not-arrange"
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    assert refusal(give_counseling, counselor=fudaoyuan, by=director, **sent) == "no-counselor"
    assert free_counselors(referral, at=at) == [full, part]
    factories.give_post(world.it1, Role.CLASS_ADVISER, at=at, holder=part)
    assert refusal(give_counseling, counselor=part, by=director, **sent) == "dual-relation"
    assert free_counselors(referral, at=at) == [full]


def test_the_first_meeting_completes_it_and_is_the_counselors_to_say(
    given: Referral, part: User, full: User, director: User, at: datetime
) -> None:
    for somebody in (full, director):
        assert refusal(take_on_counseling, referral=given, by=somebody, at=at) == "not-the-counselor"
    done = take_on_counseling(referral=given, by=part, at=at)
    assert (done.state, done.ended_at) == ("done", at)
    assert Duty.objects.get(key=duty_key(given)).settled_at == at
    assert refusal(take_on_counseling, referral=given, by=part, at=at) == "ended"
    assert refusal(end_counseling, referral=given, reason="x", by=director, at=at) == "ended"


def test_the_counselor_or_the_director_ends_it_and_nobody_owes_it_any_more(
    given: Referral, part: User, full: User, at: datetime
) -> None:
    assert refusal(end_counseling, referral=given, reason="x", by=full, at=at) == "may-not-end"
    end_counseling(referral=given, reason="学生改变了主意", by=part, at=at)
    assert not Duty.objects.filter(key=duty_key(given)).exists()
    assert AuditEvent.objects.filter(action="counseling.end").exists()


def test_it_is_seen_by_the_director_its_counselor_and_whoever_handed_over(
    world: World, given: Referral, part: User, full: User, director: User, at: datetime, login: Login
) -> None:
    for reader in (director, part, full):
        page = login(reader).get(address(given)).content.decode()
        assert REASON in page
        assert given.student.name in login(reader).get(reverse("crisis:counseling-list")).content.decode()
    looks = AuditEvent.objects.filter(action="counseling.read", subject=alias_of(str(given.student_id)))
    assert {look.actor_id for look in looks} == {str(one.pk) for one in (director, part, full)}
    colleague = factories.make_user("另一位咨询师", school=world.school)
    factories.give_post(world.school, Role.FULL_TIME_COUNSELOR, at=at, holder=colleague)
    assert login(colleague).get(address(given)).status_code == 404
    assert given.student.name not in login(colleague).get(reverse("crisis:counseling-list")).content.decode()
    give_counseling(referral=given, counselor=colleague, by=director, at=at)
    assert login(part).get(address(given)).status_code == 404


@pytest.mark.parametrize("role", OUTSIDERS)
def test_nobody_else_learns_of_it(world: World, given: Referral, role: Role, login: Login) -> None:
    client = login(world.holder(role))
    assert client.get(reverse("crisis:counseling-list")).status_code == 403
    assert client.get(address(given)).status_code == 404
    for act in ("give", "take-on", "end"):
        assert client.post(address(given, act)).status_code == 404
    for part_of_file in ("crisis:student-section", "network:student-detail"):
        whole = client.get(reverse(part_of_file, args=[given.student_id])).content.decode()
        assert REASON not in whole
        assert str(given.pk) not in whole
        # The menu before it is the same for everybody who may come to counseling themselves.
        page = whole.split('<div class="page">')[-1]
        assert "<h1" in page
        assert "ounseling" not in page.replace("Counseling center", "")
    assert not Referral.objects.visible_to(world.holder(role)).exists()


def test_reading_all_cases_shows_no_referral_to_counseling(given: Referral, full: User, director: User) -> None:
    for reader in (full, director):
        assert not Referral.objects.visible_to(reader).exists()


def test_the_figures_of_a_college_count_hospitals_alone(world: World, referral: Referral, at: datetime) -> None:
    span = span_of("weekly", at.date())
    assert figures_of(unit=world.it, span=span, at=at + timedelta(days=1))["referrals"] == 0


def test_the_director_gives_it_on_its_page(
    referral: Referral, director: User, full: User, part: User, login: Login
) -> None:
    assert login(full).post(address(referral, "give"), {"counselor": part.pk}).status_code == 403
    client = login(director)
    assert "first meeting was held" not in client.get(address(referral)).content.decode()
    assert client.post(address(referral, "take-on")).status_code == 403
    answer = client.post(address(referral, "give"), {"counselor": director.pk})
    assert answer.status_code == 422
    assert "Choose a counselor of this school." in answer.content.decode()
    assert client.post(address(referral, "give"), {"counselor": part.pk}).status_code == 302
    assert Referral.objects.get().counselor == part


def test_the_counselor_says_on_its_page_that_they_have_met(
    given: Referral, part: User, full: User, director: User, login: Login
) -> None:
    for other in (full, director):
        assert login(other).post(address(given, "take-on")).status_code == 403
    client = login(part)
    page = client.get(address(given)).content.decode()
    assert "Whom to phone" in page
    assert client.post(address(given, "give"), {"counselor": part.pk}).status_code == 403
    assert client.post(address(given, "take-on")).status_code == 302
    page = client.get(address(given)).content.decode()
    assert "first meeting held" in page
    assert "Give it to a counselor" not in page
    again = client.post(address(given, "take-on"))
    assert again.status_code == 422
    assert "This referral has ended already." in again.content.decode()


def test_it_is_ended_with_a_reason(given: Referral, part: User, full: User, login: Login) -> None:
    assert login(full).post(address(given, "end"), {"reason": "x"}).status_code == 403
    client = login(part)
    assert client.post(address(given, "end"), {"reason": ""}).status_code == 422
    assert client.post(address(given, "end"), {"reason": "多次约不到"}).status_code == 302
    assert "多次约不到" in client.get(address(given)).content.decode()


def test_the_list_tells_what_is_under_way_from_what_has_ended(
    world: World, given: Referral, full: User, director: User, part: User, at: datetime, login: Login
) -> None:
    client, page = login(director), reverse("crisis:counseling-list")
    waiting = hand_to_counseling(student=world.students["far"][0], reason="x", by=full, at=at + timedelta(hours=1))
    assert list(Referral.objects.counseling_for(director).open().longest_waiting_first()) == [waiting, given]
    take_on_counseling(referral=given, by=part, at=at)

    def shown(query: str) -> tuple[bool, bool]:
        text = client.get(page + query).content.decode()
        return given.student.name in text, waiting.student.name in text

    assert (shown(""), shown("?state=ended"), shown("?state=all")) == ((False, True), (True, False), (True, True))
    end_counseling(referral=waiting, reason="x", by=director, at=at)
    assert "No referral is under way" in client.get(page).content.decode()
    Referral.objects.all().delete()
    assert "No referral matches" in client.get(page + "?state=ended").content.decode()


@pytest.mark.parametrize("more", [0, 8])
def test_the_list_asks_no_more_for_more_rows(
    world: World, given: Referral, full: User, director: User, at: datetime, login: Login, more: int,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    others = [*world.students["far"], *world.students["away"], *world.students["shared"]][:more]
    for one in others:
        hand_to_counseling(student=one, reason="x", by=full, at=at)
    client, page = login(director), reverse("crisis:counseling-list")
    client.get(page)
    with django_assert_max_num_queries(14):
        client.get(page)


def test_what_has_ended_long_ago_goes_unless_something_holds_it(
    world: World, given: Referral, director: User, at: datetime
) -> None:
    category = personal_data.find("crisis.counseling")
    assert category
    assert category.due
    assert category.expire
    later, nobody = at + timedelta(days=1), Student.objects.none()
    assert not category.due(world.school.pk, later, nobody).exists()
    end_counseling(referral=given, reason="x", by=director, at=at)
    assert not category.due(world.school.pk, at, nobody).exists()
    assert not category.due(world.school.pk, later, Student.objects.filter(pk=given.student_id)).exists()
    assert category.expire(category.due(world.school.pk, later, nobody)) == 1
    assert not Referral.objects.exists()


def test_an_erasure_takes_it_and_its_duty(world: World, given: Referral, full: User, at: datetime) -> None:
    other = hand_to_counseling(student=world.students["far"][0], reason="x", by=full, at=at)
    category = personal_data.find("crisis.counseling")
    assert category
    assert category.erase
    assert category.erase(given.student, at) == 1
    assert category.erase(given.student, at) == 0
    assert list(Referral.objects.all()) == [other]
    assert list(Duty.objects.filter(kind="counseling")) == [Duty.objects.get(key=duty_key(other))]
