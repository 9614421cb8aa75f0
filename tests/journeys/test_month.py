"""The main job from end to end: a roster, a month, and the PDF that an administrator takes home."""

import re
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils.timezone import localdate
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from kernel.periods import Month
from network.models import Student, Unit
from reporting.models import Summary
from tests.journeys.conftest import HAND, overflow, sign_in
from tests.network import roster_files

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]

STUDENTS = 16


def roster(folder: Path) -> Path:
    """Two classes of eight in four rooms of four, their staff, and a committee member for each class."""
    classes = [row["班级"] for row in roster_files.students(STUDENTS)]
    first, second = classes[0], classes[-1]
    staff = [
        roster_files.teacher("10002", "中心主任", "心理健康教育与咨询中心"),
        roster_files.teacher("10009", "心理专干"),
        roster_files.teacher("10010", "辅导员", classes=f"{first}、{second}"),
    ]
    members = [
        roster_files.post(roster_files.student(n)["学号"], "心理委员", unit) for n, unit in ((2, first), (10, second))
    ]
    return roster_files.write(folder, {"学生名册": roster_files.students(STUDENTS), "教职工": staff, "任职": members})


def first_code(text: str) -> str:
    return text.strip().rsplit(" ", 1)[-1]


def slips(folder: Path) -> dict[str, str]:
    """First codes by number, as they are handed out on paper."""
    out = folder / f"slips-{len(list(folder.iterdir()))}.xlsx"
    call_command("issue_slips", unit="MD", out=out, stdout=StringIO())
    codes: dict[str, str] = {}
    for row in load_workbook(out).active.iter_rows(values_only=True):
        cells = [str(cell) for cell in row if cell]
        code = next((cell for cell in cells if re.fullmatch(r"[a-z2-9]{10}", cell)), None)
        if code:
            codes[cells[0]] = code
    return codes


def test_a_month_from_the_roster_to_the_pdf(
    open_page: Callable[..., Page], picture: Callable[[Page, str], None], tmp_path: Path
) -> None:
    printed = StringIO()
    call_command("create_school", code="MD", name="明德大学", admin="10000", admin_name="王老师", stdout=printed)

    # Nobody of the school could confirm its first director yet, so the command opens that account.
    admitted = StringIO()
    call_command("admit", school="MD", number="10002", name="中心主任", role="center_director", stdout=admitted)

    director = open_page()
    sign_in(director, "10002", first_code(admitted.getvalue()), first=True)
    director.goto("/network/imports/")
    director.set_input_files("input[type=file]", roster(tmp_path))
    director.click("main form button[type=submit]")
    await_result(director, "form[action$='/apply/'] button")
    picture(director, "1-difference")
    director.click("form[action$='/apply/'] button")
    await_result(director, "form[action$='/undo/']")
    picture(director, "2-imported")
    assert Student.objects.count() == STUDENTS

    codes = slips(tmp_path)
    advisor = open_page()
    sign_in(advisor, "10010", codes["10010"], first=True)
    advisor.goto("/network/vacancies/fill/")
    with advisor.expect_navigation():
        advisor.click("main form button[type=submit]")
    assert Unit.objects.dorms().vacant("dorm_head", localdate()).count() == 0
    codes |= slips(tmp_path)

    director.goto("/reports/month/")
    with director.expect_navigation():
        director.click("form[action$='/open/'] button")
    picture(director, "3-board")

    heads = [roster_files.student(n)["学号"] for n in (1, 5, 9, 13)]
    for number in heads[:3]:
        file_all_well(open_page(HAND), number, codes[number], picture)
    file_thunder(open_page(HAND), heads[3], codes[heads[3]], picture)

    director.goto("/")
    expect(director.locator(".alarm-card")).to_be_visible()
    picture(director, "6-alarm")
    director.click(".alarm-card .rows a")
    with director.expect_navigation():
        director.click("form[action$='/acknowledge/'] button")
    director.goto("/")
    expect(director.locator(".alarm-card")).to_have_count(0)

    for n in (2, 10):
        number = roster_files.student(n)["学号"]
        file_from_home(open_page(HAND), number, codes[number], picture, "7-class")
    coordinator = open_page()
    file_from_home(coordinator, "10009", codes["10009"], picture, "8-college")

    director.goto("/")
    director.click("#todo .rows a[href*='/reports/'] >> nth=0")
    picture(director, "9-accept")
    with director.expect_navigation():
        director.click("form[action$='/accept/'] button")

    month = str(Month.of(localdate()))
    call_command("roll_up", month=month, check=True, stdout=StringIO())
    text = export(director, month, picture)
    figures = Summary.objects.get(unit__code="MD").totals
    assert (figures.students, figures.reported, figures.clear, figures.thunder) == (16, 16, 15, 1)
    assert (figures.dorms_due, figures.dorms_filed) == (4, 4)
    assert (figures.classes_filed, figures.colleges_filed) == (2, 1)
    for expected in ("明德大学", str(figures.students), "100%", "老师10002"):
        assert expected in text
    assert not any(student.name in text for student in Student.objects.all())


def await_result(page: Page, result: str) -> None:
    """Watch the job, if it is still at work, and open what it made."""
    page.locator(f".job a.btn-primary, {result}").first.wait_for(state="attached", timeout=60_000)
    opened = page.locator(".job a.btn-primary")
    if opened.count():
        opened.click()
    page.locator(result).first.wait_for(state="attached")


def file_all_well(page: Page, number: str, code: str, picture: Callable[[Page, str], None]) -> None:
    """From home to done in two taps."""
    sign_in(page, number, code, first=True)
    page.goto("/")
    assert overflow(page) == 0
    page.click("#todo a.btn-primary")
    page.locator(".btn-well").wait_for()
    assert overflow(page) == 0
    picture(page, "4-dorm")
    page.click(".btn-well")
    page.wait_for_url("**/done/")


def file_thunder(page: Page, number: str, code: str, picture: Callable[[Page, str], None]) -> None:
    sign_in(page, number, code, first=True)
    page.goto("/")
    page.click("#todo a.btn-primary")
    page.click("#lines > summary")
    mate = page.locator(".mate").nth(1)
    mate.locator("input[type=radio][value='5']").check(force=True)
    expect(mate.locator("a[href='tel:12356']").first).to_be_visible()
    mate.locator("textarea").first.fill("晚上说了告别的话，把东西都送人了")
    picture(page, "5-thunder")
    page.click("#lines form .form-actions button[type=submit]")
    page.wait_for_url("**/done/")


def file_from_home(page: Page, number: str, code: str, picture: Callable[[Page, str], None], name: str) -> None:
    sign_in(page, number, code, first=True)
    page.goto("/")
    page.locator("#todo .rows a:has(strong)").last.click()
    picture(page, name)
    page.locator("main form .btn-primary[type=submit]").last.click()
    page.wait_for_url("**/done/")


def export(page: Page, month: str, picture: Callable[[Page, str], None]) -> str:
    """The text of the school's PDF, downloaded as an administrator would."""
    page.goto(f"/reports/summary/?unit=MD&month={month}")
    picture(page, "10-figures")
    with page.expect_navigation():
        page.click("form[action$='/export/'] button")
    with page.expect_download(timeout=60_000) as download:
        page.locator(".job a.btn-primary").click(timeout=60_000)
    return "\n".join(one.extract_text() for one in PdfReader(BytesIO(Path(download.value.path()).read_bytes())).pages)
