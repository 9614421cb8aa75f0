"""What somebody could see yesterday: ended posts, moved people, closed accounts, saved links, work in the queue."""

from base64 import b64encode
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from kernel import jobs
from kernel.models import Job, JobState, Notice
from kernel.periods import Month
from network.models import Post, RosterImport, Student, UnitGrant, User
from network.rules import Ability, Role
from network.scope import Scope
from network.services import move_student, relieve, renew_grants
from network.services.rosters import confirm_import, upload_roster
from network.services.rosters.imports import compare_import
from reporting.models import Cycle, SummaryExport
from reporting.services import roll_up
from reporting.services.exports import start_export
from reporting.services.publishing import publish
from tests.conftest import World
from tests.network import roster_files as files
from tests.reporting import months

PAGES = (
    "network:student-list",
    "crisis:alarm-list",
    "reporting:report-list",
    "reporting:summary-page",
    "api:unit-list",
)


@pytest.fixture(autouse=True)
def today(november: datetime) -> None:
    """The clock stands."""


def post_of(user: User) -> Post:
    return user.posts.get()


def student_page(student: Student) -> str:
    return reverse("network:student-detail", args=[student.pk])


def test_the_day_a_post_ends_by_its_date_it_opens_nothing(world: World, at: datetime) -> None:
    user = world.holder(Role.FUDAOYUAN)
    # Nobody has tidied up: the grants are all still there.
    user.posts.update(ends_on=at.date() + timedelta(days=1))
    client = Client()
    client.force_login(user)
    assert client.get(student_page(world.students["own"][0])).status_code == 200
    with time_machine.travel(at + timedelta(days=1), tick=False):
        client.force_login(user)
        assert UnitGrant.objects.filter(user=user).exists()
        assert client.get(student_page(world.students["own"][0])).status_code == 404
        assert [client.get(reverse(page)).status_code for page in PAGES] == [403] * len(PAGES)


def test_a_post_that_begins_tomorrow_opens_nothing_today(world: World, at: datetime) -> None:
    user = world.holder(Role.FUDAOYUAN)
    user.posts.update(starts_on=at.date() + timedelta(days=1))
    assert not Scope.load(user).abilities


def test_a_post_ended_in_mid_session_ends_the_page_and_the_act(world: World, cycle: Cycle, at: datetime) -> None:
    user = world.holder(Role.FUDAOYUAN)
    months.file_room(world, cycle, "own", [1, 1, 2, 4])
    report = world.report(cycle, world.own)
    client = Client()
    client.force_login(user)
    page = reverse("reporting:report-detail", args=[report.pk])
    assert client.get(page).status_code == 200
    relieve(post=post_of(user), by=None, at=at)
    # The form that was open is sent, the link that was saved is followed, plain and as a part of a page.
    assert client.post(reverse("reporting:report-send-back", args=[report.pk]), {"reason": "再看"}).status_code == 404
    assert client.get(page).status_code == 404
    assert client.get(page, headers={"HX-Request": "true"}).status_code == 404
    report.refresh_from_db()
    assert report.state == "filed"


def test_a_saved_link_to_an_export_ends_with_the_post(world: World, cycle: Cycle, at: datetime) -> None:
    user = world.holder(Role.COLLEGE_COORDINATOR)
    export = SummaryExport.objects.create(
        unit=world.it,
        month=cycle.month,
        made_by=user,
        made_at=at,
        size=4,
        sha256="0",
        content=b64encode(b"%PDF").decode(),
    )
    client = Client()
    client.force_login(user)
    link = reverse("reporting:export-download", args=[export.pk])
    assert client.get(link).content == b"%PDF"
    relieve(post=post_of(user), by=None, at=at)
    assert client.get(link).status_code == 404
    assert client.get(reverse("reporting:export-list")).status_code == 403


def test_a_closed_account_is_signed_out_at_its_next_step(world: World) -> None:
    user = world.holder(Role.CENTER_DIRECTOR)
    client = Client()
    client.force_login(user)
    page = student_page(world.students["own"][0])
    assert client.get(page).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get(page)["Location"].startswith(reverse("account_login"))
    assert client.get(reverse("api:unit-list")).status_code == 403


def test_a_student_who_moves_goes_out_of_sight_and_the_old_report_stays(
    world: World, cycle: Cycle, at: datetime
) -> None:
    months.file_room(world, cycle, "own", [1, 1, 2, 4])
    report = world.report(cycle, world.own)
    student = world.students["own"][-1]
    old, new = world.holder(Role.FUDAOYUAN), world.holder(Role.FUDAOYUAN, world.arts1)
    move_student(student=student, school_class=world.arts1, dorm=world.away, by=None, at=at)
    for user, page, status in (
        (old, student_page(student), 404),
        (new, student_page(student), 200),
        # What was seen in the old class was told to the old class, and to nobody else.
        (old, reverse("reporting:report-detail", args=[report.pk]), 200),
        (new, reverse("reporting:report-detail", args=[report.pk]), 404),
    ):
        client = Client()
        client.force_login(user)
        assert client.get(page).status_code == status, (user, page)


@pytest.mark.parametrize(("role", "index"), [(Role.DORM_HEAD, 0), (Role.CLASS_COMMITTEE_MEMBER, 1)])
def test_a_holder_who_moves_away_no_longer_sees_those_left_behind(
    world: World, at: datetime, role: Role, index: int
) -> None:
    holder = world.students["own"][index]
    client = Client()
    client.force_login(holder.user)
    mate = student_page(world.students["own"][2])
    assert client.get(mate).status_code == 200
    move_student(student=holder, school_class=world.arts1, dorm=world.away, by=None, at=at)
    assert client.get(mate).status_code == 404
    assert post_of(holder.user).ends_on == at.date()


def test_a_move_within_the_class_ends_the_dorm_post_alone(world: World, at: datetime) -> None:
    head, member = world.students["own"][:2]
    for student in (head, member):
        move_student(student=student, school_class=world.it1, dorm=world.shared, by=None, at=at)
    assert not Scope.load(head.user).abilities
    assert Ability.FILE_CLASS_REPORT in Scope.load(member.user).abilities


@pytest.fixture
def queued(world: World, cycle: Cycle, at: datetime) -> Job:
    """An export that the coordinator asked for and no worker has taken up yet."""
    months.file_all(world, cycle)
    roll_up(cycle=cycle, at=at)
    publish(cycle=cycle, at=at)
    by = world.holder(Role.COLLEGE_COORDINATOR)
    return start_export(unit=world.it, month=Month(2026, 11), by=by, at=at)


def test_an_export_in_the_queue_is_made_for_who_still_holds_the_post(queued: Job) -> None:
    jobs.run(queued.pk)
    assert Job.objects.get().state == JobState.DONE
    assert SummaryExport.objects.count() == 1


@pytest.mark.parametrize("gone", ["relieved", "ended", "closed"])
def test_an_export_in_the_queue_delivers_nothing_to_who_lost_the_post(
    world: World, queued: Job, at: datetime, gone: str
) -> None:
    user = world.holder(Role.COLLEGE_COORDINATOR)
    Notice.objects.all().delete()
    if gone == "relieved":
        relieve(post=post_of(user), by=None, at=at)
    elif gone == "ended":
        user.posts.update(ends_on=at.date())
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    jobs.run(queued.pk)
    job = Job.objects.get()
    assert (job.state, job.result_link) == (JobState.FAILED, "")
    assert not SummaryExport.objects.exists()
    assert not Notice.objects.filter(kind="summary.ready").exists()


@pytest.mark.parametrize("gone", ["relieved", "closed"])
def test_an_import_in_the_queue_writes_nothing_for_who_lost_the_post(world: World, at: datetime, gone: str) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    content = files.workbook({"学生名册": [files.student(1, 学号="20990000001")]})
    roster = upload_roster(
        school=world.school, file_name="a.xlsx", content=content, is_partial=True, by=director, at=at
    )
    compare_import(pk=roster.pk, at=at)
    job = confirm_import(roster_import=roster, skip_bad=False, by=director, at=at)
    if gone == "relieved":
        relieve(post=post_of(director), by=None, at=at)
    else:
        User.objects.filter(pk=director.pk).update(is_active=False)
    jobs.run(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.FAILED
    assert RosterImport.objects.get().state == RosterImport.State.COMPARED
    assert not Student.objects.filter(number="20990000001").exists()


def test_a_grant_that_is_not_of_the_posts_role_opens_nothing(world: World, at: datetime) -> None:
    """As if the table of roles had been narrowed since, or somebody had written to the database."""
    admin = world.holder(Role.SYSTEM_ADMINISTRATOR)
    narrowed = post_of(admin).grants.filter(permission=permission(Ability.CONFIGURE))
    narrowed.update(permission=permission(Ability.VIEW_ROSTER))
    assert Scope.load(admin).abilities == {Ability.CONFIGURE_CRISIS}
    assert renew_grants(at=at) == 1
    assert Scope.load(admin).abilities == {Ability.CONFIGURE, Ability.CONFIGURE_CRISIS}
    assert renew_grants(at=at) == 0


def permission(ability: Ability) -> Any:
    return UnitGrant.objects.filter(permission__codename=ability.value)[0].permission
