"""Every read of personal data is recorded, or no data leaves."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import cycle as over_and_over

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from crisis.services import raise_alarm
from kernel.models import AuditEvent
from network.models import Post, User
from network.rules import Role
from network.rules.access_log import Sealed
from network.services import break_glass, relieve
from reporting.models import Cycle
from reporting.services.exports import keep_export
from tests.conftest import World
from tests.reporting.months import file_room
from tests.sizes import size

Login = Callable[[User], Client]
READS = size(quick=64, full=5000)
BLOCKED = size(quick=32, full=100)
TABLE = "kernel_auditevent"
BLOCK = {
    "sqlite": [f"CREATE TRIGGER audit_blocked BEFORE INSERT ON {TABLE} BEGIN SELECT RAISE(ABORT, 'blocked'); END"],
    "postgresql": [
        "CREATE FUNCTION audit_blocked() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'blocked'; END $$",
        f"CREATE TRIGGER audit_blocked BEFORE INSERT ON {TABLE} FOR EACH ROW EXECUTE FUNCTION audit_blocked()",
    ],
}

UNBLOCK = {
    "sqlite": ["DROP TRIGGER audit_blocked"],
    "postgresql": [f"DROP TRIGGER audit_blocked ON {TABLE}", "DROP FUNCTION audit_blocked"],
}


@pytest.fixture
def pages(world: World, cycle: Cycle, at: datetime) -> list[str]:
    """Every page that shows students to a center director, with something to show."""
    file_room(world, cycle, "own", [1, 1, 2, 4], signs=3)
    student, director = world.students["own"][2], world.holder(Role.CENTER_DIRECTOR)
    head = world.holder(Role.DORM_HEAD)
    alarm = raise_alarm(
        student=student, source=Alarm.Source.THUNDER_LINE, source_key="1", evidence="说要告别", by=head, at=at
    )
    reason = "家长来电说孩子失联，需要知道室友看到了什么"
    break_glass(student=student, kind=Sealed.DORM_LINES, reason=reason, is_emergency=False, by=director, at=at)
    relieve(post=Post.objects.get(unit=world.far, role=Role.DORM_HEAD), by=None, at=at)
    export = keep_export(unit=world.school, month=cycle.period, by=director, at=at)
    file = [
        reverse(route, args=[student.pk])
        for route in ("network:student-detail", "reporting:student-lines", "crisis:student-section",
                      "network:student-delay")
    ]  # fmt: skip
    return [
        *file,
        reverse("home"),
        reverse("crisis:alarm-detail", args=[alarm.pk]),
        reverse("crisis:alarm-list"),
        reverse("network:student-list"),
        reverse("network:unit-detail", args=[world.own.pk]),
        reverse("network:post-list"),
        reverse("network:post-appoint", args=[world.it.pk]),
        reverse("network:vacancy-list"),
        reverse("reporting:report-detail", args=[world.report(cycle, world.own).pk]),
        reverse("reporting:report-detail", args=[world.report(cycle, world.it1).pk]),
        f"{reverse('reporting:line-list')}?unit={world.it1.code}&month=2026-11",
        reverse("reporting:export-download", args=[export.pk]),
    ]


@pytest.fixture
def director(world: World, login: Login) -> Client:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    browser.raise_request_exception = False
    return browser


@pytest.fixture
def blocked(pages: list[str]) -> Iterator[None]:
    execute(BLOCK[connection.vendor])
    try:
        yield
    finally:
        execute(UNBLOCK[connection.vendor])


def execute(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def personal(world: World) -> list[str]:
    return [
        word
        for student in [one for room in world.students.values() for one in room]
        for word in (student.name, student.number, student.guardian_name)
    ]


@pytest.mark.usefixtures("november")
def test_every_read_is_one_entry(world: World, pages: list[str], director: Client) -> None:
    assert len(pages) < READS
    before = AuditEvent.objects.count()
    # Every page, and the quickest part of the student file most often: the count is what matters.
    quickest = next(page for page in pages if page.endswith("/crisis/"))
    round_trip = [*((page, {}) for page in pages), *[(quickest, {"HX-Request": "true"})] * 600]
    for read, (page, headers) in zip(range(READS), over_and_over(round_trip), strict=False):
        assert director.get(page, headers=headers).status_code == 200, (read, page)
    assert AuditEvent.objects.count() - before == READS


# Each request in transactions of its own, as in life: one refusal must not be the reason of the next.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("november", "blocked")
def test_reads_that_cannot_be_recorded_send_nothing(
    world: World, pages: list[str], director: Client, at: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    assert len(pages) < BLOCKED
    for read, page in zip(range(BLOCKED), over_and_over(pages), strict=False):
        answer = director.get(page)
        assert answer.status_code == 500, (read, page)
        assert "blocked" in str(answer.exc_info[1]), page
        sent = b"".join(answer) if answer.streaming else answer.content
        assert not [word for word in personal(world) if word.encode() in sent], page
