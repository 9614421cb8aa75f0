"""A student finds a time on a phone; the counselor receives them at the desk; the director sees who waits."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from django.utils.timezone import localdate, now
from playwright.sync_api import Page, expect

from counseling.models import Booking, Counselor, Intake
from counseling.rules.kinds import BookingState, CredentialKind
from counseling.services.staff import (
    WeeklyHours,
    add_hours,
    check_credential,
    register_counselor,
    register_credential,
    save_room,
)
from network.models import Student, User
from network.rules import Role
from network.rules.consent_drafts import DRAFTS
from network.rules.consents import Purpose
from network.services import publish_text
from tests import factories
from tests.factories import PASSWORD
from tests.journeys.conftest import HAND, NARROW, barriers, overflow, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


def test_from_the_first_question_to_the_session(
    open_page: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    student, counselor, director = town()
    phone = open_page(HAND)
    sign_in(phone, student.number, PASSWORD)
    phone.goto("/me/appointments/about/")
    expect(phone.locator("#who-knows")).to_contain_text("中心主任")
    look_at(phone, picture, "1-about")
    phone.get_by_role("link", name="找个时间").click()
    phone.get_by_role("link", name="不着急").click()
    phone.wait_for_url("**/text/**")
    phone.check("[name=agreed]")
    phone.get_by_role("button", name="我同意").click()
    phone.wait_for_url("**/times/**")
    look_at(phone, picture, "2-times")
    phone.locator(".time-chip").first.click()
    phone.wait_for_url("**/confirm/**")
    phone.fill("#intake-reason", "最近睡不好")
    phone.press("#intake-reason", "Tab")
    expect(phone.locator("#saved-reason")).to_contain_text("已保存")
    look_at(phone, picture, "3-confirm")
    phone.get_by_role("button", name="就约这个时间").click()
    phone.wait_for_url("**/me/appointments/*-*/")
    booking = Booking.objects.get()
    expect(phone.locator(".arrival-code")).to_contain_text(booking.code)
    look_at(phone, picture, "4-booked")
    assert Intake.objects.submitted().count() == 1

    desk = open_page()
    sign_in(desk, counselor.user.number, PASSWORD)
    desk.goto(f"/counseling/week/?from={localdate(booking.session.starts_at)}")
    expect(desk.locator("[data-calendar]")).to_contain_text(booking.code)
    expect(desk.locator("main")).not_to_contain_text(student.name)
    look_at(desk, picture, "5-week")
    desk.locator(".week-day").get_by_role("link", name=booking.code).click()
    expect(desk.locator("main")).to_contain_text("最近睡不好")
    look_at(desk, picture, "6-session")

    small = open_page(NARROW)
    sign_in(small, student.number, PASSWORD)
    small.goto("/me/appointments/")
    assert overflow(small) == 0
    small.get_by_role("link", name="查看").first.click()
    small.locator("details.confirm summary", has_text="取消").click()
    with small.expect_navigation():
        small.locator("dialog button[type=submit]").click()
    booking.refresh_from_db()
    assert booking.state in (BookingState.EXCUSED, BookingState.LATE)

    office = open_page(language="en-US")
    sign_in(office, director.number, PASSWORD)
    office.goto("/counseling/center/")
    expect(office.locator("main")).to_contain_text("Hours and what is taken")
    look_at(office, picture, "7-center")


def look_at(page: Page, picture: Callable[[Page, str], None], name: str) -> None:
    """The page fits, keeps nobody out, and is kept as a picture."""
    assert overflow(page) == 0, name
    assert barriers(page) == [], name
    picture(page, name)


def town() -> tuple[Student, Counselor, User]:
    """A school with a class, and a center with one counselor and a room."""
    at = now()
    school = factories.make_school(at=at)
    college = factories.make_college(school, "信息学院", at=at)
    klass = factories.make_class(college, "计科2601班", at=at)
    student = factories.make_students(klass, 2, on=localdate(at))[0]
    director = factories.give_post(school, Role.CENTER_DIRECTOR, at=at)
    user = factories.give_post(school, Role.PART_TIME_COUNSELOR, at=at)
    publish_text(
        school=school, purpose=Purpose.COUNSELING, wording=DRAFTS[Purpose.COUNSELING], asks_again=False, by=None, at=at
    )
    save_room(school=school, name="咨询室一", by=director, at=at)
    counselor = register_counselor(user=user, school=school, by=director, at=at)
    credential = register_credential(
        counselor=counselor, kind=CredentialKind.COUNSELOR, starts_on=localdate(at) - timedelta(days=30), by=user, at=at
    )
    check_credential(credential=credential, by=director, at=at)
    lines = [WeeklyHours(weekday, time(9), time(17), localdate(at)) for weekday in range(1, 6)]
    add_hours(counselor=counselor, lines=lines, by=user, at=at)
    return student, counselor, director
