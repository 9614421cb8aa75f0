from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kernel import audit, notices
from kernel.models import AuditEvent, Job, JobState, Notice
from network.models import Post, Student, Unit, User
from network.rules import Role
from network.rules.access_log import Sealed
from network.services import break_glass, delay_disclosure, record_look
from tests.conftest import World
from tests.factories import make_user

Login = Callable[[User], Client]


def tell(user: User, at: datetime, title: str = "Hello", **more: Any) -> Notice:
    notices.post(to=user, kind="test", title=title, params={}, at=at, **more)
    return Notice.objects.get(recipient=user, title=title)


def make_job(user: User, at: datetime, state: JobState) -> Job:
    ended = at if state in (JobState.DONE, JobState.FAILED) else None
    return Job.objects.create(
        name="x", by=user, created_at=at, heartbeat_at=at, state=state, finished_at=ended, done=3, total=9
    )  # fmt: skip


@pytest.fixture
def user(db: None) -> User:
    return make_user("王老师")


def test_the_health_page_answers_while_the_database_does(client: Client, db: None) -> None:
    answer = client.get(reverse("healthz"))
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_the_health_page_says_so_when_the_database_is_gone(client: Client, db: None) -> None:
    def gone(*args: object) -> None:
        raise OperationalError("gone")

    with connection.execute_wrapper(gone):
        answer = client.get(reverse("healthz"))
    assert (answer.status_code, answer.json()) == (503, {"status": "down"})


def test_unread_notices_come_first_and_urgent_ones_before_them(user: User, at: datetime, login: Login) -> None:
    tell(user, at, "Old")
    tell(
        user,
        at + timedelta(hours=1),
        "Read",
    )
    notices.mark_read(by=user, at=at, ids=[Notice.objects.get(title="Read").pk])
    tell(user, at - timedelta(days=2), "Urgent", urgent=True)
    page = login(user).get(reverse("notices"))
    assert [notice.title for notice in page.context["page"]] == ["Urgent", "Old", "Read"]
    unread = login(user).get(reverse("notices"), {"show": "unread"})
    assert [notice.title for notice in unread.context["page"]] == ["Urgent", "Old"]


def test_without_notices_the_page_says_what_will_come(user: User, login: Login) -> None:
    assert "No notices yet" in login(user).get(reverse("notices")).content.decode()


def test_looking_at_the_list_reads_nothing(user: User, at: datetime, login: Login) -> None:
    tell(user, at)
    login(user).get(reverse("notices"))
    assert Notice.objects.unread().count() == 1


def test_opening_a_notice_marks_it_read_and_leads_on(user: User, at: datetime, login: Login) -> None:
    notice = tell(user, at, link="/reports/")
    answer = login(user).post(reverse("notice-open", args=[notice.pk]))
    assert answer["Location"] == "/reports/"
    notice.refresh_from_db()
    assert notice.read_at is not None


@pytest.mark.parametrize("link", ["", "https://elsewhere.example/", "//elsewhere.example"])
def test_a_notice_never_leads_out_of_the_portal(user: User, at: datetime, login: Login, link: str) -> None:
    answer = login(user).post(reverse("notice-open", args=[tell(user, at, link=link).pk]))
    assert answer["Location"] == reverse("notices")


def test_somebody_elses_notice_is_not_there(user: User, at: datetime, login: Login) -> None:
    notice = tell(make_user("别人"), at)
    assert login(user).post(reverse("notice-open", args=[notice.pk])).status_code == 404
    assert login(user).get(reverse("notice-open", args=[notice.pk])).status_code == 405


def test_all_notices_are_read_at_once_and_nobody_elses(user: User, at: datetime, login: Login) -> None:
    for title in ("A", "B"):
        tell(user, at, title)
    tell(make_user("别人"), at)
    login(user).post(reverse("notice-read-all"))
    assert [notice.recipient.name for notice in Notice.objects.unread()] == ["别人"]


def test_a_job_shows_its_progress_and_asks_again_by_itself(user: User, at: datetime, login: Login) -> None:
    job = make_job(user, at, JobState.RUNNING)
    url = reverse("job-detail", args=[job.pk])
    page = login(user).get(url).content.decode()
    part = login(user).get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" in page
    assert "<html" not in part
    assert f'hx-get="{url}"' in part
    assert "3 of 9" in part


def test_a_failed_job_offers_another_try(user: User, at: datetime, login: Login) -> None:
    job = make_job(user, at, JobState.FAILED)
    assert reverse("job-retry", args=[job.pk]) in login(user).get(reverse("job-detail", args=[job.pk])).content.decode()
    login(user).post(reverse("job-retry", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_a_job_that_is_done_is_not_run_again(user: User, at: datetime, login: Login) -> None:
    job = make_job(user, at, JobState.DONE)
    answer = login(user).post(reverse("job-retry", args=[job.pk]), follow=True)
    assert "This cannot be run again." in answer.content.decode()


def test_somebody_elses_job_is_not_there(user: User, at: datetime, login: Login) -> None:
    job = make_job(make_user("别人"), at, JobState.FAILED)
    assert login(user).get(reverse("job-detail", args=[job.pk])).status_code == 404
    assert login(user).post(reverse("job-retry", args=[job.pk])).status_code == 404


def test_the_audit_log_is_read_by_auditors_alone(world: World, login: Login) -> None:
    for role in Role:
        browser = login(world.holder(role))
        expected = 200 if role is Role.AUDITOR else 403
        assert browser.get(reverse("audit-list")).status_code == expected, role
        assert browser.post(reverse("audit-export")).status_code == expected, role


def test_an_auditor_sees_neither_the_units_nor_the_people_of_another_school(world: World, login: Login) -> None:
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"))
    units = {event.unit for event in page.context["page"].paginator.object_list}
    assert units
    assert all(unit.startswith("MD") for unit in units)


def test_an_auditor_sees_acts_without_a_unit_by_people_of_the_school(world: World, at: datetime, login: Login) -> None:
    stranger = Post.objects.get(unit=world.other, role=Role.CENTER_DIRECTOR).holder
    for person in (stranger, world.holder(Role.FUDAOYUAN)):
        audit.record(action="student.list", by=person, at=at)
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"), {"action": "student.list"})
    assert [event.actor_id for event in page.context["page"]] == [str(world.holder(Role.FUDAOYUAN).pk)]


def test_where_there_is_one_school_its_auditor_sees_all(world: World, at: datetime, login: Login) -> None:
    Unit.objects.filter(code="OT").update(level="class", parent=world.it, school=world.school)
    audit.record(action="x.y", by=None, at=at)
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"))
    assert page.context["page"].paginator.count == AuditEvent.objects.count()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"actor": "审计对象"}, 2),
        ({"action": "student.read"}, 1),
        ({"about": "MD-C0001", "action": "student.read"}, 1),
        ({"about": "77", "action": "student.read"}, 0),
        ({"since": "2026-11-10", "until": "2026-11-10"}, 1),
        ({"since": "2026-11-11", "actor": "审计对象"}, 1),
        ({"since": "someday", "actor": "审计对象"}, 2),
        ({"since": "0001-01-01", "actor": "审计对象"}, 2),
        ({"until": "9999-12-31", "actor": "审计对象"}, 2),
    ],
)
def test_the_audit_log_is_filtered(world: World, at: datetime, login: Login, asked: dict[str, str], found: int) -> None:
    actor = make_user("审计对象", school=world.school)
    audit.record(action="student.read", by=actor, at=at, obj=world.roomless, unit="MD-C0001")
    audit.record(action="report.file", by=actor, at=at + timedelta(days=1), unit="MD-C0001")
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"), asked)
    assert page.context["page"].paginator.count == found


def test_the_export_holds_what_is_filtered_and_is_noted_itself(world: World, at: datetime, login: Login) -> None:
    fudaoyuan, student = world.holder(Role.FUDAOYUAN), world.students["own"][2]
    detail = {"n": 1, "rows": 3}
    record_look(action="student.read", student=student, by=fudaoyuan, at=at, purpose="care", detail=detail)
    answer = login(world.holder(Role.AUDITOR)).post(reverse("audit-export") + "?action=student.read")
    heads, row = load_workbook(BytesIO(answer.content)).worksheets[0].values
    entry = dict(zip(heads, row, strict=True))
    assert entry["action"] == "student looked at"
    assert entry["whom or what"] == f"student {student.number}"
    role, *for_what = str(entry["in what role, for what, at which unit"]).split(" · ")
    assert (role, for_what[-1]) == ("Fudaoyuan (student affairs advisor)", student.school_class.name)
    assert entry["details"] == "rows: 3; n=1"
    assert entry["action as recorded"] == "student.read"
    assert student.name not in str(row)
    assert AuditEvent.objects.get(action="audit.export").detail == {"rows": 1}


def test_the_audit_log_is_searched_by_student_and_purpose(world: World, at: datetime, login: Login) -> None:
    student, other = world.students["own"][:2]
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    record_look(action="student.read", student=student, by=fudaoyuan, at=at, purpose="care")
    record_look(action="line.read", student=student, by=fudaoyuan, at=at, purpose="emergency")
    record_look(action="student.read", student=other, by=fudaoyuan, at=at, purpose="care")
    auditor = login(world.holder(Role.AUDITOR))
    for asked, found in (
        ({"student": student.number}, 2),
        ({"student": f" {student.number} ", "purpose": "care"}, 1),
        ({"purpose": "care"}, 2),
        ({"student": "20260000000"}, 0),
    ):
        page = auditor.get(reverse("audit-list"), asked)
        assert page.context["page"].paginator.count == found, asked
    page = auditor.get(reverse("audit-list"), {"student": student.number}).content.decode()
    assert "Fudaoyuan (student affairs advisor) · Emergency" in page
    assert student.name not in page


def test_an_auditor_finds_no_student_of_another_school(world: World, at: datetime, login: Login) -> None:
    stranger = Student.objects.filter(school=world.other)[0]
    record_look(action="student.read", student=stranger, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"), {"student": stranger.number})
    assert page.context["page"].paginator.count == 0


def test_the_audit_pages_show_no_words_that_people_wrote(world: World, at: datetime, login: Login) -> None:
    student, director = world.students["own"][2], world.holder(Role.CENTER_DIRECTOR)
    reason = "家长来电说孩子失联，需要知道室友看到了什么"
    break_glass(student=student, kind=Sealed.DORM_LINES, reason=reason, is_emergency=False, by=director, at=at)
    delay_disclosure(student=student, ends_on=at.date(), reason="刚出院怕惊到学生", by=director, at=at)
    auditor = login(world.holder(Role.AUDITOR))
    page = auditor.get(reverse("audit-list"), {"student": student.number})
    assert page.context["page"].paginator.count == 2
    export = auditor.post(f"{reverse('audit-export')}?student={student.number}")
    cells = str(list(load_workbook(BytesIO(export.content)).worksheets[0].values))
    for shown in (page.content.decode(), cells):
        assert "glass" in shown or "sealed data opened" in shown
        assert reason not in shown
        assert "刚出院" not in shown


def test_nothing_found_says_so(world: World, login: Login) -> None:
    page = login(world.holder(Role.AUDITOR)).get(reverse("audit-list"), {"actor": "nobody at all"})
    assert "No entry found" in page.content.decode()


@pytest.mark.parametrize("more", [0, 150])
def test_lists_take_the_same_few_queries_for_any_number_of_rows(
    world: World, at: datetime, login: Login, more: int, django_assert_max_num_queries: Any
) -> None:
    auditor = world.holder(Role.AUDITOR)
    audit.record_many(audit.event(action="x", by=auditor, at=at, unit="MD") for _ in range(more))
    for n in range(more):
        tell(auditor, at, f"T{n}")
    browser = login(auditor)
    with django_assert_max_num_queries(12):
        assert browser.get(reverse("audit-list")).status_code == 200
    with django_assert_max_num_queries(12):
        assert browser.get(reverse("notices")).status_code == 200
