"""At the door, over HTTP: the screen, the scan that survives a sign-in, the list, the batch."""

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from activities.models import Activity, Occasion, Presence
from activities.rules import checkins
from activities.services import credit_hours, print_certificate
from network.models import Student, User
from network.rules import Role
from tests.activities import acts
from tests.conftest import World


@pytest.fixture(autouse=True)
def today(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def soon(world: World, at: datetime, **changes: Any) -> Activity:
    """An activity that begins in ten minutes: a session does not last until next week."""
    return acts.published(world, at, starts_at=at + timedelta(minutes=10), **changes)


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def scan_address(occasion: Occasion, at: datetime) -> str:
    code = checkins.code_of(occasion.secret, checkins.slot_of(at))
    return reverse("activities:checkin-scan", args=[occasion.pk, code])


def page(occasion: Occasion) -> str:
    return reverse("activities:checkin-page", args=[occasion.pk])


def test_a_scan_before_the_sign_in_counts_after_it(world: World, at: datetime) -> None:
    occasion = acts.first_occasion(soon(world, at))
    [student] = acts.crowd(world, 1)
    client, start = Client(), occasion.starts_at
    with time_machine.travel(start, tick=False):
        assert client.get(scan_address(occasion, start))["Location"] == page(occasion)
        assert client.get(page(occasion))["Location"].startswith(reverse("account_login"))
        assert not Presence.objects.exists()
    with time_machine.travel(start + timedelta(minutes=3), tick=False):
        client.force_login(student.user)
        assert "I am here" in client.get(page(occasion), headers={"Accept-Language": "en"}).content.decode()
        assert client.post(page(occasion)).status_code == 302
    presence = Presence.objects.get()
    assert (presence.at, presence.source, presence.is_walk_in) == (start, "scan", True)


def test_a_ticket_of_one_door_opens_no_other_and_ends(world: World, at: datetime) -> None:
    activity = soon(world, at, count=2)
    first, second = activity.occasions.select_related("activity")
    [student] = acts.crowd(world, 1)
    client, start = browser_of(student.user), first.starts_at
    with time_machine.travel(start, tick=False):
        client.get(scan_address(first, start))
        assert client.post(page(second)).status_code == 422
    with time_machine.travel(start + timedelta(minutes=6), tick=False):
        assert client.post(page(first)).status_code == 422
    assert not Presence.objects.exists()


def test_an_old_code_gives_no_ticket(world: World, at: datetime) -> None:
    occasion = acts.first_occasion(soon(world, at))
    client = browser_of(acts.crowd(world, 1)[0].user)
    with time_machine.travel(occasion.starts_at, tick=False):
        answer = client.get(scan_address(occasion, occasion.starts_at - timedelta(minutes=2)), follow=True)
    assert "checkin_ticket" not in client.cookies
    assert answer.status_code == 200


def test_six_digits_check_in_and_wrong_ones_do_not(world: World, at: datetime) -> None:
    occasion = acts.first_occasion(soon(world, at))
    client = browser_of(acts.crowd(world, 1)[0].user)
    with time_machine.travel(occasion.starts_at, tick=False):
        digits = checkins.digits_of(occasion.secret, checkins.slot_of(occasion.starts_at))
        wrong = "000000" if digits != "000000" else "111111"
        assert client.post(page(occasion), {"digits": wrong}).status_code == 422
        assert client.post(page(occasion), {"digits": digits}).status_code == 302
    assert Presence.objects.get().source == "code"


def test_a_scan_tells_a_stranger_nothing(world: World, at: datetime) -> None:
    activity = soon(world, at, title="失恋团体", is_discreet=True)
    occasion = acts.first_occasion(activity)
    outsider = browser_of(acts.crowd(world, 1)[0].user)
    with time_machine.travel(occasion.starts_at, tick=False):
        assert "失恋" not in outsider.get(page(occasion)).content.decode()
        unknown = Client().get(reverse("activities:checkin-scan", args=[uuid4(), "X"]))
        known = Client().get(reverse("activities:checkin-scan", args=[occasion.pk, "X"]))
    assert unknown.status_code == known.status_code == 302


def test_the_screen_shows_a_code_that_works_and_no_script_of_its_own(world: World, at: datetime) -> None:
    activity = soon(world, at)
    occasion = acts.first_occasion(activity)
    client = browser_of(activity.planned_by)
    with time_machine.travel(occasion.starts_at, tick=False):
        body = client.get(reverse("activities:occasion-screen", args=[occasion.pk])).content.decode()
        part = client.get(reverse("activities:occasion-code", args=[occasion.pk])).content.decode()
    assert "data:image/svg+xml" in body
    assert "data:image/svg+xml" in part
    digits = re.findall(r"<strong>(\d{3}) (\d{3})</strong>", part)
    assert checkins.is_valid_digits(occasion.secret, "".join(digits[0]), occasion.starts_at)
    assert "style=" not in part


def batch(client: Client, occasion: Occasion, records: object) -> tuple[int, dict[str, object]]:
    address = reverse("activities:occasion-batch", args=[occasion.pk])
    answer = client.post(address, json.dumps({"records": records}), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_batch_of_forty_sent_thrice_is_forty_over_http(world: World, at: datetime) -> None:
    activity = soon(world, at)
    occasion = acts.first_occasion(activity)
    moment = occasion.starts_at.isoformat()
    records = [
        {"client_id": str(uuid4()), "student": str(student.pk), "at": moment} for student in acts.crowd(world, 40)
    ]
    client = browser_of(activity.planned_by)
    with time_machine.travel(occasion.starts_at, tick=False):
        answers = [batch(client, occasion, records) for _time in range(3)]
    assert [status for status, _body in answers] == [200, 200, 200]
    assert Presence.objects.count() == 40


@pytest.mark.parametrize(
    "records",
    [None, "x", [1], [{}], [{"client_id": "1", "student": "2", "at": "3"}], [{"client_id": 1, "student": 2, "at": 3}]],
)
def test_a_batch_that_cannot_be_read_is_told_in_words(world: World, at: datetime, records: object) -> None:
    activity = soon(world, at)
    status, body = batch(browser_of(activity.planned_by), acts.first_occasion(activity), records)
    assert (status, list(body)) == (422, ["error"])


def test_walk_ins_keep_what_was_typed(world: World, at: datetime) -> None:
    activity = soon(world, at)
    occasion = acts.first_occasion(activity)
    address = reverse("activities:occasion-walk-in", args=[occasion.pk])
    numbers = "\n".join(str(number) for number in range(201))
    with time_machine.travel(occasion.starts_at, tick=False):
        answer = browser_of(activity.planned_by).post(address, {"numbers": numbers})
    assert answer.status_code == 422
    assert "200" in answer.content.decode()


def test_somebody_is_noted_by_hand_from_the_list(world: World, at: datetime) -> None:
    activity = soon(world, at)
    occasion = acts.first_occasion(activity)
    [student] = acts.crowd(world, 1)
    acts.enrolled(activity, [student], at)
    client = browser_of(activity.planned_by)
    with time_machine.travel(occasion.starts_at, tick=False):
        client.post(reverse("activities:occasion-hand", args=[occasion.pk]), {"student": student.pk})
        body = client.get(reverse("activities:occasion-list", args=[occasion.pk])).content.decode()
    assert Presence.objects.get().source == "hand"
    assert student.name in body


def discreet_with(world: World, at: datetime, count: int) -> tuple[str, list[Student]]:
    activity = soon(world, at, title="失恋团体", is_discreet=True)
    students = acts.crowd(world, count)
    occasion = acts.first_occasion(activity)
    for student in students:
        Presence.objects.create(
            occasion=occasion, student=student, source="hand", at=occasion.starts_at, recorded_at=at,
            school_id=student.school_id, college_id=student.college_id, school_class_id=student.school_class_id,
        )  # fmt: skip
    return str(activity.pk), students


@pytest.mark.parametrize(("count", "shown"), [(8, "8"), (3, "")])
def test_case_17_a_coordinator_sees_figures_of_a_discreet_activity_alone(
    world: World, at: datetime, count: int, shown: str
) -> None:
    key, students = discreet_with(world, at, count)
    coordinator = browser_of(world.holder(Role.COLLEGE_COORDINATOR))
    board = coordinator.get(reverse("activities:activity-board"))
    [row] = board.context["discreet"]
    assert str(row.present) == (shown or "*")
    body = board.content.decode()
    assert "失恋" not in body
    assert not any(student.name in body for student in students)
    assert coordinator.get(reverse("activities:activity-run", args=[key])).status_code == 404
    center = browser_of(world.holder(Role.CENTER_DIRECTOR))
    roster = center.get(reverse("activities:activity-run", args=[key])).content.decode()
    assert all(student.name in roster for student in students)


def test_a_certificate_is_checked_by_a_stranger(world: World, at: datetime) -> None:
    activity = soon(world, at)
    [student] = acts.crowd(world, 1)
    occasion = acts.first_occasion(activity)
    with time_machine.travel(occasion.starts_at, tick=False):
        client = browser_of(activity.planned_by)
        client.post(reverse("activities:occasion-hand", args=[occasion.pk]), {"student": student.pk})
    credit_hours(activity=activity, by=activity.planned_by, at=activity.ends_at)
    own = browser_of(student.user)
    assert own.post(reverse("activities:certificate-start", args=[activity.pk])).status_code == 302
    row = print_certificate(activity=activity, student=student, by=student.user, at=activity.ends_at)
    proof = Client().get(reverse("activities:certificate-verify", args=[row.code])).content.decode()
    assert student.name not in proof
    assert student.name[0] + "*" in proof
    assert Client().get(reverse("activities:certificate-verify", args=["NOSUCHCODE22"])).status_code == 404
    pdf = own.get(reverse("activities:certificate-download", args=[row.pk]))
    assert pdf.content.startswith(b"%PDF")
