"""Courses, notes, measures, passing on, and what a college is told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from counseling.models import (
    Booking,
    CollegeMessage,
    Counselor,
    Course,
    Feedback,
    FeedbackToken,
    Measure,
    NoteTombstone,
    Room,
    Session,
    SessionNote,
    Transfer,
)
from counseling.rules.courses import Closing, Phrase
from counseling.rules.measures import Goal, MeasureKind, goal_attainment, who5
from counseling.services.courses import close_course, keep_courses, open_course, sessions_used, set_limit
from counseling.services.feedback import Answers, give_feedback, may_give
from counseling.services.measures import charts_of, take_measure
from counseling.services.messages import answer_message, ask_message
from counseling.services.notes import bury, read_own_notes, write_note
from counseling.services.transfers import answer_transfer, ask_transfer, take_on_transfer, withdraw_transfer
from crisis.models.base import keys_of
from crisis.services import hand_to_counseling
from crisis.services.care.counseling import give_counseling
from kernel import personal_data
from kernel.aliases import is_alias
from kernel.errors import Refused
from kernel.models import AuditEvent, Notice
from network.models import Duty, Student, User
from network.rules import Role
from network.rules.access_log import Sealed
from network.services import appoint, break_glass, relieve, remind
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
WORDS = "她说夜里总想着离开，白天强撑着笑"
SUMMARY = "已谈四次，主题是与室友的相处，约定继续练习表达。"
REASON = "家属投诉咨询过程，学校要求核对记录是否完整"


@pytest.fixture
def student(world: World) -> Student:
    return world.students["own"][2]


def counselor_of(world: World, role: Role) -> Counselor:
    user = world.holder(role)
    return Counselor.objects.get_or_create(school=world.school, user=user)[0]


@pytest.fixture
def full(world: World) -> Counselor:
    return counselor_of(world, Role.FULL_TIME_COUNSELOR)


@pytest.fixture
def part(world: World) -> Counselor:
    return counselor_of(world, Role.PART_TIME_COUNSELOR)


def booking_of(student: Student, counselor: Counselor, starts_at: datetime, *, state: str = "attended") -> Booking:
    room = Room.objects.get_or_create(school=counselor.school, name="咨询室一", kind="counseling")[0]
    session = Session.objects.create(
        school=counselor.school,
        kind="individual",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=50),
        counselor=counselor,
        room=room,
        created_at=starts_at,
    )
    ended: dict[str, Any] = {} if state == "booked" else {"ended_at": session.ends_at, "ended_by": counselor.user}
    booked: dict[str, Any] = {"code": "ABCD", "booked_by": student.user, "booked_at": starts_at, "state": state}
    return Booking.objects.create(session=session, student=student, **keys_of(student), **booked, **ended)


@pytest.fixture
def met(student: Student, full: Counselor, at: datetime) -> Booking:
    return booking_of(student, full, at - timedelta(hours=2))


@pytest.fixture
def course(student: Student, full: Counselor, met: Booking, at: datetime) -> Course:
    return open_course(student=student, counselor=full, limit=8, by=full.user, at=at)


def refusal(act: Callable[..., Any], **arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        act(**arguments)
    return refused.value.code


def transfer_of(course: Course, to: Counselor, at: datetime) -> Transfer:
    return ask_transfer(course=course, to=to, summary=SUMMARY, by=course.counselor.user, at=at)


def test_a_course_opens_with_somebody_whom_one_has_met_and_only_once(
    world: World, student: Student, full: Counselor, part: Counselor, course: Course, at: datetime
) -> None:
    assert open_course(student=student, counselor=full, limit=4, by=full.user, at=at).pk == course.pk
    assert refusal(open_course, student=student, counselor=part, limit=8, by=part.user, at=at) == "may-not-open"
    booking_of(student, part, at - timedelta(days=1))
    assert refusal(open_course, student=student, counselor=part, limit=8, by=part.user, at=at) == "other-course"
    stranger = world.roomless
    assert refusal(open_course, student=stranger, counselor=full, limit=8, by=full.user, at=at) == "may-not-open"
    assert refusal(open_course, student=student, counselor=full, limit=8, by=part.user, at=at) == "may-not-open"
    booking_of(stranger, full, at - timedelta(days=1))
    bounds = {"student": stranger, "counselor": full, "by": full.user, "at": at}
    assert refusal(open_course, limit=0, **bounds) == "limit-out-of-bounds"
    appoint(holder=full.user, unit=world.it2, role=Role.CLASS_ADVISER, by=None, at=at)
    assert refusal(open_course, limit=8, **bounds) == "dual-relation"


def test_a_referral_leads_into_a_course(world: World, part: Counselor, login: Login, at: datetime) -> None:
    student, director = world.students["away"][0], world.holder(Role.CENTER_DIRECTOR)
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    referral = hand_to_counseling(student=student, reason="谈话后转介", by=by, at=at)
    referral = give_counseling(referral=referral, counselor=part.user, by=director, at=at)
    page = login(part.user).get(reverse("crisis:counseling-detail", args=[referral.pk])).content.decode()
    address = reverse("counseling:course-open", args=[referral.pk])
    assert address in page
    assert login(by).post(address, {"limit": 6}).status_code == 403
    assert login(part.user).post(address, {"limit": 6}).status_code == 302
    course = Course.objects.get()
    assert (course.student, course.counselor, course.limit, course.referral) == (student, part, 6, referral)


def test_the_sessions_used_are_those_that_count(
    course: Course, full: Counselor, student: Student, at: datetime
) -> None:
    assert sessions_used(course) == 1
    booking_of(student, full, at + timedelta(days=1), state="no_show")
    booking_of(student, full, at + timedelta(days=2), state="cancelled")
    booking_of(student, full, at + timedelta(days=3), state="booked")
    assert sessions_used(course) == 2
    assert refusal(set_limit, course=course, limit=1, by=full.user, at=at) == "limit-below-used"
    assert set_limit(course=course, limit=12, by=full.user, at=at).limit == 12


def test_a_course_ends_for_a_reason(course: Course, part: Counselor, full: Counselor, at: datetime) -> None:
    assert refusal(close_course, course=course, closing=Closing.AGREED, by=part.user, at=at) == "may-not-close"
    with pytest.raises(ValueError, match="not chosen"):
        close_course(course=course, closing=Closing.TRANSFERRED, by=full.user, at=at)
    assert close_course(course=course, closing=Closing.AGREED, by=full.user, at=at).closing == "agreed"
    assert refusal(close_course, course=course, closing=Closing.AGREED, by=full.user, at=at) == "ended"
    assert refusal(write_note, course=course, text=WORDS, by=full.user, at=at) == "ended"


def test_notes_are_their_writers_alone_and_never_changed(
    world: World, course: Course, met: Booking, full: Counselor, part: Counselor, at: datetime
) -> None:
    note = write_note(course=course, text=WORDS, session=met.session, by=full.user, at=at)
    assert [row.text for row in read_own_notes(course=course, by=full.user, at=at)] == [WORDS]
    for role in Role:
        holder = world.people.get((role, world.school.pk))
        if holder is not None and holder != full.user:
            assert not SessionNote.objects.visible_to(holder).exists()
    for act in (
        "UPDATE counseling_sessionnote SET text = 'k9:x', author_id = author_id + 1",
        "DELETE FROM counseling_sessionnote",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(act)
    note.text = "改了"
    with pytest.raises(DatabaseError), transaction.atomic():
        note.save()
    ahead = booking_of(course.student, full, at + timedelta(days=1), state="booked").session
    for change, code in (
        ({"text": "  "}, "no-text"), ({"text": "a\x00b"}, "no-text"), ({"session": ahead}, "not-begun"),
        ({"by": part.user}, "may-not-write"),
    ):  # fmt: skip
        assert refusal(write_note, **({"course": course, "text": WORDS, "by": full.user, "at": at} | change)) == code
    correction = write_note(course=course, text="更正：是两周", corrects=note, by=full.user, at=at)
    assert bury(SessionNote.objects.all(), at=at) == 2
    assert set(NoteTombstone.objects.values_list("row_id", flat=True)) == {note.pk, correction.pk}


def test_the_key_of_a_note_can_be_changed(course: Course, full: Counselor, at: datetime) -> None:
    write_note(course=course, text=WORDS, by=full.user, at=at)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE counseling_sessionnote SET text = 'k2:' || substr(text, 4)")
        cursor.execute("SELECT count(*) FROM counseling_sessionnote WHERE text LIKE 'k2:%'")
        assert cursor.fetchone() == (1,)


def test_a_counselor_who_has_left_reads_nothing(course: Course, full: Counselor, at: datetime, login: Login) -> None:
    write_note(course=course, text=WORDS, by=full.user, at=at)
    relieve(post=full.user.posts.get(), by=None, at=at)
    later = at + timedelta(days=1)
    with time_machine.travel(later, tick=False):
        user = User.objects.get(pk=full.user_id)
        assert not SessionNote.objects.visible_to(user).exists()
        assert login(user).get(course.get_absolute_url()).status_code in (403, 404)


def test_measures_are_scores_by_formula(course: Course, full: Counselor, part: Counselor, at: datetime) -> None:
    assert who5([5, 4, 3, 2, 1]) == 60
    assert goal_attainment([Goal(1, 0)]) == 50
    assert goal_attainment([Goal(2, 1), Goal(1, 2)]) == round(50 + 10 * 4 / (0.7 * 5 + 0.3 * 9) ** 0.5)
    for number in range(2):
        take_measure(
            course=course, kind=MeasureKind.WHO5, items=[number] * 5, by=full.user, at=at + timedelta(days=number)
        )
    take_measure(course=course, kind=MeasureKind.SUDS, items=[10], by=full.user, at=at)
    assert list(Measure.objects.order_by("score").values_list("score", flat=True)) == [0, 10, 20]
    ((_name, chart),) = charts_of(course)
    assert [list(series.values) for series in chart.series] == [[0, 20]]
    for kind, items in ((MeasureKind.WHO5, [6, 0, 0, 0, 0]), (MeasureKind.SUDS, [11]), (MeasureKind.GOALS, [])):
        refused = refusal(take_measure, course=course, kind=kind, items=items, by=full.user, at=at)
        assert refused == "out-of-range"
    arguments: dict[str, Any] = {"course": course, "kind": MeasureKind.SUDS, "items": [3], "at": at}
    assert refusal(take_measure, by=part.user, **arguments) == "may-not-measure"


def test_a_transfer_needs_the_yes_of_both_and_takes_no_note_along(
    world: World, course: Course, full: Counselor, part: Counselor, login: Login, at: datetime
) -> None:
    student = course.student
    write_note(course=course, text=WORDS, by=full.user, at=at)
    transfer = transfer_of(course, part, at)
    assert Duty.objects.get(key=f"transfer:{transfer.pk}").owner == full.user
    told = Notice.objects.get(recipient=student.user)
    assert told.discreet and told.link == reverse("counseling:transfer-answer", args=[transfer.pk])
    assert login(part.user).get(transfer.get_absolute_url()).status_code == 404
    browser = login(student.user)
    assert SUMMARY in browser.get(told.link).content.decode()
    assert browser.post(told.link, {"answer": "yes"}).status_code == 302
    assert browser.post(told.link, {"answer": "yes"}).status_code == 422
    browser = login(part.user)
    assert SUMMARY in browser.get(transfer.get_absolute_url()).content.decode()
    assert (
        browser.post(reverse("counseling:transfer-take-on", args=[transfer.pk]), {"answer": "yes"}).status_code == 302
    )
    old, new = Course.objects.get(pk=course.pk), Course.objects.open().get()
    assert (old.closing, new.counselor, new.student) == ("transferred", part, student)
    page = browser.get(new.get_absolute_url()).content.decode()
    assert SUMMARY in page and WORDS not in page
    assert browser.get(old.get_absolute_url()).status_code == 404
    assert not SessionNote.objects.visible_to(part.user).exists()
    assert not Duty.objects.unsettled().filter(key=f"transfer:{transfer.pk}").exists()
    director = login(world.holder(Role.CENTER_DIRECTOR))
    assert SUMMARY not in director.get(transfer.get_absolute_url()).content.decode()


def test_a_no_leaves_all_as_it_is(course: Course, part: Counselor, full: Counselor, at: datetime) -> None:
    student = course.student
    for step in ("student", "counselor", "giver"):
        transfer = transfer_of(course, part, at)
        if step == "student":
            answer_transfer(transfer=transfer, agrees=False, by=student.user, at=at)
        elif step == "counselor":
            answer_transfer(transfer=transfer, agrees=True, by=student.user, at=at)
            take_on_transfer(transfer=transfer, takes=False, by=part.user, at=at)
        else:
            withdraw_transfer(transfer=transfer, by=full.user, at=at)
    states = Transfer.objects.order_by("asked_at", "state").values_list("state", flat=True)
    assert set(states) == {"declined", "refused", "withdrawn"}
    assert Course.objects.get().is_open
    assert not Duty.objects.unsettled().exists()


def test_bad_transfers_are_refused(
    world: World, course: Course, full: Counselor, part: Counselor, at: datetime
) -> None:
    given: dict[str, Any] = {"course": course, "to": part, "summary": SUMMARY, "by": full.user, "at": at}
    assert refusal(ask_transfer, **given | {"to": full}) == "to-self"
    assert refusal(ask_transfer, **given | {"summary": "短"}) == "summary"
    assert refusal(ask_transfer, **given | {"by": part.user}) == "may-not-transfer"
    Counselor.objects.filter(pk=part.pk).update(takes_new=False)
    assert refusal(ask_transfer, **given | {"to": Counselor.objects.get(pk=part.pk)}) == "full"
    Counselor.objects.filter(pk=part.pk).update(takes_new=True)
    appoint(holder=part.user, unit=world.it1, role=Role.CLASS_ADVISER, by=None, at=at)
    assert refusal(ask_transfer, **given) == "dual-relation"
    free = Counselor.objects.create(school=world.school, user=world.holder(Role.CENTER_DIRECTOR))
    assert refusal(ask_transfer, **given | {"to": free}) == "no-counselor"
    assert not Transfer.objects.exists()


def test_every_transfer_is_terminal_or_overdue_at_the_school(
    world: World, course: Course, part: Counselor, at: datetime
) -> None:
    transfer = transfer_of(course, part, at)
    late = transfer.due_at + timedelta(days=10)
    assert set(Duty.objects.unsettled().filter(due_at__lt=late).values_list("unit", "role")) == {
        (world.school.pk, Role.CENTER_DIRECTOR)
    }
    remind(at=late)
    near = [world.holder(role) for role in (Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR, Role.CLASS_ADVISER)]
    assert not Notice.objects.filter(recipient__in=near).exists()


def test_a_course_whose_counselor_becomes_an_adviser_or_leaves_is_the_directors(
    world: World, course: Course, full: Counselor, part: Counselor, at: datetime
) -> None:
    assert keep_courses(at=at) == 0
    appoint(holder=full.user, unit=world.it1, role=Role.CLASS_ADVISER, by=None, at=at)
    assert [keep_courses(at=at), keep_courses(at=at)] == [1, 1]
    duty = Duty.objects.unsettled().get()
    assert (duty.unit, duty.role, duty.owner) == (world.school, Role.CENTER_DIRECTOR, None)
    director = world.holder(Role.CENTER_DIRECTOR)
    ask_transfer(course=course, to=part, summary=SUMMARY, by=director, at=at)
    keep_courses(at=at)
    assert not Duty.objects.unsettled().filter(kind="counseling_course").exists()


def test_the_college_hears_a_phrase_with_the_students_yes_alone(
    world: World, course: Course, full: Counselor, login: Login, at: datetime
) -> None:
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    message = ask_message(course=course, phrase=Phrase.DEADLINES, by=full.user, at=at)
    assert ask_message(course=course, phrase=Phrase.DEADLINES, by=full.user, at=at).pk == message.pk
    address = reverse("counseling:college-told", args=[message.pk])
    assert login(fudaoyuan).get(address).status_code == 404
    answer_message(message=message, agrees=False, by=course.student.user, at=at)
    assert not Notice.objects.filter(kind="told").exists()
    again = ask_message(course=course, phrase=Phrase.DEADLINES, by=full.user, at=at)
    assert refusal(answer_message, message=again, agrees=True, by=full.user, at=at) == "not-your-own"
    answer_message(message=again, agrees=True, by=course.student.user, at=at)
    notice = Notice.objects.get(kind="told", recipient=fudaoyuan)
    page = login(fudaoyuan).get(notice.link).content.decode()
    assert course.student.name in page
    # The hint that somebody is about to be signed out has a class of that name.
    page = page.split("<main")[1].replace("session-end", "")
    assert "deadlines" in page
    for word in ("counsel", "session", full.user.name, "attend"):
        assert word not in page
    other = world.holder(Role.FUDAOYUAN, world.arts1)
    assert login(other).get(notice.link).status_code == 404
    assert CollegeMessage.objects.count() == 2


def test_the_director_reads_notes_through_a_glass_for_an_hour(
    world: World, course: Course, full: Counselor, login: Login, at: datetime
) -> None:
    write_note(course=course, text=WORDS, by=full.user, at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    browser, address = login(director), reverse("counseling:student-notes", args=[course.student_id])
    page = browser.get(course.get_absolute_url()).content.decode()
    assert WORDS not in page
    assert reverse("network:student-break-glass", args=[course.student_id, "session_notes"]) in page
    assert browser.get(address).status_code == 403
    assert browser.get(reverse("counseling:student-notes", args=[world.roomless.pk])).status_code == 403
    given: dict[str, Any] = {"kind": Sealed.SESSION_NOTES, "is_emergency": False, "by": director, "at": at}
    assert refusal(break_glass, student=course.student, reason="太短", **given) == "short-reason"
    glass = break_glass(student=course.student, reason=REASON, **given)
    assert WORDS in browser.get(address).content.decode()
    assert glass.review_role == Role.SCHOOL_LEADER
    leader = world.holder(Role.SCHOOL_LEADER)
    assert Duty.objects.owed_by(leader, at.date()).filter(kind="glass").exists()
    with time_machine.travel(at + timedelta(minutes=61), tick=False):
        assert login(director).get(address).status_code == 403
    looks = AuditEvent.objects.filter(action="note.read")
    assert looks.count() == 1
    assert all(is_alias(look.subject) for look in looks)


def test_feedback_is_given_once_and_leads_to_nobody(met: Booking, student: Student, at: datetime) -> None:
    answers = Answers(5, 4, 3, 5)
    assert may_give(met)
    give_feedback(booking=met, answers=answers, by=student.user, at=at)
    assert not may_give(met)
    assert refusal(give_feedback, booking=met, answers=answers, by=student.user, at=at) == "answered"
    assert refusal(give_feedback, booking=met, answers=answers, by=met.session.counselor.user, at=at) == "not-your-own"
    row, token = Feedback.objects.get(), FeedbackToken.objects.get()
    for secret in (str(student.pk), student.number, str(met.pk), met.pk.hex, str(met.session_id)):
        assert secret not in str(vars(row)) + str(vars(token))
    with pytest.raises(Refused):
        give_feedback(booking=met, answers=Answers(6, 1, 1, 1), by=student.user, at=at)


def test_nothing_a_client_does_makes_a_duty_of_a_class_or_room(
    world: World, course: Course, full: Counselor, part: Counselor, at: datetime
) -> None:
    transfer = transfer_of(course, part, at)
    answer_transfer(transfer=transfer, agrees=True, by=course.student.user, at=at)
    message = ask_message(course=course, phrase=Phrase.CONTACT, by=full.user, at=at)
    answer_message(message=message, agrees=True, by=course.student.user, at=at)
    assert set(Duty.objects.values_list("unit", flat=True)) == {world.school.pk}
    assert not Duty.objects.filter(owner=course.student.user).exists()


def test_no_event_of_a_course_names_the_student(course: Course, full: Counselor, part: Counselor, at: datetime) -> None:
    write_note(course=course, text=WORDS, by=full.user, at=at)
    transfer = transfer_of(course, part, at)
    answer_transfer(transfer=transfer, agrees=True, by=course.student.user, at=at)
    for event in AuditEvent.objects.filter(object_type__startswith="counseling."):
        assert is_alias(event.subject), event.action
        for secret in (str(course.student_id), course.student.number, course.student.name, WORDS, str(course.pk)):
            assert secret not in str(vars(event))


def test_notes_go_with_their_time_and_not_before(
    course: Course, full: Counselor, part: Counselor, at: datetime
) -> None:
    write_note(course=course, text=WORDS, by=full.user, at=at)
    take_measure(course=course, kind=MeasureKind.SUDS, items=[5], by=full.user, at=at)
    category = personal_data.find("counseling.notes")
    assert category is not None and category.period is not None and category.due and category.expire
    assert (category.period.months, category.period.least, category.period.most) == (60, 12, 180)
    nobody = Student.objects.none().values("pk")
    assert not category.due(course.school_id, at + timedelta(days=4000), nobody).exists(), "an open course stays"
    close_course(course=course, closing=Closing.AGREED, by=full.user, at=at)
    assert not category.due(course.school_id, at, nobody).exists()
    held = Student.objects.filter(pk=course.student_id).values("pk")
    later = at + timedelta(days=1)
    assert not category.due(course.school_id, later, held).exists()
    assert category.expire(category.due(course.school_id, later, nobody)) == 2
    assert not SessionNote.objects.exists() and not Measure.objects.exists()
    assert Course.objects.exists() and not category.due(course.school_id, later, nobody).exists()


def test_the_page_of_a_course_keeps_what_was_typed(course: Course, full: Counselor, login: Login, at: datetime) -> None:
    browser = login(full.user)
    note = reverse("counseling:course-act", args=[course.pk, "note"])
    assert browser.post(note, {"text": WORDS}).status_code == 302
    page = browser.get(course.get_absolute_url()).content.decode()
    assert WORDS in page and "1 / 8" in page
    transfer = reverse("counseling:course-act", args=[course.pk, "transfer"])
    answer = browser.post(transfer, {"to": "", "summary": SUMMARY})
    assert answer.status_code == 422 and SUMMARY in answer.content.decode()
    assert browser.post(reverse("counseling:course-act", args=[course.pk, "who5"]), {
        f"item{number}": 3 for number in range(1, 6)
    }).status_code == 302  # fmt: skip
    goals = reverse("counseling:course-act", args=[course.pk, "goals"])
    assert browser.post(goals, {"weight1": 2, "level1": 1, "weight2": 1}).status_code == 422
    assert browser.post(goals, {"weight1": 2, "level1": 1}).status_code == 302
    assert browser.post(reverse("counseling:course-act", args=[course.pk, "nonsense"])).status_code == 404
    assert browser.get(reverse("counseling:course-list")).content.decode().count(course.student.name) == 1
    assert date(2026, 11, 10) == at.date()
