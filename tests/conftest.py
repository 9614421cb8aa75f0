"""The world that tests walk in: one school with one holder per post, another school, and an outsider."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from hypothesis import HealthCheck, settings
from playwright.sync_api import Browser, sync_playwright

from kernel import cache, jobs
from kernel.outages import Outage
from kernel.periods import TZ, Month
from network.models import Student, Unit, User
from network.rules import Level, Role
from network.services import appoint_many
from reporting.models import Cycle, Report
from reporting.services import open_cycle
from screening.services.scales.instruments import instrument_of
from tests import factories, snapshots
from tests.append_only import unguarded_flush
from tests.databases import django_db_setup
from tests.shares import pytest_collection_modifyitems, pytest_configure

__all__ = ["django_db_setup", "pytest_collection_modifyitems", "pytest_configure", "unguarded_flush"]

# How long an example takes says more about the machine than about the code.
settings.register_profile("portal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("portal")

BROWSERS = ("/usr/bin/chromium", "/usr/bin/google-chrome", "/usr/bin/chromium-browser")
SCHOOL_ROLES = (
    Role.LEADING_GROUP,
    Role.SCHOOL_LEADER,
    Role.CENTER_DIRECTOR,
    Role.FULL_TIME_COUNSELOR,
    Role.PART_TIME_COUNSELOR,
    Role.STUDENT_UNION_OFFICER,
    Role.AUDITOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
)
COLLEGE_ROLES = (Role.DEPUTY_SECRETARY, Role.COLLEGE_COORDINATOR, Role.COLLEGE_UNION_OFFICER)
STAFF_OF_A_CLASS = (Role.FUDAOYUAN, Role.CLASS_ADVISER)


@dataclass
class World:
    """School MD: college `it` with classes `it1`, `it2`, college `arts` with class `arts1`; room `own` houses four of
    it1, `shared` two of it1 and one of arts1 (home class it1), `far` three of it2, `away` three of arts1; `roomless` is
    of it2. School OT: one of everything, under `other`."""

    at: datetime
    school: Unit
    it: Unit
    arts: Unit
    it1: Unit
    it2: Unit
    arts1: Unit
    own: Unit
    shared: Unit
    far: Unit
    away: Unit
    students: dict[str, list[Student]]
    people: dict[tuple[Role, int], User] = field(default_factory=dict)
    other: Unit | None = None
    outsider: User | None = None

    @property
    def roomless(self) -> Student:
        return self.students["roomless"][0]

    def holder(self, role: Role, unit: Unit | None = None) -> User:
        """Who holds the role: at the unit, or at the first one of its level (it, it1, own)."""
        first = {Level.SCHOOL: self.school, Level.COLLEGE: self.it, Level.CLASS: self.it1, Level.DORM: self.own}
        chosen = unit or next(place for place in first.values() if (role, place.pk) in self.people)
        return self.people[role, chosen.pk]

    def report(self, cycle: Cycle, unit: Unit) -> Report:
        return Report.objects.current().get(cycle=cycle, unit=unit)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # The browser's loop must not make Django believe that it runs inside one.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    found = next((path for path in BROWSERS if Path(path).exists()), None)
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=found, args=flags)


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """What a process keeps of published scales is forgotten: the next test's rows may have the same keys."""
    instrument_of.cache_clear()
    caches["pages"].clear()


@pytest.fixture
def at() -> datetime:
    return datetime(2026, 11, 10, 9, 0, tzinfo=TZ)


@pytest.fixture
def november(at: datetime) -> Iterator[datetime]:
    """The clock stands at `at`."""
    with time_machine.travel(at, tick=False):
        yield at


@pytest.fixture
def world(db: None) -> World:
    return snapshots.again(build_world)


def build_world() -> World:
    start = datetime(2026, 9, 1, 9, 0, tzinfo=TZ)
    on = start.date()
    school = factories.make_school(at=start)
    it, arts = (factories.make_college(school, name, at=start) for name in ("信息学院", "文学院"))
    it1, it2, arts1 = (
        factories.make_class(college, name, at=start)
        for college, name in ((it, "计科2601班"), (it, "计科2602班"), (arts, "中文2601班"))
    )
    own, shared, far, away = (
        factories.make_dorm(home, room, at=start)
        for home, room in ((it1, "101"), (it1, "102"), (it2, "103"), (arts1, "104"))
    )
    students = {
        "own": factories.make_students(it1, 4, on=on, dorm=own),
        "shared": [
            *factories.make_students(it1, 2, on=on, dorm=shared),
            *factories.make_students(arts1, 1, on=on, dorm=shared),
        ],
        "far": factories.make_students(it2, 3, on=on, dorm=far),
        "away": factories.make_students(arts1, 3, on=on, dorm=away),
        "roomless": factories.make_students(it2, 1, on=on),
    }
    world = World(start, school, it, arts, it1, it2, arts1, own, shared, far, away, students)
    _fill_posts(world, start)
    world.other = factories.make_school(at=start, code="OT", name="别的大学")
    far_class = factories.make_class(world.other, "别班", at=start)
    far_dorm = factories.make_dorm(far_class, "999", at=start)
    factories.make_students(far_class, 2, on=on, dorm=far_dorm)
    factories.give_post(world.other, Role.CENTER_DIRECTOR, at=start)
    world.outsider = factories.make_user("外人", school=school)
    return world


def _fill_posts(world: World, at: datetime) -> None:
    places: list[tuple[Unit, tuple[Role, ...]]] = [
        (world.school, SCHOOL_ROLES),
        (world.it, COLLEGE_ROLES),
        (world.arts, COLLEGE_ROLES),
        *((klass, STAFF_OF_A_CLASS) for klass in (world.it1, world.it2, world.arts1)),
    ]
    peers = [
        (Role.DORM_HEAD, world.own, "own", 0),
        (Role.CLASS_COMMITTEE_MEMBER, world.it1, "own", 1),
        (Role.DORM_HEAD, world.shared, "shared", 0),
        (Role.DORM_HEAD, world.far, "far", 0),
        (Role.CLASS_COMMITTEE_MEMBER, world.it2, "far", 1),
        (Role.DORM_HEAD, world.away, "away", 0),
        (Role.CLASS_COMMITTEE_MEMBER, world.arts1, "away", 1),
    ]
    staff = [
        (factories.make_user(f"{role.value}@{unit.code}", school=world.school), unit, role)
        for unit, roles in places
        for role in roles
    ]
    students = [(world.students[room][index].user, unit, role) for role, unit, room, index in peers]
    for post in appoint_many(appointments=[*staff, *students], by=None, at=at):
        world.people[Role(post.role), post.unit_id] = post.holder


@pytest.fixture
def cycle(world: World) -> Cycle:
    """November 2026, opened on its first morning."""
    opened = datetime(2026, 11, 1, 8, 0, tzinfo=TZ)
    return open_cycle(school=world.school, month=Month(2026, 11), by=None, at=opened)


@pytest.fixture
def login(client: Client) -> Callable[[User], Client]:
    """Sign somebody in; the password page is tested apart."""

    def sign_in(user: User) -> Client:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def at_once(settings: Any) -> None:
    """Jobs run where they are enqueued, with or without a broker."""
    settings.CELERY_TASK_ALWAYS_EAGER = True


@pytest.fixture(autouse=True)
def servers_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test's silent broker taught this process is no matter of the next."""
    monkeypatch.setattr(jobs, "_outage", Outage())
    monkeypatch.setattr(cache, "_outage", Outage())


@pytest.fixture(autouse=True)
def no_second_factor(settings: Any) -> None:
    """The second factor is tested where it is asked for, which then sets it to "required"."""
    settings.SECOND_FACTOR = "off"


@pytest.fixture(autouse=True)
def english(settings: object) -> None:
    """Tests read message ids; the Chinese screens are looked at in the journeys."""
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
