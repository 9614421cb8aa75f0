from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from pytest_django.fixtures import DjangoAssertNumQueries

from crisis.models import Alarm, Case, CaseEvent, CaseTask, CrisisReport
from crisis.rules import AlertLevel
from crisis.services.cases.case_tasks import give_task
from crisis.services.cases.handover import keep_cases
from kernel.models import AuditEvent, Notice
from network.models import Duty, User
from network.rules import EnrollmentStatus, Role
from network.services import appoint, looks_at, move_student, relieve
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
Open = Callable[..., Case]
WHOLE = (Role.CENTER_DIRECTOR, Role.FULL_TIME_COUNSELOR, Role.DEPUTY_SECRETARY, Role.COLLEGE_COORDINATOR)
BLIND = tuple(role for role in Role if role not in (*WHOLE, Role.FUDAOYUAN, Role.PART_TIME_COUNSELOR))
SECRET = "说过不想活了"


def page_of(case: Case) -> str:
    return reverse("crisis:case-detail", args=[case.pk])


@pytest.mark.parametrize("role", [*WHOLE, Role.FUDAOYUAN])
def test_center_college_and_the_told_fudaoyuan_read_the_case_and_the_look_is_recorded(
    world: World, case: Case, login: Login, role: Role
) -> None:
    client = login(world.holder(role))
    assert SECRET in client.get(page_of(case)).content.decode()
    assert case.student.name in client.get(reverse("crisis:case-list")).content.decode()
    look = AuditEvent.objects.filter(action="case.read", actor_id=str(world.holder(role).pk)).get()
    assert look.subject == str(case.student_id)


@pytest.mark.parametrize("role", [*BLIND, Role.PART_TIME_COUNSELOR])
def test_nobody_else_learns_of_a_case(world: World, case: Case, login: Login, role: Role) -> None:
    client = login(world.holder(role))
    assert client.get(page_of(case)).status_code == 404
    assert client.post(reverse("crisis:case-note", args=[case.pk]), {"text": "x"}).status_code == 404
    listed = client.get(reverse("crisis:case-list"))
    assert listed.status_code == (200 if role == Role.PART_TIME_COUNSELOR else 403)
    assert case.student.name not in listed.content.decode()


def test_a_part_time_counselor_who_was_told_reads_and_does_not_write(
    world: World, case: Case, login: Login, at: datetime
) -> None:
    part_time = world.holder(Role.PART_TIME_COUNSELOR)
    case.members.create(user=part_time, added_at=at)
    client = login(part_time)
    assert SECRET in client.get(page_of(case)).content.decode()
    assert client.post(reverse("crisis:case-note", args=[case.pk]), {"text": "x"}).status_code == 403
    relieve(post=part_time.posts.get(), by=None, at=at)
    assert login(part_time).get(page_of(case)).status_code == 404


def test_the_fudaoyuan_of_another_class_and_the_other_college_do_not_find_it(
    world: World, case: Case, login: Login
) -> None:
    for person in (world.holder(Role.FUDAOYUAN, world.it2), world.holder(Role.COLLEGE_COORDINATOR, world.arts)):
        assert login(person).get(page_of(case)).status_code == 404


def test_leaders_know_that_a_red_case_exists_and_no_name(world: World, opened: Open, login: Login) -> None:
    red, orange = opened(AlertLevel.RED), opened(AlertLevel.ORANGE, index=3)
    page = login(world.holder(Role.SCHOOL_LEADER)).get(reverse("crisis:case-red")).content.decode()
    assert red.number in page
    assert orange.number not in page
    assert red.student.name not in page
    assert login(world.holder(Role.FUDAOYUAN)).get(reverse("crisis:case-red")).status_code == 403


def test_an_alarm_becomes_a_case_with_its_story(world: World, alarm: Alarm, login: Login, at: datetime) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    client = login(counselor)
    url = reverse("crisis:case-open", args=[alarm.student_id])
    assert "写了告别的话" in client.get(url).content.decode()
    # The page tells of the alarm: the student learns of the look later.
    assert not looks_at(student=alarm.student, at=at).exists()
    assert client.post(url, {"level": 3, "owner": counselor.pk}).status_code == 422
    given = {"level": 3, "criteria": [2], "situation": "写了告别的话", "owner": counselor.pk, "deputy": ""}
    assert client.post(url, given).status_code == 302
    case = Case.objects.get()
    assert (case.level, case.number) == (AlertLevel.RED, "2026-0001")
    assert [event.kind for event in case.events.order_by("serial")] == ["level", "alarm"]
    assert CrisisReport.objects.owed().get().due_at == at + timedelta(hours=2)
    alarm.refresh_from_db()
    assert (alarm.case, alarm.acknowledged_by, alarm.outcome) == (case, counselor, Alarm.Outcome.CASE)
    told = set(Notice.objects.filter(kind="case", urgent=True).values_list("recipient", flat=True))
    assert world.holder(Role.SCHOOL_LEADER).pk in told
    assert "There is an open case already" in client.post(url, given).content.decode()
    follow = client.get(reverse("crisis:student-case", args=[alarm.student_id]))
    assert case.number in follow.content.decode()


def test_a_case_is_not_opened_for_somebody_who_left_nor_by_an_owner_without_a_post(
    world: World, login: Login, at: datetime
) -> None:
    student = world.students["own"][3]
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    client = login(counselor)
    url = reverse("crisis:case-open", args=[student.pk])
    given = {"level": 1, "criteria": [2], "situation": "…", "owner": world.outsider.pk}
    assert client.post(url, given).status_code == 422
    status = EnrollmentStatus.WITHDRAWN
    move_student(student=student, school_class=world.it1, dorm=None, by=None, at=at, enrollment_status=status)
    answer = client.post(url, given | {"owner": counselor.pk})
    assert answer.status_code == 422
    assert "has left the school" in answer.content.decode()
    assert not Case.objects.exists()


def test_of_two_who_edit_at_once_the_second_sees_both_texts_and_nothing_is_overwritten(
    world: World, case: Case, login: Login
) -> None:
    url = reverse("crisis:case-edit", args=[case.pk])
    given = {"version": case.version, "criteria": [2]}
    assert login(world.holder(Role.FUDAOYUAN)).post(url, given | {"situation": "先写的"}).status_code == 302
    answer = login(world.holder(Role.COLLEGE_COORDINATOR)).post(url, given | {"situation": "后写的"})
    assert answer.status_code == 409
    assert "先写的" in answer.content.decode()
    assert "后写的" in answer.content.decode()
    case.refresh_from_db()
    assert case.situation == "先写的"


def test_a_report_starts_from_the_story_is_kept_as_a_draft_and_filed_late(
    world: World, case: Case, login: Login, at: datetime, time_machine: object
) -> None:
    client = login(world.holder(Role.FUDAOYUAN))
    note = {"is_contact": "1", "text": "谈了半小时"}
    assert client.post(reverse("crisis:case-note", args=[case.pk]), note).status_code == 302
    url = reverse("crisis:case-report", args=[case.pk])
    page = client.get(url).content.decode()
    assert "谈了半小时" in page
    owed = CrisisReport.objects.owed().get()
    assert client.post(url, {"report": owed.pk, "draft": "1", "risk": "平稳"}).status_code == 302
    assert "平稳" in client.get(url).content.decode()
    assert client.post(url, {"report": owed.pk, "risk": "平稳"}).status_code == 422
    CrisisReport.objects.filter(pk=owed.pk).update(due_at=at - timedelta(days=1))
    filed = {"report": owed.pk, "risk": "平稳", "next_step": "周三面谈"}
    assert client.post(url, filed).status_code == 302
    owed.refresh_from_db()
    assert owed.is_late
    assert CrisisReport.objects.owed().get().due_at > at
    read = client.get(reverse("crisis:case-report-read", args=[case.pk, owed.pk])).content.decode()
    assert "周三面谈" in read
    assert client.post(url, filed).status_code == 422


def test_the_class_adviser_gets_the_task_without_the_level(
    world: World, case: Case, login: Login, at: datetime
) -> None:
    adviser = world.holder(Role.CLASS_ADVISER)
    client = login(world.holder(Role.FUDAOYUAN))
    given = {"assignee": adviser.pk, "text": "课间聊几句", "due_on": "2026-11-12"}
    assert client.post(reverse("crisis:case-ask", args=[case.pk]), given).status_code == 302
    task = CaseTask.objects.get()
    url = reverse("crisis:task-detail", args=[task.pk])
    assert client.get(url).status_code == 404
    client = login(adviser)
    page = client.get(url).content.decode()
    assert "课间聊几句" in page
    assert "level-orange" not in page
    assert SECRET not in page
    assert case.number not in page
    assert client.post(url, {"answer": "聊过了，还好"}).status_code == 302
    assert client.post(url, {"answer": "再答"}).status_code == 422
    assert not Duty.objects.unsettled().filter(kind="case_task").exists()
    assert case.events.first().text == "聊过了，还好"


def test_the_post_of_the_owner_ends_and_somebody_owes_the_report_at_every_moment(
    world: World, opened: Open, login: Login, at: datetime
) -> None:
    fudaoyuan, coordinator = world.holder(Role.FUDAOYUAN), world.holder(Role.COLLEGE_COORDINATOR)
    case = opened(owner=fudaoyuan, deputy=coordinator)

    def owing() -> set[User]:
        duties = Duty.objects.unsettled().filter(kind="case_report")
        return {one for one in world.people.values() if duties.owed_by(one, localdate(at)).exists()}

    assert owing() == {fudaoyuan}
    relieve(post=fudaoyuan.posts.get(), by=None, at=at)
    assert owing() == {world.holder(Role.CENTER_DIRECTOR)}
    assert "has ended" in login(coordinator).get(page_of(case)).content.decode()
    assert keep_cases(at=at) == 1
    assert keep_cases(at=at) == 0
    assert owing() == {coordinator}
    case.refresh_from_db()
    assert case.owner == coordinator


def test_a_student_who_moves_takes_the_case_to_the_new_class(world: World, case: Case, at: datetime) -> None:
    move_student(student=case.student, school_class=world.it2, dorm=None, by=None, at=at)
    keep_cases(at=at)
    case.refresh_from_db()
    assert case.school_class == world.it2


def test_the_watchlist_is_filtered_and_sorted_in_the_database_at_the_same_cost(
    world: World, opened: Open, login: Login, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for index, level in enumerate(AlertLevel):
        opened(level, index=index)
    client = login(world.holder(Role.CENTER_DIRECTOR))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("crisis:case-list"))
    assert [one.level for one in page.context["page"]] == [3, 2, 1]
    assert [one.level for one in client.get(reverse("crisis:case-list"), {"level": 2}).context["page"]] == [2]
    for asked in ({"state": "overdue"}, {"state": "closed"}, {"state": "pending"}, {"q": "没有"}):
        assert not client.get(reverse("crisis:case-list"), asked).context["page"].object_list
    mine = client.get(reverse("crisis:case-list"), {"state": "mine", "sort": "due"})
    assert not mine.context["page"].object_list
    with django_assert_max_num_queries(25):
        assert client.get(reverse("crisis:case-dashboard")).status_code == 200


def test_a_student_asks_for_somebody_once_and_sees_no_word_of_risk(world: World, login: Login, at: datetime) -> None:
    student = world.students["own"][3]
    client = login(student.user)
    url = reverse("crisis:help-ask")
    assert client.post(url, {"evidence": "", "contact": ""}).status_code == 302
    assert client.post(url, {"evidence": "睡不着", "contact": "操场"}).status_code == 302
    alarm = Alarm.objects.get()
    assert (alarm.source, alarm.student, alarm.evidence) == (Alarm.Source.STUDENT, student, "睡不着\n操场")
    page = client.get(url + "?sent").content.decode()
    assert "It has reached us" in page
    assert "level-red" not in page
    assert login(world.holder(Role.FUDAOYUAN)).get(url).status_code == 404


def test_an_alarm_is_raised_without_any_field_and_completed_later(world: World, login: Login) -> None:
    client = login(world.holder(Role.CLASS_ADVISER))
    assert client.post(reverse("crisis:alarm-raise"), {"key": "a"}).url == reverse("crisis:alarm-raised")
    assert client.get(reverse("crisis:alarm-raised")).status_code == 200
    alarm = Alarm.objects.get()
    assert (alarm.student, alarm.source) == (None, Alarm.Source.STAFF)
    officer = login(world.holder(Role.FULL_TIME_COUNSELOR))
    url = reverse("crisis:alarm-complete", args=[alarm.pk])
    assert officer.get(reverse("crisis:alarm-detail", args=[alarm.pk])).status_code == 200
    assert officer.post(url, {"number": "000"}).status_code == 422
    assert officer.post(url, {"number": world.students["own"][2].number}).status_code == 302
    settle = reverse("crisis:alarm-settle", args=[alarm.pk])
    assert officer.post(settle, {"outcome": "mistake", "note": "看错了"}).status_code == 422
    taken = reverse("crisis:alarm-acknowledge", args=[alarm.pk])
    assert officer.post(taken, {"action_taken": "去看"}).status_code == 302
    assert officer.post(settle, {"outcome": "mistake", "note": "看错了"}).status_code == 302
    assert "看错了" in officer.get(reverse("crisis:alarm-detail", args=[alarm.pk])).content.decode()
    assert login(world.holder(Role.DORM_HEAD)).post(reverse("crisis:alarm-raise"), {}).status_code == 403


def test_the_story_is_only_added_to(world: World, case: Case) -> None:
    with pytest.raises(TypeError):
        CaseEvent.objects.update(title="x")
    with pytest.raises(TypeError):
        CaseEvent.objects.filter(case=case).delete()


def test_the_file_of_a_student_shows_what_its_reader_may_know(world: World, case: Case, login: Login) -> None:
    url = reverse("crisis:student-section", args=[case.student_id])
    assert case.number in login(world.holder(Role.COLLEGE_COORDINATOR)).get(url).content.decode()
    assert case.number not in login(world.holder(Role.CLASS_ADVISER)).get(url).content.decode()


def test_the_director_keeps_roster_and_periods(world: World, opened: Open, login: Login, at: datetime) -> None:
    yellow = opened(AlertLevel.YELLOW)
    client = login(world.holder(Role.CENTER_DIRECTOR))
    officer = world.holder(Role.FULL_TIME_COUNSELOR)
    shift = {"officer": officer.pk, "starts_at": "2026-11-10T18:00", "ends_at": "2026-11-11T08:00"}
    assert client.post(reverse("crisis:duty-shift-add"), shift).status_code == 302
    wrong = shift | {"ends_at": "2026-11-10T17:00"}
    assert client.post(reverse("crisis:duty-shift-add"), wrong).status_code == 422
    page = client.get(reverse("crisis:settings-edit"))
    assert officer.name in page.content.decode()
    drop = reverse("crisis:duty-shift-drop", args=[page.context["shifts"][0].pk])
    assert client.post(drop).status_code == 302
    period = {"kind": "exams", "starts_on": "2026-11-10", "ends_on": "2026-12-01"}
    assert client.post(reverse("crisis:special-period-set"), period).status_code == 302
    yellow.refresh_from_db()
    assert localdate(yellow.next_due_at) == localdate(at) + timedelta(days=14)
    ended = client.get(reverse("crisis:settings-edit")).context["periods"][0]
    assert client.post(reverse("crisis:special-period-end", args=[ended.pk])).status_code == 302
    yellow.refresh_from_db()
    assert localdate(yellow.next_due_at) == localdate(at) + timedelta(days=30)
    minutes = {"center_duty_after": 3, "director_after": 6, "school_leader_after": 9}
    hours = {"work_starts": "08:00", "work_ends": "18:00"}
    assert client.post(reverse("crisis:escalation-set"), minutes | hours).status_code == 302
    assert client.post(reverse("crisis:escalation-set"), minutes | hours | {"bots": "ftp://x"}).status_code == 422
    assert login(officer).get(reverse("crisis:settings-edit")).status_code == 403


def test_a_handed_over_case_is_the_new_owners(world: World, case: Case, login: Login, at: datetime) -> None:
    appoint(holder=world.outsider, unit=world.school, role=Role.FULL_TIME_COUNSELOR, by=None, at=at)
    give = {"version": case.version, "owner": world.outsider.pk, "deputy": ""}
    client = login(world.holder(Role.FULL_TIME_COUNSELOR))
    assert client.post(reverse("crisis:case-transfer", args=[case.pk]), give).status_code == 302
    assert Duty.objects.unsettled().get(kind="case_report").owner == world.outsider
    plan = {"version": 0, "goals": "睡好\n吃好", "supports": "母亲", "risks": "考试"}
    url = reverse("crisis:case-plan", args=[case.pk])
    assert client.post(url, plan).status_code == 302
    assert client.post(url, plan).status_code == 409
    assert "吃好" in client.get(page_of(case)).content.decode()
    member = case.members.filter(told_at=None).first()
    assert client.post(reverse("crisis:case-tell", args=[case.pk, member.pk])).status_code == 302
    member.refresh_from_db()
    assert member.told_at == at


def test_a_task_goes_to_the_class_and_to_nobody_else(world: World, case: Case, at: datetime) -> None:
    given = {"case": case, "text": "…", "due_on": localdate(at), "by": world.holder(Role.FUDAOYUAN), "at": at}
    give_task(assignee=world.holder(Role.CLASS_ADVISER), **given)
    with pytest.raises(Exception, match="class adviser or the fudaoyuan"):
        give_task(assignee=world.holder(Role.CLASS_ADVISER, world.it2), **given)


def test_raising_calls_everybody_again_at_once(world: World, opened: Open, login: Login, at: datetime) -> None:
    case = opened(AlertLevel.YELLOW)
    counselor, fudaoyuan = world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.FUDAOYUAN)
    case.members.filter(user=fudaoyuan).update(told_at=at, told_by=counselor)
    client = login(counselor)
    given = {"level": 3, "reason": "有计划"}
    assert client.post(reverse("crisis:case-raise", args=[case.pk]), given).status_code == 302
    member = case.members.get(user=fudaoyuan)
    assert (member.told_at, member.must_by) == (None, at)
    told = Notice.objects.filter(kind="case", urgent=True, recipient=fudaoyuan)
    assert told.count() == 1
    assert case.members.get(user=counselor).told_at == at


def test_an_alarm_for_somebody_with_an_open_case_joins_its_story(
    world: World, alarm: Alarm, opened: Open, login: Login
) -> None:
    case = opened()
    client = login(world.holder(Role.FUDAOYUAN))
    url = reverse("crisis:alarm-acknowledge", args=[alarm.pk])
    assert client.post(url, {"action_taken": "马上到"}).status_code == 302
    alarm.refresh_from_db()
    assert (alarm.case, alarm.outcome) == (case, Alarm.Outcome.CASE)
    assert case.events.filter(kind=CaseEvent.Kind.ALARM).get().text == "写了告别的话"


def test_a_case_shows_its_levels_over_time(world: World, case: Case, login: Login, at: datetime) -> None:
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(page_of(case))
    line = page.context["timeline"]
    assert (line.start, line.spans[0].start) == (case.opened_at, case.opened_at)
    assert line.lanes[line.spans[0].lane].name == str(case.get_level_display())
    assert len(line.moments) == case.events.count()
    assert 'id="case-timeline"' in page.content.decode()
