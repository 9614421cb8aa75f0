"""Every route, walked by people who must not see what it shows, and by people who may; looking changes nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from crisis.models import Alarm, SpecialPeriod
from crisis.rules import AlertLevel
from crisis.services.asking import give_task
from crisis.services.cases import Opening, open_case
from crisis.services.climbing import climb_alarms
from crisis.services.reports import file_report
from crisis.services.settings import add_shift, set_special_period
from network.models import Post, RosterImport, User
from network.rules import Role
from portal.kernel import notices
from portal.kernel.models import Job, Notice
from reporting.models import Cycle
from reporting.rules.weather import Status
from reporting.services import LineEntry, file_dorm_report
from tests.conftest import World
from tests.factories import PASSWORD

OPEN = {"account_login", "account_inactive", "healthz", "healthz_alarms", "set_language"}
# Looking at these is itself an act that leaves a trace.
TRACES = {"kernel.AuditEvent", "sessions.Session"}


def patterns(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{namespace}{one.namespace}:" if one.namespace else namespace)
        else:
            yield f"{namespace}{one.name}", one


ROUTES = dict(patterns(get_resolver()))
WITH_ARGUMENTS = sorted(name for name, one in ROUTES.items() if one.pattern.regex.groups)
WITHOUT_ARGUMENTS = sorted(name for name, one in ROUTES.items() if not one.pattern.regex.groups)


@pytest.fixture
def examples(world: World, cycle: Cycle, at: datetime) -> dict[str, dict[str, Any]]:
    """What stands behind each noun of a route's name."""
    report = world.report(cycle, world.own)
    thunder, *others = world.students["own"]
    entries = [
        LineEntry(thunder.pk, Status.THUNDER, observation="说要告别"),
        *(LineEntry(one.pk, Status.CLEAR) for one in others),
    ]
    head = world.holder(Role.DORM_HEAD)
    file_dorm_report(report=report, entries=entries, all_well=False, revision=0, client_id=uuid4(), by=head, at=at)
    director = world.holder(Role.CENTER_DIRECTOR)
    notices.post(to=director, kind="test", title="A notice", params={}, at=at)
    job = Job.objects.create(name="x", by=director, created_at=at, heartbeat_at=at)
    roster = RosterImport.objects.create(school=world.school, file_name="a.xlsx", uploaded_by=director, uploaded_at=at)
    found = {
        "unit": {"pk": world.own.pk},
        "student": {"pk": thunder.pk},
        "post": {"pk": Post.objects.get(holder=head).pk},
        "import": {"pk": roster.pk},
        "slip": {"pk": world.it1.pk},
        "password": {"pk": head.pk},
        "vacancy": {"pk": world.it1.pk},
        "report": {"pk": report.pk},
        "dorm": {"pk": report.pk},
        "class": {"pk": world.report(cycle, world.it1).pk},
        "college": {"pk": world.report(cycle, world.it).pk},
        "thunder": {"pk": report.pk, "student": thunder.pk},
        "alarm": {"pk": Alarm.objects.get().pk},
        "notice": {"pk": Notice.objects.filter(recipient=director).first().pk},
        "job": {"pk": job.pk},
    }
    found |= watchlist(world, thunder, director, at)
    return found | {"export": {"pk": uuid4()}, "api:unit": {"code": world.own.code}}


def watchlist(world: World, student: Any, director: User, at: datetime) -> dict[str, dict[str, Any]]:
    """A case with all that hangs on it, and a clock that ticks."""
    climb_alarms(at=at)
    opening = Opening(AlertLevel.YELLOW, 2, "…", director)
    case = open_case(student=student, opening=opening, by=director, at=at)
    said = {"risk": "…", "next_step": "…"}
    report = file_report(report=case.reports.get(), content=said, by=director, at=at)
    adviser = world.holder(Role.CLASS_ADVISER)
    task = give_task(case=case, assignee=adviser, text="…", due_on=at.date(), by=director, at=at)
    till = at + timedelta(hours=8)
    shift = add_shift(school=world.school, officer=director, starts_at=at, ends_at=till, phone="", by=director, at=at)
    kind, day = SpecialPeriod.Kind.EXAMS, at.date()
    period = set_special_period(school=world.school, kind=kind, starts_on=day, ends_on=day, by=director, at=at)
    return {
        "case": {"pk": case.pk, "member": case.members.first().pk, "report": report.pk},
        "task": {"pk": task.pk},
        "shift": {"pk": shift.pk},
        "period": {"pk": period.pk},
    }


def address(name: str, examples: dict[str, dict[str, Any]]) -> tuple[str, str]:
    """The route's address for the example row, and for a row that does not exist."""
    noun = name if name.startswith("api:") else name.rsplit(":", 1)[-1]
    key = noun.rsplit("-", 1)[0] if noun.startswith("api:") else noun.split("-")[0].split("_")[0]
    wanted = {argument: examples[key][argument] for argument in ROUTES[name].pattern.converters or {"code": 0}}
    absent = {
        one: uuid4() if hasattr(value, "hex") and not isinstance(value, int) else "999999"
        for one, value in wanted.items()
    }
    return reverse(name, kwargs=wanted), reverse(name, kwargs=absent)


def knock(client: Client, path: str) -> Any:
    """GET where the route allows it, POST otherwise."""
    answer = client.get(path)
    return client.post(path) if answer.status_code == 405 else answer


@pytest.mark.parametrize("name", sorted(set(ROUTES) - OPEN))
def test_a_stranger_is_asked_to_sign_in(name: str, client: Client, examples: dict[str, dict[str, Any]]) -> None:
    path = address(name, examples)[0] if name in WITH_ARGUMENTS else reverse(name)
    answer = knock(client, path)
    asked = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    assert asked or answer.status_code == 403, f"{name} answered {answer.status_code}"


@pytest.mark.parametrize("name", WITH_ARGUMENTS)
def test_what_is_out_of_sight_is_not_there(name: str, world: World, examples: dict[str, dict[str, Any]]) -> None:
    path, absent = address(name, examples)
    director_elsewhere = Post.objects.get(unit=world.other, role=Role.CENTER_DIRECTOR).holder
    for stranger in (director_elsewhere, world.outsider):
        client = Client()
        client.force_login(stranger)
        answer, nothing = knock(client, path), knock(client, absent)
        assert (answer.status_code, nothing.status_code) == (404, 404), f"{name} for {stranger}"
        assert without_names(answer.content, path) == without_names(nothing.content, absent), name


def without_names(body: bytes, path: str) -> bytes:
    """Two answers are the same but for their own address, their nonce and their token."""
    lines = body.replace(path.encode(), b"").splitlines()
    return b"\n".join(line for line in lines if b"nonce" not in line and b"csrf" not in line)


def snapshot() -> dict[str, Any]:
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models()
        if model._meta.label not in TRACES
    }


@pytest.mark.parametrize("role", list(Role))
def test_looking_changes_nothing_and_never_fails(role: Role, world: World, examples: dict[str, dict[str, Any]]) -> None:
    client = Client()
    client.force_login(world.holder(role))
    client.get(reverse("home"))
    before = snapshot()
    for name in sorted(set(ROUTES) - {"account_logout"}):
        path = address(name, examples)[0] if name in WITH_ARGUMENTS else reverse(name)
        assert client.get(path).status_code in {200, 302, 403, 404, 405}, name
    assert snapshot() == before


def test_a_first_sign_in_leads_to_the_password_and_nowhere_else(client: Client, world: World) -> None:
    user = world.holder(Role.CENTER_DIRECTOR)
    User.objects.filter(pk=user.pk).update(
        must_change_password=True, password=make_password(PASSWORD, hasher="first_code")
    )
    client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
    for name in ("home", "network:unit-list", "reporting:month-board", "api:unit-list"):
        assert client.get(reverse(name))["Location"] == reverse("account_change_password")
    fresh = {"oldpassword": PASSWORD, "password1": "blue-harbour-7", "password2": "blue-harbour-7"}
    assert client.post(reverse("account_change_password"), fresh).status_code == 302
    assert client.get(reverse("home")).status_code == 200


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
