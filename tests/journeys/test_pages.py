"""Every page as those see it who may: clean for screen readers, in Chinese and in English, at three widths."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from crisis.models import Alarm
from kernel.models import Job
from network.models import DataRequest, Post, RosterImport, Unit, User
from network.rules import Role
from network.rules.consent_drafts import DRAFTS
from network.rules.consents import Purpose
from network.services import give_consent, make_request, place_hold, publish_text
from network.services.rosters import compare_import, upload_roster
from reporting.models import Calendar, Cycle, SummaryExport
from reporting.services import ClassEntry, roll_up
from reporting.services.publishing import publish
from tests.architecture.walking import ALL_ROUTES
from tests.conftest import World
from tests.journeys.conftest import AXE, DESK, GRAVE, HAND, NARROW, overflow
from tests.network import roster_files
from tests.reporting.months import EARLY, LATE, file_class, file_college, file_room
from tests.sizes import IS_SOAK

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

# A new width reaches styles, sticky parts and charts frame by frame; what is too wide after a second stays so.
SETTLED = """(width) => new Promise((done) => {
  const root = document.documentElement;
  let frames = 0;
  const look = () => {
    const fits = innerWidth === width && root.scrollWidth <= root.clientWidth;
    if (fits || (frames += 1) > 60) done();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
# Where axe looks and a picture is taken; that a page fits is measured at every width.
LOOKED_AT = {"zh-CN": HAND, "en-GB": DESK}
MONTH = "2026-11"
# The address, who looks at it (a role, its unit), and what the server answers.
Visit = tuple[str, User | None, str, int]


@pytest.fixture
def month(world: World, cycle: Cycle) -> Cycle:
    """November with every weather: one college at work, the other one filed; a room and a class still owe theirs."""
    Calendar.objects.update_or_create(school=world.school, defaults={"duty_phone": "0551-0000 0000"})
    file_room(world, cycle, "own", [1, 2, 3, 5], signs=3)
    file_room(world, cycle, "shared", [1, 1, 4], signs=1)
    file_class(world, cycle, "it1", entry=ClassEntry(mood_index=4, topics=3, activity="睡个好觉"))
    file_room(world, cycle, "away", [1, 1, 1])
    file_class(world, cycle, "arts1")
    file_college(world, cycle, "arts", narrative="本月总体平稳。")
    roll_up(cycle=cycle, at=LATE)
    publish(cycle=cycle, at=LATE)
    return cycle


@pytest.fixture
def visits(world: World, month: Cycle, at: datetime) -> list[Visit]:
    return [
        *without_arguments(world),
        *reports(world, month),
        *network(world),
        *work(world, at),
        *privacy(world, at),
        *refused(world),
    ]


def without_arguments(world: World) -> Iterator[Visit]:
    clients = {world.holder(role): Client() for role in Role}
    for user, client in clients.items():
        client.force_login(user)
    for name in (name for name, route in ALL_ROUTES.items() if not route.arguments):
        path = reverse(name)
        viewer = None if name == "account_login" else first_who_may(clients, path)
        if name != "home" and (viewer is not None or name == "account_login"):
            yield name, viewer, path, 200
    for role in Role:
        yield f"home-{role}", world.holder(role), reverse("home"), 200


def first_who_may(clients: dict[User, Client], path: str) -> User | None:
    """The first to whom the address shows a page; nobody for downloads, posts, parts of pages and the interface for
    programs."""
    for user, client in clients.items():
        answer = client.get(path)
        if answer.status_code == 405:
            return None
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            return user if b"<html" in answer.content else None
    return None


def reports(world: World, cycle: Cycle) -> Iterator[Visit]:
    def page(unit: Unit, role: Role, home: Unit | None = None, tail: str = "") -> Visit:
        address = reverse("reporting:report-detail", args=[world.report(cycle, unit).pk])
        return f"report-{unit.level}-{role}{tail.strip('/')}", world.holder(role, home or unit), address + tail, 200

    yield page(world.far, Role.DORM_HEAD)
    yield page(world.far, Role.DORM_HEAD, tail="thunder/")
    yield page(world.own, Role.DORM_HEAD)
    yield page(world.own, Role.DORM_HEAD, tail="?change")
    yield page(world.own, Role.DORM_HEAD, tail="done/")
    yield page(world.own, Role.FUDAOYUAN, world.it1)
    yield page(world.it2, Role.CLASS_COMMITTEE_MEMBER)
    yield page(world.it1, Role.CLASS_COMMITTEE_MEMBER, tail="done/")
    yield page(world.it1, Role.FUDAOYUAN)
    yield page(world.it1, Role.CLASS_ADVISER)
    yield page(world.it, Role.COLLEGE_COORDINATOR)
    yield page(world.arts, Role.CENTER_DIRECTOR, world.school)
    director, fudaoyuan = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.FUDAOYUAN)
    yield "board", director, f"/reports/month/?month={MONTH}&level=class", 200
    yield "board-waiting", fudaoyuan, f"/reports/month/?month={MONTH}&show=waiting", 200
    yield "lines", director, f"/reports/summary/lines/?month={MONTH}&unit={world.school.code}", 200
    for unit, viewer in (
        (world.school, world.holder(Role.SCHOOL_LEADER)),
        (world.it, world.holder(Role.DEPUTY_SECRETARY)),
        (world.it1, fudaoyuan),
    ):
        yield f"summary-{unit.level}", viewer, f"/reports/summary/?month={MONTH}&unit={unit.code}", 200
    yield "summary-lines-open", director, f"/reports/summary/?month={MONTH}&unit={world.school.code}", 200


def network(world: World) -> Iterator[Visit]:
    director, fudaoyuan = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.FUDAOYUAN)
    for unit in (world.school, world.it, world.it1, world.own):
        yield f"unit-{unit.level}", director, reverse("network:unit-detail", args=[unit.pk]), 200
    yield "appoint-staff", director, reverse("network:post-appoint", args=[world.it.pk]), 200
    yield "appoint-peer", fudaoyuan, reverse("network:post-appoint", args=[world.own.pk]), 200
    yield "student", director, reverse("network:student-detail", args=[world.students["own"][0].pk]), 200
    security = world.holder(Role.SECURITY_ADMINISTRATOR)
    yield "admit", security, reverse("network:colleague-admit", args=[world.school.pk]), 200
    yield "access-table", security, reverse("access-table"), 200
    Post.objects.filter(unit=world.shared).delete()
    yield "vacancy-fill", fudaoyuan, reverse("network:vacancy-fill"), 200


def work(world: World, at: datetime) -> Iterator[Visit]:
    director = world.holder(Role.CENTER_DIRECTOR)
    alarm = Alarm.objects.first()
    assert alarm is not None
    yield "alarm", director, reverse("crisis:alarm-detail", args=[alarm.pk]), 200
    rows = [*roster_files.students(), roster_files.student(30, 姓名="")]
    content = roster_files.workbook({"学生名册": rows, "教职工": roster_files.staff()})
    roster = upload_roster(
        school=world.school, file_name="名册.xlsx", content=content, is_partial=False, by=director, at=at
    )
    compare_import(pk=roster.pk, at=at)
    for tab in ("errors", "new", "left"):
        yield f"import-{tab}", director, f"{roster.get_absolute_url()}?tab={tab}", 200
    roster.refresh_from_db()
    applied = RosterImport.objects.create(
        school=world.school,
        file_name="旧名册.xlsx",
        state=RosterImport.State.APPLIED,
        outcome=roster.outcome,
        uploaded_at=at,
        applied_at=at,
    )
    yield "import-outcome", director, applied.get_absolute_url(), 200
    given = {"name": "x", "by": director, "created_at": at, "heartbeat_at": at}
    ways: list[dict[str, Any]] = [
        {"state": "queued"},
        {"state": "done", "finished_at": at, "result_link": "/"},
        {"state": "failed", "finished_at": at},
    ]
    for way in ways:
        job = Job.objects.create(**given, **way)
        yield f"job-{job.state}", director, reverse("job-detail", args=[job.pk]), 200
    SummaryExport.objects.create(
        unit=world.school, month=EARLY.date().replace(day=1), made_by=director, made_at=at, size=90_000, sha256="0" * 64
    )


def privacy(world: World, at: datetime) -> Iterator[Visit]:
    director, student = world.holder(Role.CENTER_DIRECTOR), world.roomless
    for purpose, draft in DRAFTS.items():
        publish_text(school=world.school, purpose=purpose, wording=draft, asks_again=False, by=None, at=at)
    give_consent(student=student, purpose=Purpose.SCREENING, version=1, by=student.user, at=at)
    place_hold(student=student, reason="复议", ends_on=localdate(at) + timedelta(days=900), by=director, at=at)
    for kind in DataRequest.Kind:
        asked = make_request(student=student, kind=kind, words="请看一下", by=student.user, at=at)
        yield f"request-{kind.value}", director, asked.get_absolute_url(), 200
        yield f"ask-{kind.value}", student.user, f"{reverse('network:request-make')}?kind={kind.value}", 200
    yield "text-write", director, f"{reverse('network:text-write')}?purpose=screening", 200
    yield "own-consents", student.user, reverse("network:consent-list"), 200
    yield "own-data", student.user, reverse("network:own-data"), 200


def refused(world: World) -> Iterator[Visit]:
    head = world.holder(Role.DORM_HEAD)
    yield "404", head, "/nowhere/", 404
    yield "404-stranger", None, "/nowhere/", 404
    yield "403", head, reverse("network:school-edit"), 403
    first = world.holder(Role.DORM_HEAD, world.away)
    User.objects.filter(pk=first.pk).update(must_change_password=True)
    yield "first-password", first, reverse("account_change_password"), 200


@pytest.mark.one_database
@pytest.mark.parametrize("language", LOOKED_AT)
def test_every_page_is_clean_and_stays_within_its_window(
    language: str,
    visits: list[Visit],
    browser: Browser,
    live_server: LiveServer,
    picture: Callable[[Page, str], None],
) -> None:
    context = browser.new_context(viewport=DESK, locale=language, base_url=live_server.url, reduced_motion="reduce")
    faults: list[str] = []
    sessions: dict[int, str] = {}
    # By this way a script is there in spite of the content security policy.
    context.add_init_script(AXE)
    page = context.new_page()
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    for name, viewer, path, status in walked_in(language, visits):
        before = len(faults)
        enter(context, live_server.url, viewer, sessions)
        answer = page.goto(path)
        found = [f"answers {answer.status if answer else 0}"] if not answer or answer.status != status else []
        if status != 200:
            # The browser itself notes every answer that is none.
            del faults[before:]
        found += look(page, name, language, picture)
        faults[before:] = [f"{name}: {fault}" for fault in faults[before:] + found]
    context.close()
    assert not faults, "\n".join(faults)


def walked_in(language: str, visits: list[Visit]) -> list[Visit]:
    """All pages in a soak; else each page in one of the languages, the same one in every run."""
    languages = list(LOOKED_AT)
    if IS_SOAK:
        return visits
    return [visit for visit in visits if languages[crc32(visit[0].encode()) % len(languages)] == language]


def enter(context: BrowserContext, url: str, viewer: User | None, sessions: dict[int, str]) -> None:
    context.clear_cookies()
    if viewer is None:
        return
    if viewer.pk not in sessions:
        client = Client()
        client.force_login(viewer)
        sessions[viewer.pk] = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": sessions[viewer.pk], "url": url}])


def look(page: Page, name: str, language: str, picture: Callable[[Page, str], None]) -> list[str]:
    """What is wrong with the page, at the widths of a desk and of two phones."""
    faults = [] if page.locator("h1").count() == 1 else [f"{page.locator('h1').count()} headings of the first rank"]
    for size in (DESK, HAND, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.evaluate(SETTLED, size["width"])
        if wider := overflow(page):
            faults.append(f"is {wider} px too wide at {size['width']}")
        if size is LOOKED_AT[language]:
            faults += [f"{fault} at {size['width']}" for fault in page.evaluate(GRAVE)]
            picture(page, f"{language[:2]}-{size['width']}-{name.replace(':', '-')}")
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return faults
