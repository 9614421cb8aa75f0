"""First passwords of ordinary students: slips for a class or a grade, and help for one who lost it."""

from base64 import b64decode
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kernel.errors import Refused
from kernel.models import AuditEvent, Job, Notice
from kernel.xlsx import read_workbook
from network import tasks
from network.models import PasswordSheet, Student, User
from network.rules import Role
from network.services import forget_sheets, print_sheet, renew_password, start_printing
from network.services.signin.accounts import FirstPassword
from network.services.signin.password_sheets import KEPT_FOR
from tests.conftest import World

Login = Callable[[User], Client]
assert tasks


@pytest.fixture
def newcomers(world: World) -> list[Student]:
    """The students of it1 have never signed in."""
    students = Student.objects.filter(school_class=world.it1).order_by("number")
    User.objects.filter(student__in=students).update(must_change_password=True, password="!none")
    return list(students.select_related("user"))


def test_a_fudaoyuan_prints_slips_for_the_class(
    world: World, newcomers: list[Student], november: datetime, login: Login, at_once: None,
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:  # fmt: skip
    fudaoyuan = login(world.holder(Role.FUDAOYUAN))
    unit_page = fudaoyuan.get(reverse("network:unit-detail", args=[world.it1.pk])).content.decode()
    assert "First passwords of students" in unit_page
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        fudaoyuan.post(reverse("network:password-sheet-print", args=[world.it1.pk]))
    sheet = PasswordSheet.objects.get()
    assert Job.objects.get().result_link == reverse("network:password-sheet", args=[sheet.pk])
    holders = {Role.DORM_HEAD, Role.CLASS_COMMITTEE_MEMBER}
    without_post = [row for row in newcomers if not row.user.posts.filter(role__in=holders).exists()]
    assert sheet.count == len(without_post) > 0
    files = {
        kind: fudaoyuan.get(reverse("network:password-sheet-download", args=[sheet.pk, kind]))
        for kind in ("pdf", "xlsx")
    }
    rows = [values for _number, values in read_workbook(BytesIO(files["xlsx"].content)).sheets["Slips"][1:]]
    assert {row[0] for row in rows} == {student.number for student in without_post}
    for number, _name, _unit, code in rows:
        assert User.objects.get(number=number).check_password(code)
    assert files["pdf"].content.startswith(b"%PDF")
    assert AuditEvent.objects.filter(action="user.fetch_slips").count() == 2
    told = Notice.objects.filter(kind="user.slips")
    assert [notice.recipient for notice in told] == [world.holder(Role.COLLEGE_COORDINATOR)]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (Role.FUDAOYUAN, True),
        (Role.COLLEGE_COORDINATOR, True),
        (Role.CENTER_DIRECTOR, True),
        (Role.CLASS_ADVISER, False),
        (Role.DORM_HEAD, False),
        (Role.SECURITY_ADMINISTRATOR, False),
        (Role.AUDITOR, False),
    ],
)
def test_slips_are_printed_by_those_who_know_the_roster_and_appoint(
    world: World, newcomers: list[Student], at: datetime, role: Role, allowed: bool
) -> None:
    by = world.holder(role)
    if allowed:
        assert start_printing(unit=world.it1, grade=None, language="en", by=by, at=at)
        return
    with pytest.raises(Refused) as refused:
        print_sheet(unit=world.it1, grade=None, by=by, at=at)
    assert refused.value.code == "may-not-print"


def test_a_coordinator_prints_a_grade_of_the_own_college_alone(
    world: World, newcomers: list[Student], at: datetime
) -> None:
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    assert print_sheet(unit=world.it, grade=2026, by=coordinator, at=at).count > 0
    with pytest.raises(Refused, match="already"):
        print_sheet(unit=world.it, grade=2025, by=coordinator, at=at)
    with pytest.raises(Refused):
        print_sheet(unit=world.arts, grade=2026, by=coordinator, at=at)


def test_whoever_has_been_here_keeps_the_password(world: World, newcomers: list[Student], at: datetime) -> None:
    here, active = newcomers[-1].user, newcomers[-2].user
    User.objects.filter(pk=here.pk).update(last_login=at)
    User.objects.filter(pk=active.pk).update(must_change_password=False)
    print_sheet(unit=world.it1, grade=None, by=world.holder(Role.FUDAOYUAN), at=at)
    assert set(User.objects.filter(pk__in=[here.pk, active.pk]).values_list("password", flat=True)) == {"!none"}


def test_a_sheet_is_its_makers_alone_and_goes_after_a_day(
    world: World, newcomers: list[Student], november: datetime, login: Login
) -> None:
    sheet = print_sheet(unit=world.it1, grade=None, by=world.holder(Role.FUDAOYUAN), at=november)
    url = reverse("network:password-sheet-download", args=[sheet.pk, "pdf"])
    assert login(world.holder(Role.CENTER_DIRECTOR)).get(url).status_code == 404
    mine = login(world.holder(Role.FUDAOYUAN))
    assert mine.get(url).status_code == 200
    assert mine.get(reverse("network:password-sheet-download", args=[sheet.pk, "exe"])).status_code == 404
    assert forget_sheets(at=november + KEPT_FOR) == 0
    assert forget_sheets(at=november + KEPT_FOR + timedelta(seconds=1)) == 1


def test_the_slips_hold_each_student_once(world: World, newcomers: list[Student], at: datetime) -> None:
    sheet = print_sheet(unit=world.it1, grade=None, by=world.holder(Role.FUDAOYUAN), at=at)
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(b64decode(sheet.pdf))).pages)
    assert text.count("First password") == sheet.count


def test_a_fudaoyuan_helps_a_student_without_a_post_who_lost_the_password(
    world: World, november: datetime, login: Login
) -> None:
    student = world.students["own"][2]
    slip = renew_password(user=student.user, by=world.holder(Role.FUDAOYUAN), at=november)
    assert isinstance(slip, FirstPassword)
    assert User.objects.get(pk=student.user_id).check_password(slip.code)
    page = login(world.holder(Role.FUDAOYUAN)).post(reverse("network:password-reset", args=[student.user_id]))
    assert page.context["slip"].code in page.content.decode()
    for role in (Role.CLASS_ADVISER, Role.DORM_HEAD, Role.AUDITOR, Role.SECURITY_ADMINISTRATOR):
        with pytest.raises(Refused) as refused:
            renew_password(user=student.user, by=world.holder(role), at=november)
        assert refused.value.code == "may-not-reset"
    # Nobody helps the students of another class.
    assert (
        login(world.holder(Role.FUDAOYUAN))
        .post(reverse("network:password-reset", args=[world.students["far"][2].user_id]))
        .status_code
        == 404
    )
