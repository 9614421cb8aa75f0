"""A session ends while an alarm waits: nothing that was typed or meant is lost."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.utils.timezone import localdate, now
from playwright.sync_api import Page, expect

from crisis.models import Alarm
from kernel.periods import Month
from network.rules import Role
from network.services.staff_phones import keep_phones
from reporting.services import open_cycle
from tests.conftest import World
from tests.factories import PASSWORD
from tests.journeys.conftest import HAND, overflow, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

EVIDENCE = "晚上说了告别的话，把东西都送人了"
DONE = "已到宿舍，正陪着本人。"
PHONE = "13900000000"


def test_thunder_is_taken_on_with_one_tap_though_the_session_has_ended(
    world: World, open_page: Callable[..., Page], picture: Callable[[Page, str], None]
) -> None:
    open_cycle(school=world.school, month=Month.of(localdate(now())), by=None, at=now())
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    keep_phones({fudaoyuan.pk: PHONE})
    thunder(open_page(HAND), world)
    alarm = Alarm.objects.get()
    assert EVIDENCE in alarm.evidence

    phone = open_page(HAND)
    sign_in(phone, fudaoyuan.number, PASSWORD)
    phone.goto(f"/alarms/{alarm.pk}/")
    for number in (PHONE, "120", "110"):
        expect(phone.locator(f"main a[href='tel:{number}']").first).to_be_in_viewport()
    assert overflow(phone) == 0
    picture(phone, "1-numbers-on-top")

    Session.objects.all().delete()
    tap(phone, ".alarm-card form button")
    assert Alarm.objects.get().acknowledged_at is None
    sign_in_again(phone, fudaoyuan.number)
    expect(phone.locator("[data-unsent]")).to_be_visible()
    picture(phone, "2-not-sent-yet")
    tap(phone, ".alarm-card form button")
    assert Alarm.objects.get().acknowledged_by == fudaoyuan

    phone.locator("#action textarea").first.fill(DONE)
    Session.objects.all().delete()
    tap(phone, "#action form .form-actions button")
    sign_in_again(phone, fudaoyuan.number)
    expect(phone.locator("#action textarea").first).to_have_value(DONE)
    tap(phone, "#action form .form-actions button")
    assert Alarm.objects.get().action_taken == DONE
    picture(phone, "3-nothing-lost")


def thunder(page: Page, world: World) -> None:
    sign_in(page, world.holder(Role.DORM_HEAD).number, PASSWORD)
    page.goto("/")
    tap(page, "#todo a.btn-primary")
    page.click("#lines > summary")
    mate = page.locator(".mate").nth(2)
    mate.locator("label:has(input[type=radio][value='5'])").click()
    mate.locator("textarea").first.fill(EVIDENCE)
    with page.expect_navigation():
        mate.locator(".btn-thunder").click()


def tap(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()


def sign_in_again(page: Page, number: str) -> None:
    """On the page to which the browser was sent; it leads back by itself."""
    page.fill("[name=login]", number)
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
