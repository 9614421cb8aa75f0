from collections.abc import Callable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kernel import xlsx
from kernel.errors import Refused
from kernel.models import AuditEvent, Job, Notice
from network.models import RosterImport, Student, Unit, User
from network.rules import Role
from network.services import appoint, create_school
from network.services.rosters import apply_import, ask_undo, compare_import, confirm_import, discard_import
from network.tasks import keep_posts, remind
from tests.conftest import World
from tests.factories import make_user
from tests.network import roster_files as files

Commit = Callable[..., Any]
State = RosterImport.State

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.fixture
def school(db: None, at: datetime) -> Unit:
    return create_school(code="S1", name="明德大学", by=None, at=at)


@pytest.fixture
def admin(school: Unit, at: datetime) -> User:
    row = files.staff()[1]
    user = make_user(row["姓名"], number=row["工号"], email=row["邮箱"], school=school)
    appoint(holder=user, unit=school, role=Role.CENTER_DIRECTOR, by=None, at=at)
    return user


@pytest.fixture
def desk(client: Client, admin: User, django_capture_on_commit_callbacks: Commit) -> Iterator[Client]:
    """The center director's browser; jobs run as soon as they are enqueued."""
    client.force_login(admin)
    post = client.post

    def post_and_wait(*args: Any, **kwargs: Any) -> Any:
        with django_capture_on_commit_callbacks(execute=True):
            return post(*args, **kwargs)

    client.post = post_and_wait  # type: ignore[method-assign]
    yield client


def upload(desk: Client, rows: list[files.Row] | None = None, **more: Any) -> RosterImport:
    content = files.workbook({"学生名册": files.students() if rows is None else rows, "教职工": files.staff()})
    file = SimpleUploadedFile("roster.xlsx", content)
    answer = desk.post(reverse("network:import-list"), {"file": file, **more})
    roster: RosterImport = RosterImport.objects.get()
    assert answer.status_code == 302
    assert answer["Location"] == roster.get_absolute_url()
    return roster


def test_from_upload_to_undo(desk: Client) -> None:
    roster = upload(desk)
    assert roster.state == State.COMPARED
    assert Student.objects.count() == 0
    page = desk.get(f"{roster.get_absolute_url()}?tab=new")
    assert page.context["counts"]["new"] == 29
    assert "学生丁" in page.content.decode()
    desk.post(reverse("network:import-apply", args=[roster.pk]))
    roster.refresh_from_db()
    assert (roster.state, roster.content, roster.difference) == (State.APPLIED, "", "")
    assert Student.objects.count() == 24
    page = desk.get(roster.get_absolute_url())
    assert page.context["may_undo"]
    desk.post(reverse("network:import-undo", args=[roster.pk]))
    roster.refresh_from_db()
    assert (roster.state, Student.objects.count()) == (State.UNDONE, 0)
    assert desk.get(roster.get_absolute_url()).status_code == 200
    assert [notice.kind for notice in Notice.objects.all()] == ["roster"] * 3
    assert {"roster.upload", "roster.read", "roster.import", "roster.undo"} <= set(
        AuditEvent.objects.values_list("action", flat=True)
    )
    assert roster.file_name in desk.get(reverse("network:import-list")).content.decode()


def test_bad_rows_are_shown_and_left_out_only_on_request(desk: Client) -> None:
    rows = files.students()
    rows[2] |= {"学籍状态": "未知"}
    rows[3] |= {"姓名": " 丁明 ", "房间号": ""}
    roster = upload(desk, rows)
    page = desk.get(roster.get_absolute_url())
    assert page.context["chosen"] == "errors"
    assert "Row 4: “学籍状态” says “未知”" in page.content.decode()
    for tab in ("new", "changed", "left", "warnings", "mended"):
        assert desk.get(f"{roster.get_absolute_url()}?tab={tab}").context["chosen"] == tab
    apply = reverse("network:import-apply", args=[roster.pk])
    answer = desk.post(apply, follow=True)
    assert "Some rows are bad" in answer.content.decode()
    assert Student.objects.count() == 0
    desk.post(apply, {"skip_bad": "on"})
    assert Student.objects.count() == 23
    assert "1 bad row was left out" in desk.get(roster.get_absolute_url()).content.decode()


def test_the_remarks_come_as_a_table(desk: Client) -> None:
    roster = upload(desk, [*files.students(23), files.student(24, 性别="M")])
    answer = desk.get(reverse("network:import-errors", args=[roster.pk]))
    rows = xlsx.read_workbook(BytesIO(answer.content)).sheets["Bad rows"]
    assert rows[1][1] == ["学生名册", 25, "性别", "Row 25: “性别” says “M”. Please enter 男 or 女."]


def test_a_change_is_shown_field_by_field(desk: Client) -> None:
    roster = upload(desk)
    desk.post(reverse("network:import-apply", args=[roster.pk]))
    RosterImport.objects.all().delete()
    rows = files.students()[:-1]
    rows[0] |= {"性别": "男", "房间号": "103", "学籍状态": "休学", "出生日期": "2007-05-05"}
    second = upload(desk, rows)
    changed = desk.get(f"{second.get_absolute_url()}?tab=changed").context["people"]
    assert changed[0]["changes"] == [
        ("sex", "Female", "Male"),
        ("date of birth", "2007-02-02", "2007-05-05"),
        ("enrollment status", "Studying", "On leave"),
        ("Dorm", "东6栋-101", "东6栋-103"),
    ]
    left = desk.get(f"{second.get_absolute_url()}?tab=left").context["people"]
    assert [one["number"] for one in left] == ["20260000024"]


def test_what_changed_in_between_is_looked_at_again(desk: Client) -> None:
    roster = upload(desk)
    desk.post(reverse("network:import-apply", args=[roster.pk]))
    RosterImport.objects.all().delete()
    second = upload(desk, files.students()[:-1])
    Student.objects.filter(number="20260000001").update(bed="7")
    desk.post(reverse("network:import-apply", args=[second.pk]))
    page = desk.get(second.get_absolute_url()).content.decode()
    assert "have changed since the difference was shown" in page
    assert Student.objects.present().count() == 24


def test_a_file_that_is_no_roster_says_what_to_do(desk: Client) -> None:
    file = SimpleUploadedFile("roster.xlsx", files.workbook({"别的": []}, heads={"别的": ("甲",)}))
    desk.post(reverse("network:import-list"), {"file": file})
    roster = RosterImport.objects.get()
    assert roster.state == State.REFUSED
    assert "Name the sheets as in the sample file" in desk.get(roster.get_absolute_url()).content.decode()


def test_other_kinds_of_files_are_refused_at_once(desk: Client) -> None:
    files_refused = (("roster.xls", b"1"), ("roster.pdf", b"1"), ("roster.zip", b"PK"), ("roster", b"1"))
    empty = (("roster.xlsx", b""), ("roster.csv", b""))
    for name, content in (*files_refused, *empty):
        answer = desk.post(reverse("network:import-list"), {"file": SimpleUploadedFile(name, content)})
        assert answer.status_code == 422
    assert not RosterImport.objects.exists()


def test_a_file_over_twenty_megabytes_is_refused(desk: Client) -> None:
    file = SimpleUploadedFile("roster.xlsx", b"0" * (20 * 1024 * 1024 + 1))
    answer = desk.post(reverse("network:import-list"), {"file": file})
    assert answer.status_code == 422
    assert "larger than 20 MB" in answer.content.decode()


def test_who_imports_for_several_schools_chooses_one(desk: Client, admin: User, at: datetime) -> None:
    second = create_school(code="S2", name="分校", by=None, at=at)
    appoint(holder=admin, unit=second, role=Role.CENTER_DIRECTOR, by=None, at=at)
    assert upload(desk, school=str(second.pk)).school == second


def test_an_older_import_says_that_it_cannot_be_undone(desk: Client) -> None:
    roster = upload(desk)
    answer = desk.post(reverse("network:import-undo", args=[roster.pk]), follow=True)
    assert "Only the newest import" in answer.content.decode()


def test_a_closed_roster_is_neither_read_nor_applied_again(desk: Client, admin: User, at: datetime) -> None:
    roster = upload(desk)
    discard_import(roster_import=roster, by=admin, at=at)
    assert compare_import(pk=roster.pk, at=at).state == State.DISCARDED
    with pytest.raises(Refused, match="dealt with already"):
        apply_import(pk=roster.pk, by=admin, at=at)
    assert str(roster) == "roster.xlsx"


def test_staff_changes_are_shown_by_post(desk: Client) -> None:
    desk.post(reverse("network:import-apply", args=[upload(desk).pk]))
    RosterImport.objects.all().delete()
    staff = files.staff()[:-1]
    staff[4] |= {"负责班级": "软件2601班", "邮箱": "new@example.edu"}
    content = files.workbook({"教职工": staff})
    desk.post(reverse("network:import-list"), {"file": SimpleUploadedFile("staff.xlsx", content)})
    roster = RosterImport.objects.get()
    changed = desk.get(f"{roster.get_absolute_url()}?tab=changed").context["people"]
    assert [one[1:] for one in changed[0]["changes"]] == [
        ("t10005@example.edu", "new@example.edu"),
        ("软件2602班", ""),
    ]
    left = desk.get(f"{roster.get_absolute_url()}?tab=left").context["people"]
    assert left[0]["changes"][0] == ("Class adviser", "软件2603班", "")


def test_a_part_of_the_roster_must_be_called_so(desk: Client) -> None:
    roster = upload(desk)
    desk.post(reverse("network:import-apply", args=[roster.pk]))
    RosterImport.objects.all().delete()
    part = upload(desk, files.students(3))
    apply = reverse("network:import-apply", args=[part.pk])
    assert "only a part of the roster" in desk.post(apply, {"skip_bad": "on"}, follow=True).content.decode()
    desk.post(reverse("network:import-discard", args=[part.pk]))
    RosterImport.objects.all().delete()
    again = upload(desk, files.students(3), is_partial="on")
    assert "There is nothing to import" in desk.get(again.get_absolute_url()).content.decode()


def test_a_discarded_upload_is_forgotten(desk: Client, admin: User, at: datetime) -> None:
    roster = upload(desk)
    for _time in range(2):
        desk.post(reverse("network:import-discard", args=[roster.pk]))
    roster.refresh_from_db()
    assert (roster.state, roster.content, roster.difference) == (State.DISCARDED, "", "")
    assert desk.get(roster.get_absolute_url()).status_code == 200
    with pytest.raises(Refused, match="dealt with already"):
        confirm_import(roster_import=roster, skip_bad=False, by=admin, at=at)
    with pytest.raises(Refused, match="newest"):
        ask_undo(roster_import=roster, by=admin, at=at)


def test_a_roster_is_applied_once_however_often_it_is_asked_for(
    desk: Client, django_capture_on_commit_callbacks: Commit, admin: User, at: datetime
) -> None:
    roster = upload(desk)
    with django_capture_on_commit_callbacks(execute=True):
        for _time in range(2):
            confirm_import(roster_import=roster, skip_bad=False, by=admin, at=at)
    assert {job.state for job in Job.objects.all()} == {"done"}
    assert AuditEvent.objects.filter(action="roster.import").count() == 1


def test_a_job_at_work_is_shown(desk: Client, admin: User, at: datetime) -> None:
    roster = upload(desk)
    Job.objects.update(state="running", finished_at=None)
    assert desk.get(roster.get_absolute_url()).context["is_at_work"]
    Job.objects.update(by=None)
    assert "Somebody else is at work" in desk.get(roster.get_absolute_url()).content.decode()


def test_the_sample_can_be_read_back(desk: Client) -> None:
    answer = desk.get(reverse("network:import-sample"))
    sheets = xlsx.read_workbook(BytesIO(answer.content)).sheets
    assert list(sheets) == ["学生名册", "教职工", "任职"]


def test_who_may_not_import_sees_none_of_it(world: World, client: Client, at: datetime) -> None:
    director = world.holder(Role.CENTER_DIRECTOR)
    roster = RosterImport.objects.create(school=world.school, file_name="a.xlsx", uploaded_by=director, uploaded_at=at)
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    client.force_login(fudaoyuan)
    assert client.get(reverse("network:import-list")).status_code == 403
    assert client.get(reverse("network:import-sample")).status_code == 403
    assert client.get(roster.get_absolute_url()).status_code == 404
    for act in ("apply", "discard", "undo"):
        assert client.post(reverse(f"network:import-{act}", args=[roster.pk])).status_code == 404
    with pytest.raises(Refused, match="may not import"):
        discard_import(roster_import=roster, by=fudaoyuan, at=at)
    client.force_login(director)
    assert client.get(reverse("network:import-list")).status_code == 200


def test_the_clockwork_wakes_its_services(world: World) -> None:
    remind()
    keep_posts()
