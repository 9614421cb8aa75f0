"""Many at once, over HTTP: places, draws and doors. Small in `make test`, whole in `make soak`."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import now
from pytest_django.live_server_helper import LiveServer

from activities.models import Activity, Enrolment, Occasion, Presence
from activities.rules import checkins
from activities.rules.activities import Admission
from network.models import Student, User
from tests.activities import acts
from tests.conftest import World
from tests.sizes import size

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("faults")]

CROWD = size(quick=40, full=1_000)
PLACES = size(quick=12, full=30)
DOOR = size(quick=30, full=600)
AT_ONCE = 16
# Any text of this length is a token, sent as cookie and as header.
TOKEN = "a" * 32
# Address, method, path, headers, body.
Job = tuple[str, str, str, dict[str, str], str]


@pytest.fixture
def address(live_server: LiveServer) -> Iterator[str]:
    yield live_server.url


def headers_of(user: User, **cookies: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    pairs = {"sessionid": client.cookies["sessionid"].value, "csrftoken": TOKEN, **cookies}
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in pairs.items()), "X-CSRFToken": TOKEN}


def ask(address: str, method: str, path: str, headers: dict[str, str], body: str = "") -> tuple[int, dict[str, str]]:
    line = HTTPConnection(urlsplit(address).netloc, timeout=120)
    kind = {"Content-Type": "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"}
    line.request(method, path, body or None, headers | kind)
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer.status, dict(answer.headers)


def at_once(jobs: list[Job]) -> Counter[int]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return Counter(status for status, _headers in pool.map(lambda job: ask(*job), jobs))


def enrolling(address: str, activity: Activity, students: list[Student]) -> list[Job]:
    path = reverse("activities:activity-enroll", args=[activity.pk])
    return [(address, "POST", path, headers_of(student.user), "") for student in students]


def test_a_thousand_clients_for_thirty_places(world: World, address: str) -> None:
    activity = acts.published(world, now(), capacity=PLACES)
    jobs = enrolling(address, activity, acts.crowd(world, CROWD))
    assert at_once(jobs) == {302: CROWD}
    assert acts.states(activity) == {"in": PLACES, "waiting": CROWD - PLACES}
    rows = list(Enrolment.objects.filter(activity=activity).order_by("queue_no"))
    assert [row.queue_no for row in rows] == list(range(1, CROWD + 1))
    assert {row.state for row in rows[:PLACES]} == {"in"}


def test_a_thousand_clients_in_the_draw(world: World, address: str) -> None:
    activity = acts.published(world, now(), capacity=PLACES, admission=Admission.DRAW)
    assert at_once(enrolling(address, activity, acts.crowd(world, CROWD))) == {302: CROWD}
    assert acts.states(activity) == {"waiting": CROWD}


def test_places_that_are_given_up_and_taken_at_once_are_never_given_twice(world: World, address: str) -> None:
    activity = acts.published(world, now(), capacity=5)
    students = acts.crowd(world, 20)
    rows = acts.enrolled(activity, students[:10], now())
    cancels = [
        (address, "POST", reverse("activities:enrolment-cancel", args=[row.pk]), headers_of(row.student.user), "")
        for row in rows[:5]
    ]
    at_once([*cancels, *enrolling(address, activity, students[10:])])
    assert acts.states(activity) == {"in": 5, "waiting": 10, "cancelled": 5}
    # Whoever waited before the newcomers is in.
    assert {row.state for row in Enrolment.objects.filter(pk__in=[row.pk for row in rows[5:]])} == {"in"}


def door(world: World) -> Occasion:
    """An occasion that begins now."""
    at = now()
    activity = acts.published(world, at - timedelta(days=3), starts_at=at + timedelta(minutes=5))
    return acts.first_occasion(activity)


def test_six_hundred_check_in_each_once(world: World, address: str) -> None:
    occasion = door(world)
    students = acts.crowd(world, DOOR)
    page = reverse("activities:checkin-page", args=[occasion.pk])
    digits = checkins.digits_of(occasion.secret, checkins.slot_of(now()))
    jobs = []
    for student in students:
        headers = headers_of(student.user)
        code = checkins.code_of(occasion.secret, checkins.slot_of(now()))
        scan = reverse("activities:checkin-scan", args=[occasion.pk, code])
        _status, answer = ask(address, "GET", scan, headers)
        ticket = answer["Set-Cookie"].partition(";")[0]
        headers["Cookie"] += f"; {ticket}" if ticket.startswith("checkin_ticket") else ""
        jobs += [(address, "POST", page, headers, urlencode({"digits": digits}))] * 2
    counts = at_once(jobs)
    assert set(counts) <= {302, 422}
    assert Presence.objects.filter(occasion=occasion).count() == DOOR


def test_a_batch_that_arrives_thrice_at_once_counts_once(world: World, address: str) -> None:
    occasion = door(world)
    records = [
        {"client_id": str(uuid4()), "student": str(student.pk), "at": now().isoformat()}
        for student in acts.crowd(world, 40)
    ]
    path = reverse("activities:occasion-batch", args=[occasion.pk])
    headers = headers_of(occasion.activity.planned_by)
    counts = at_once([(address, "POST", path, headers, json.dumps({"records": records}))] * 3)
    assert counts == {200: 3}
    assert Presence.objects.count() == 40
