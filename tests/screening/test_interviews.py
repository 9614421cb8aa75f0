from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm, Referral
from crisis.services import hand_to_counseling
from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import Duty, Post, User
from network.rules import Role
from screening.models import Campaign, Feedback, Interview
from screening.models.captions import Attempted
from screening.rules.interviews import Action, Outcome, Urgency
from screening.services import (
    Finding,
    assign_interview,
    bar_counselor,
    free_counselor,
    mark_seen,
    record_attempt,
    record_finding,
    record_refusal,
)
from tests import factories
from tests.conftest import World
from tests.screening.screenings import HEAVY, IN_DANGER, STRAINED, begin, submit

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
FINDING = Finding(Outcome.B, "谈到睡眠", Action.CARE, tells_college=True, tells_fudaoyuan=True, hands_over=False)


@pytest.fixture
def talk(world: World, campaign: Campaign, at: datetime) -> Interview:
    submit(begin(campaign, world.students["own"][2], at=at)[0], *HEAVY, at=at)
    return Interview.objects.get()


@pytest.fixture
def holder(talk: Interview) -> User:
    assert talk.counselor is not None
    return talk.counselor


def other(world: World, holder: User) -> User:
    both = (world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.PART_TIME_COUNSELOR))
    return next(one for one in both if one != holder)


def refusal(act: Any, **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**arguments)
    return refused.value.code


def page(client: Client, talk: Interview) -> str:
    return client.get(reverse("screening:interview-detail", args=[talk.pk])).content.decode()


@pytest.mark.parametrize(
    ("values", "within"),
    [(IN_DANGER, timedelta(hours=24)), (HEAVY, timedelta(weeks=2)), (STRAINED, timedelta(weeks=6))],
)
def test_each_urgency_has_its_due_time(
    world: World, campaign: Campaign, at: datetime, values: tuple[int, ...], within: timedelta
) -> None:
    submit(begin(campaign, world.students["own"][2], at=at)[0], *values, at=at)
    assert Interview.objects.get().due_at == at + within


def test_talks_are_spread_evenly(world: World, campaign: Campaign, at: datetime) -> None:
    for student in [*world.students["own"], *world.students["far"][:2]]:
        submit(begin(campaign, student, at=at)[0], *HEAVY, at=at)
    loads = [
        one.interviews.count()
        for one in (world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.PART_TIME_COUNSELOR))
    ]
    assert loads == [3, 3]


def test_a_counselor_who_teaches_the_class_gets_none_of_its_talks(
    world: World, campaign: Campaign, at: datetime
) -> None:
    director, teacher = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.FULL_TIME_COUNSELOR)
    tie = bar_counselor(counselor=teacher, unit=world.it, by=director, at=at)
    assert bar_counselor(counselor=teacher, unit=world.it, by=director, at=at) == tie
    submit(begin(campaign, world.students["own"][0], at=at)[0], *HEAVY, at=at)
    talk = Interview.objects.get()
    assert talk.counselor == world.holder(Role.PART_TIME_COUNSELOR)
    assert refusal(assign_interview, interview=talk, counselor=teacher, by=director, at=at) == "dual-relation"
    assert (
        refusal(free_counselor, relation=tie, by=teacher.__class__.objects.get(pk=world.outsider.pk), at=at)
        == "may-not-run"
    )
    free_counselor(relation=tie, by=director, at=at)
    assert assign_interview(interview=talk, counselor=teacher, by=director, at=at).counselor == teacher


def test_a_post_at_the_class_bars_too_and_with_nobody_left_the_director_assigns(
    world: World, campaign: Campaign, at: datetime
) -> None:
    for role in (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR):
        factories.give_post(world.it1, Role.CLASS_ADVISER, at=at, holder=world.holder(role))
    submit(begin(campaign, world.students["own"][0], at=at)[0], *HEAVY, at=at)
    talk = Interview.objects.get()
    assert talk.counselor is None
    duty = Duty.objects.get(kind="interview")
    assert (duty.owner, duty.role) == (None, Role.CENTER_DIRECTOR)


def test_a_held_talk_tells_the_college_level_and_action_alone(
    world: World, talk: Interview, holder: User, at: datetime, login: Login
) -> None:
    record_finding(interview=talk, finding=FINDING, by=holder, at=at)
    told = Feedback.objects.get()
    assert (told.level, told.action) == (2, Action.CARE)
    assert Duty.objects.get(kind="interview").settled_at == at
    titles = Notice.objects.filter(kind="screening_feedback")
    people = {world.holder(Role.COLLEGE_COORDINATOR), world.holder(Role.FUDAOYUAN)}
    assert {one.recipient for one in titles} == people
    text = login(world.holder(Role.COLLEGE_COORDINATOR)).get(reverse("screening:feedback-list")).content.decode()
    assert talk.student.name in text
    assert "谈到睡眠" not in text
    assert "PHQ" not in text
    assert refusal(record_finding, interview=talk, finding=FINDING, by=holder, at=at) == "settled"


def test_a_fudaoyuan_sees_those_they_were_asked_to_look_after(
    world: World, talk: Interview, holder: User, at: datetime, login: Login
) -> None:
    record_finding(interview=talk, finding=FINDING, by=holder, at=at)
    address = reverse("screening:feedback-list")
    assert talk.student.name in login(world.holder(Role.FUDAOYUAN)).get(address).content.decode()
    assert talk.student.name not in login(world.holder(Role.FUDAOYUAN, world.it2)).get(address).content.decode()
    Feedback.objects.update(tells_fudaoyuan=False)
    assert talk.student.name not in login(world.holder(Role.FUDAOYUAN)).get(address).content.decode()
    feedback = Feedback.objects.get()
    seer = world.holder(Role.COLLEGE_COORDINATOR)
    mark_seen(feedback=feedback, by=seer, at=at)
    assert mark_seen(feedback=feedback, by=holder, at=at).seen_by == seer


def test_an_a_is_handed_over_with_an_alarm_that_holds_no_word_of_the_talk(
    talk: Interview, holder: User, at: datetime
) -> None:
    finding = Finding(Outcome.A, "细节", Action.CRISIS, tells_college=False, tells_fudaoyuan=False, hands_over=True)
    record_finding(interview=talk, finding=finding, by=holder, at=at)
    assert "细节" not in Alarm.objects.get().evidence
    assert not Feedback.objects.exists()


def test_a_student_is_handed_over_to_counseling_without_a_word_of_the_talk(
    world: World, talk: Interview, holder: User, at: datetime, login: Login
) -> None:
    finding = Finding(Outcome.B, "细节", Action.CARE, tells_college=True, tells_fudaoyuan=True, hands_over=False)
    record_finding(interview=talk, finding=replace(finding, to_counseling=True), by=holder, at=at)
    referral = Referral.objects.get()
    assert (referral.student, referral.opened_by, referral.target) == (talk.student, holder, "counseling")
    assert "细节" not in referral.reason
    assert not Alarm.objects.exists()
    link = reverse("crisis:counseling-detail", args=[referral.pk])
    for reader in (holder, world.holder(Role.CENTER_DIRECTOR)):
        text = page(login(reader), talk)
        assert "Handed over to counseling" in text
        assert link in text
    told = login(world.holder(Role.FUDAOYUAN)).get(reverse("screening:feedback-list")).content.decode()
    assert talk.student.name in told
    assert "ounseling" not in told


def test_a_colleague_does_not_learn_from_a_talk_who_goes_to_counseling(
    world: World, talk: Interview, at: datetime, login: Login
) -> None:
    full, part = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.PART_TIME_COUNSELOR)
    assign_interview(interview=talk, counselor=part, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    record_finding(interview=talk, finding=replace(FINDING, to_counseling=True), by=part, at=at)
    text = page(login(full), talk)
    assert "The talk was held" in text
    assert "Handed over to counseling" not in text


def test_whoever_joins_a_referral_of_somebody_else_is_told_that_it_stands(
    world: World, talk: Interview, holder: User, at: datetime, login: Login
) -> None:
    earlier = hand_to_counseling(student=talk.student, reason="x", by=other(world, holder), at=at)
    record_finding(interview=talk, finding=replace(FINDING, to_counseling=True), by=holder, at=at)
    assert Referral.objects.get() == earlier
    text = page(login(holder), talk)
    assert "Handed over to counseling" in text
    assert reverse("crisis:counseling-detail", args=[earlier.pk]) not in text


@pytest.mark.parametrize("name", ["hands_over", "to_counseling"])
def test_somebody_who_is_well_is_handed_over_to_nobody(talk: Interview, holder: User, login: Login, name: str) -> None:
    client, sent = login(holder), {"note": "", "action": "none", name: "on"}
    address = reverse("screening:interview-finish", args=[talk.pk])
    answer = client.post(address, sent | {"outcome": "C"})
    assert answer.status_code == 422
    assert "Somebody who is well is not handed over" in answer.content.decode()
    assert client.post(address, sent | {"outcome": "B"}).status_code == 302
    assert (Referral.objects.count(), Alarm.objects.count()) == ((1, 0) if name == "to_counseling" else (0, 1))


def test_the_college_is_not_asked_to_send_somebody_who_goes_to_counseling_already(
    talk: Interview, holder: User, login: Login
) -> None:
    sent = {"outcome": "B", "note": "", "action": "counseling", "to_counseling": "on"}
    client, address = login(holder), reverse("screening:interview-finish", args=[talk.pk])
    answer = client.post(address, sent | {"tells_college": "on"})
    assert answer.status_code == 422
    assert "The college does not learn who goes to counseling" in answer.content.decode()
    assert client.post(address, sent).status_code == 302


def test_a_refusal_settles_without_a_word_to_anybody(talk: Interview, holder: User, at: datetime) -> None:
    before = Notice.objects.count()
    record_refusal(interview=talk, by=holder, at=at)
    talk.refresh_from_db()
    assert (talk.refused, talk.outcome, talk.settled_at) == (True, "", at)
    assert Notice.objects.count() == before
    assert not Feedback.objects.exists()


def test_a_missed_talk_is_still_owed(talk: Interview, holder: User, at: datetime) -> None:
    record_attempt(interview=talk, kind=Attempted.NO_SHOW, by=holder, at=at)
    talk.refresh_from_db()
    assert talk.settled_at is None
    assert talk.attempts.get().kind == "no_show"
    assert Duty.objects.get(kind="interview").settled_at is None


def test_nobody_but_the_interviewer_settles(world: World, talk: Interview, holder: User, at: datetime) -> None:
    for somebody in (other(world, holder), world.holder(Role.CENTER_DIRECTOR)):
        assert refusal(record_finding, interview=talk, finding=FINDING, by=somebody, at=at) == "not-the-interviewer"
    Post.objects.filter(holder=holder).update(ends_on=at.date())
    fresh = User.objects.get(pk=holder.pk)
    assert refusal(record_refusal, interview=talk, by=fresh, at=at) == "not-the-interviewer"


def test_a_talk_is_given_to_counselors_alone_and_by_the_center(
    world: World, talk: Interview, holder: User, at: datetime
) -> None:
    director, coordinator = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.COLLEGE_COORDINATOR)
    sent = {"interview": talk, "at": at}
    assert refusal(assign_interview, counselor=coordinator, by=director, **sent) == "no-counselor"
    assert refusal(assign_interview, counselor=other(world, holder), by=coordinator, **sent) == "may-not-assign"
    assert assign_interview(counselor=holder, by=director, **sent).counselor == holder
    assert not AuditEvent.objects.filter(action="interview.assign").exists()
    moved = assign_interview(counselor=other(world, holder), by=director, **sent)
    assert Duty.objects.get(kind="interview").owner == moved.counselor


def test_answers_are_read_by_the_interviewer_alone(world: World, talk: Interview, holder: User, login: Login) -> None:
    assert "The answers" in page(login(holder), talk)
    director = page(login(world.holder(Role.CENTER_DIRECTOR)), talk)
    assert "The answers" not in director
    assert "Total" in director


def test_a_full_time_counselor_reads_the_class_of_a_colleagues_student(
    world: World, talk: Interview, holder: User, at: datetime, login: Login
) -> None:
    full, part = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.PART_TIME_COUNSELOR)
    if holder == full:
        assign_interview(interview=talk, counselor=part, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    text = page(login(full), talk)
    assert "Class 1" in text
    assert "Total" not in text
    assert "The answers" not in text


def test_a_part_time_counselor_sees_their_own_talks_alone(
    world: World, talk: Interview, holder: User, at: datetime, login: Login
) -> None:
    full, part = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.PART_TIME_COUNSELOR)
    director = world.holder(Role.CENTER_DIRECTOR)
    assign_interview(interview=talk, counselor=full, by=director, at=at)
    address = reverse("screening:interview-detail", args=[talk.pk])
    assert login(part).get(address).status_code == 404
    assign_interview(interview=talk, counselor=part, by=director, at=at)
    assert login(part).get(address).status_code == 200


@pytest.mark.parametrize(
    "role",
    [Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY, Role.FUDAOYUAN, Role.CLASS_ADVISER, Role.DORM_HEAD, Role.AUDITOR],
)
def test_nobody_outside_the_center_opens_a_talk(world: World, talk: Interview, role: Role, login: Login) -> None:
    address = reverse("screening:interview-detail", args=[talk.pk])
    assert login(world.holder(role)).get(address).status_code in (403, 404)


def test_each_look_at_a_talk_is_recorded(talk: Interview, holder: User, login: Login) -> None:
    page(login(holder), talk)
    look = AuditEvent.objects.get(action="interview.read")
    assert look.subject == str(talk.student_id)
    assert look.detail["answers"] is True


def test_the_form_keeps_what_was_typed(talk: Interview, holder: User, login: Login) -> None:
    client = login(holder)
    address = reverse("screening:interview-finish", args=[talk.pk])
    answer = client.post(address, {"note": "写了很多", "action": "care", "tells_fudaoyuan": "on"})
    assert answer.status_code == 422
    assert "写了很多" in answer.content.decode()
    assert "Choose A, B or C." in answer.content.decode()
    sent = {"outcome": "B", "note": "x", "action": "care", "tells_college": "on"}
    assert client.post(address, sent).status_code == 302
    talk.refresh_from_db()
    assert (talk.outcome, talk.urgency) == ("B", Urgency.FIRST)


def test_the_student_file_shows_levels_to_the_center_and_feedback_to_the_college(
    world: World, talk: Interview, holder: User, at: datetime, login: Login
) -> None:
    address = reverse("screening:student-section", args=[talk.student_id])
    assert "Class 1" in login(world.holder(Role.CENTER_DIRECTOR)).get(address).content.decode()
    college = login(world.holder(Role.COLLEGE_COORDINATOR)).get(address).content.decode()
    assert "Class 1" not in college
    record_finding(interview=talk, finding=FINDING, by=holder, at=at)
    college = login(world.holder(Role.COLLEGE_COORDINATOR)).get(address).content.decode()
    assert "Some attention" in college
    assert login(world.holder(Role.CLASS_ADVISER)).get(address).status_code in (403, 404)
