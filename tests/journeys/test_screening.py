"""A screening from the campaign to its report, with two devices, a slow and a lost connection and an alarm."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils.timezone import localdate, now
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from crisis.models import Alarm
from network.models import User
from network.rules import Role
from screening.models import Campaign, Interview, Paper, Result
from screening.rules.papers.answering import Sheet
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.conftest import HAND, NARROW, barriers, overflow, sign_in
from tests.screening.screenings import make_scale, publish

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


def test_a_screening_from_the_campaign_to_its_report(
    open_page: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    people = town()
    make_scale(at=now())
    director = open_page()
    sign_in(director, people["director"].number, PASSWORD)
    open_campaign(director, people["director"], picture)

    phone = open_page(HAND)
    sign_in(phone, people["student"].number, PASSWORD)
    agree(phone, picture)
    answer_without_a_connection(phone, picture)
    paper = Paper.objects.get()

    desk = open_page()
    sign_in(desk, people["student"].number, PASSWORD)
    desk.goto(f"/screening/papers/{paper.pk}/")
    expect(desk.locator("legend")).to_contain_text("6")
    for digit in "000":
        press(desk, digit)
    press(desk, "2", stays=True)
    expect(desk.locator("[data-paper-help]")).to_be_visible()
    expect(desk.locator("[data-paper-help] a[href='tel:12356']")).to_be_visible()
    assert barriers(desk) == []
    picture(desk, "screening-4-help")
    assert Alarm.objects.count() == 1
    desk.locator("[data-paper-submit] button").click()
    desk.wait_for_url("**/done/")
    assert Sheet.read(Paper.objects.get().sheet).answers == dict(
        zip("123456789", [1, 0, 2, 1, 1, 0, 0, 0, 2], strict=True)
    )
    assert (Result.objects.count(), Alarm.objects.count()) == (1, 1)

    acknowledge(director, picture)
    hold_the_talk(open_page(), people["counselor"], picture)
    coordinator = open_page()
    sign_in(coordinator, people["coordinator"].number, PASSWORD)
    coordinator.goto("/screening/feedback/")
    expect(coordinator.locator("tbody th")).to_contain_text(people["student"].name)
    picture(coordinator, "screening-7-college")

    director.goto(f"/screening/campaigns/{Campaign.objects.get().pk}/")
    director.locator("details.confirm summary", has_text="开放").click()
    with director.expect_navigation():
        director.locator("dialog button[type=submit]").click()
    # The page of a running screening renews itself; no such request shall outlive the test.
    director.goto("/")
    phone.goto("/screening/mine/")
    phone.get_by_role("link", name="想对你说的话").click()
    phone.wait_for_url("**/feedback/")
    expect(phone.locator(".feedback-words")).to_be_visible()
    assert overflow(phone) == 0
    assert barriers(phone) == []
    picture(phone, "screening-8-own")

    director.goto(f"/screening/campaigns/{Campaign.objects.get().pk}/figures/")
    assert barriers(director) == []
    with director.expect_navigation():
        director.click("form[action$='/report/'] button")
    with director.expect_download(timeout=60_000) as download:
        director.locator(".job a.btn-primary").click(timeout=60_000)
    report = "".join(one.extract_text() for one in PdfReader(download.value.path()).pages)
    assert "2026级新生心理普查" in "".join(report.split())


def town() -> dict[str, User]:
    """A school with one class of four, and everybody who has a part in it."""
    at = now()
    school = factories.make_school(at=at)
    college = factories.make_college(school, "信息学院", at=at)
    klass = factories.make_class(college, "计科2601班", at=at)
    students = factories.make_students(klass, 4, on=localdate(at))
    posts = {
        "director": (school, Role.CENTER_DIRECTOR),
        "counselor": (school, Role.FULL_TIME_COUNSELOR),
        "coordinator": (college, Role.COLLEGE_COORDINATOR),
    }
    people = {name: factories.give_post(unit, role, at=at) for name, (unit, role) in posts.items()}
    publish(school, at=at)
    return people | {"student": students[0].user}


def open_campaign(page: Page, director: User, picture: Callable[[Page, str], None]) -> None:
    page.goto("/screening/trainings/")
    page.fill("[name=user]", director.number)
    page.fill("[name=course]", "普查操作员培训")
    page.fill("[name=completed_on]", localdate().isoformat())
    with page.expect_navigation():
        page.click("main form button[type=submit]")
    page.goto("/screening/campaigns/new/")
    page.fill("[name=name]", "2026 级新生心理普查")
    page.get_by_label("PHQ-9").check()
    page.fill("[name=opens_on]", localdate().isoformat())
    page.fill("[name=closes_on]", (localdate() + timedelta(days=20)).isoformat())
    page.check("[name=grades] >> nth=0")
    expect(page.locator("#count")).to_contain_text("4")
    page.fill("[name=purpose]", "了解大家的状态")
    page.fill("[name=explanation]", "大约三分钟")
    assert barriers(page) == []
    picture(page, "screening-1-plan")
    with page.expect_navigation():
        page.click("main form .form-actions button[type=submit]")
    picture(page, "screening-2-draft")
    page.locator("details.confirm summary", has_text="开放普查").click()
    page.locator("dialog button[type=submit]").click()
    expect(page.locator("#progress")).to_be_visible()
    page.goto("/")


def agree(page: Page, picture: Callable[[Page, str], None]) -> None:
    page.goto("/")
    page.click("a.btn-primary[href*='/screening/']")
    assert overflow(page) == 0
    assert barriers(page) == []
    page.check("[name=agreed]")
    with on_a_slow_line(page):
        page.click("main form button.btn-primary", timeout=60_000)
        expect(page.locator("fieldset.question")).to_have_count(1, timeout=60_000)
        choose(page, 1)
        expect(page.locator("[data-paper-saved]")).to_contain_text("已保存", timeout=60_000)
        assert Paper.objects.get().answered == 1
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert overflow(page) == 0
    assert barriers(page) == []
    page.set_viewport_size(HAND)  # type: ignore[arg-type]
    assert overflow(page) == 0
    picture(page, "screening-3-question")


def answer_without_a_connection(page: Page, picture: Callable[[Page, str], None]) -> None:
    """One more answer, then three in a tunnel; all are there once there is light again."""
    choose(page, 0)
    expect(page.locator("[data-paper-saved]")).to_contain_text("已保存")
    page.context.set_offline(True)
    for value in (2, 1, 1):
        choose(page, value)
    expect(page.locator("[data-paper-saved]")).to_contain_text("尚未保存")
    picture(page, "screening-3-offline")
    page.context.set_offline(False)
    expect(page.locator("[data-paper-saved]")).to_have_text("已保存", timeout=20_000)
    assert Paper.objects.get().answered == 5


@contextmanager
def on_a_slow_line(page: Page) -> Iterator[None]:
    """The edge of the net: 400 kbit/s, and 400 ms until anything comes; nothing has been kept from earlier."""
    line = page.context.new_cdp_session(page)
    line.send("Network.clearBrowserCache")
    slow = {"latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    line.send("Network.emulateNetworkConditions", {"offline": False, **slow})
    yield
    fast = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    line.send("Network.emulateNetworkConditions", {"offline": False, **fast})
    line.detach()


def choose(page: Page, value: int) -> None:
    number = page.locator(".question-number").inner_text()
    page.locator(f"label.choice:has(input[value='{value}'])").click()
    expect(page.locator(".question-number")).not_to_have_text(number)


def press(page: Page, digit: str, *, stays: bool = False) -> None:
    number = page.locator(".question-number").inner_text()
    page.keyboard.press(digit)
    if not stays:
        expect(page.locator(".question-number")).not_to_have_text(number)


def acknowledge(page: Page, picture: Callable[[Page, str], None]) -> None:
    page.goto("/")
    page.click(".alarm-card .rows a")
    picture(page, "screening-5-alarm")
    with page.expect_navigation():
        page.click(".alarm-card form button")
    page.fill("#action textarea", "已联系本人，今天下午来中心。")
    with page.expect_navigation():
        page.click("#action form button[type=submit]")
    assert Alarm.objects.get().acknowledged_at is not None


def hold_the_talk(page: Page, counselor: User, picture: Callable[[Page, str], None]) -> None:
    sign_in(page, counselor.number, PASSWORD)
    page.goto("/screening/interviews/")
    page.click("tbody th a")
    picture(page, "screening-6-talk")
    page.check("[name=outcome][value=B]")
    page.fill("[name=note]", "谈了很久，约好下周再来。")
    with page.expect_navigation():
        page.click("main form .form-actions button.btn-primary")
    assert Interview.objects.get().outcome == "B"
