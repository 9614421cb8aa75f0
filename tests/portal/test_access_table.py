import json
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, re_path, reverse
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.routers import SimpleRouter
from rest_framework.viewsets import ViewSet

from network.access import declared, own, public, requires, third_party
from network.models import User
from network.models.labels import ABILITY_LABELS, ROLE_LABELS
from network.rules import Ability, Role
from portal import urls
from portal.access_table import Row, routes, table
from tests.conftest import World

Login = Callable[[User], Client]


def printed(*options: str) -> str:
    out = StringIO()
    call_command("access_table", *options, stdout=out)
    return out.getvalue()


def test_the_table_is_one_json_object_in_the_last_line() -> None:
    found = {row["name"]: row for row in json.loads(printed("--json").splitlines()[-1])["routes"]}
    students = found["network:student-detail"]
    assert (students["path"], students["methods"]) == ("/network/students/<uuid:pk>/", ["GET"])
    assert (students["door"], students["abilities"]) == ("ability", ["view_names", "view_roster"])
    assert students["roles"]["fudaoyuan"] == {"answer": "yes", "level": "class"}
    assert students["roles"]["auditor"] == {"answer": "no", "level": "school"}
    assert found["reporting:report-accept"]["roles"]["dorm_head"]["answer"] == "sees"
    assert found["home"]["roles"]["dorm_head"]["answer"] == "own"
    assert found["healthz"]["roles"]["dorm_head"]["answer"] == "yes"
    assert all(set(row["roles"]) == {role.value for role in Role} for row in found.values())
    assert "/api/units/<code>/" in {row["path"] for row in found.values()}
    assert found["account_login"]["methods"] == ["GET", "POST", "PUT"]


def test_the_table_reads_as_sentences() -> None:
    text = printed()
    block = text[text.index("/audit/  GET") :].split("\n\n")[0].splitlines()
    assert block[1] == "  asks for: read the audit log"
    assert block[2] == "  let in: School – Auditor"
    assert block[3].startswith("  no: School – Leading group, School leader, Center director")
    assert "sees the row, may not act: " in text
    assert "asks for: nothing, it is public" in text
    assert f"Entries: {len(table())}." in text


def test_everything_has_its_words() -> None:
    assert set(ABILITY_LABELS) == set(Ability)
    assert set(ROLE_LABELS) == set(Role)


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.AUDITOR, 200), (Role.SECURITY_ADMINISTRATOR, 200), (Role.SYSTEM_ADMINISTRATOR, 403), (Role.DORM_HEAD, 403)],
)
def test_who_reads_the_table(world: World, login: Login, role: Role, status: int) -> None:
    assert login(world.holder(role)).get(reverse("access-table")).status_code == status


def test_the_page_narrows_to_a_role_and_an_address(world: World, login: Login) -> None:
    browser = login(world.holder(Role.AUDITOR))
    url = reverse("access-table")
    everything = browser.get(url)
    assert "/network/students/&lt;uuid:pk&gt;/" in everything.content.decode()
    assert len(everything.context["rows"]) == len(table())
    heads = browser.get(url, {"role": "dorm_head", "q": "/network/units/"}).context["rows"]
    assert {row.route.name for row in heads} == {"network:unit-list", "network:unit-detail"}
    assert "No address found" in browser.get(url, {"q": "nowhere"}).content.decode()


def test_the_page_shows_tasks_by_role_with_the_routes_behind_them(world: World, login: Login) -> None:
    page = login(world.holder(Role.AUDITOR)).get(reverse("access-table"))
    task = next(task for task in page.context["tasks"] if task.ability is Ability.VIEW_AUDIT)
    assert task.roles == {Role.AUDITOR}
    assert {"audit-list", "audit-export"} <= {row.route.name for row in task.rows}
    names = next(task for task in page.context["tasks"] if task.ability is Ability.VIEW_NAMES)
    assert names.roles_by_level == "Class – Class psychology committee member; Dorm – Dorm head"
    assert dict(task.cells)[str(ROLE_LABELS[Role.AUDITOR])] is True
    heads = login(world.holder(Role.AUDITOR)).get(reverse("access-table"), {"role": "dorm_head"})
    assert {task.ability for task in heads.context["tasks"]} <= {Ability.VIEW_NAMES, Ability.FILE_DORM_REPORT}


def bare(request: HttpRequest) -> HttpResponse:
    return HttpResponse("bare")


@requires(Ability.VIEW_STATS, acting=[Ability.CONFIGURE])
def split(request: HttpRequest, pk: int = 0) -> HttpResponse:
    return HttpResponse("split")


@requires(Ability.VIEW_STATS)
class Things(ViewSet):
    def list(self, request: Request) -> HttpResponse:
        return HttpResponse("things")

    @requires(Ability.VIEW_AUDIT)
    @action(detail=True, methods=["post"])
    def burn(self, request: Request, pk: str) -> HttpResponse:
        return HttpResponse("burnt")


class More(Things):
    """Says nothing itself."""


class Elsewhere:
    urlpatterns = [path("theirs/", bare, name="theirs"), path("signup/", bare, name="signup")]


router = SimpleRouter()
router.register("things", Things, basename="thing")
router.register("more", More, basename="more")


class Trial:
    urlpatterns = [
        path("split/", split, name="split"),
        path("split/<int:pk>/", split, name="split-row"),
        re_path(r"^old/(?P<year>[0-9]{4}(-[0-9]{2})?)/$", third_party(bare, own), name="old"),
        path("api/", include((router.urls, "trial"))),
        path("accounts/login/", third_party(bare, public), name="account_login"),
        path("bare/", bare, name="bare"),
        # The error pages link to the others.
        *urls.urlpatterns,
    ]


def rows() -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in table():
        found.setdefault(row.route.name, []).append(row)
    return found


@override_settings(ROOT_URLCONF=Trial)
def test_reading_and_writing_stand_apart_where_they_differ() -> None:
    reading, writing = rows()["split-row"]
    assert (reading.methods, reading.answer(Role.SCHOOL_LEADER)) == (("GET",), "yes")
    assert (writing.methods, writing.answer(Role.SCHOOL_LEADER)) == (("POST",), "sees")
    assert writing.answer(Role.SYSTEM_ADMINISTRATOR) == "yes"
    assert rows()["split"][1].answer(Role.SCHOOL_LEADER) == "no"


@override_settings(ROOT_URLCONF=Trial)
def test_an_action_has_a_door_of_its_own_and_a_class_does_not_inherit_one() -> None:
    assert rows()["trial:thing-list"][0].answer(Role.SCHOOL_LEADER) == "yes"
    assert rows()["trial:thing-burn"][0].answer(Role.SCHOOL_LEADER) == "no"
    assert rows()["trial:thing-burn"][0].answer(Role.AUDITOR) == "yes"
    assert rows()["trial:more-list"][0].access is None
    assert rows()["old"][0].route.path == "/old/<year>/"


@override_settings(ROOT_URLCONF=Trial)
def test_what_declares_nothing_is_told_as_such() -> None:
    row = rows()["bare"][0]
    assert (row.asks, row.answer(Role.CENTER_DIRECTOR)) == ("nothing is declared: it answers nobody", "no")
    assert row.as_dict()["door"] is None
    assert "nothing is declared" in printed()


@override_settings(ROOT_URLCONF=Trial)
@pytest.mark.parametrize(
    ("role", "reading", "writing", "row"),
    [(Role.SCHOOL_LEADER, 200, 403, 200), (Role.SYSTEM_ADMINISTRATOR, 403, 200, 200), (Role.AUDITOR, 403, 403, 404)],
)
def test_the_door_looks_at_the_method(
    world: World, login: Login, role: Role, reading: int, writing: int, row: int
) -> None:
    client = login(world.holder(role))
    assert (client.get("/split/").status_code, client.post("/split/").status_code) == (reading, writing)
    # Who may know the row is let through to the view, which tells 403 from 404.
    assert client.post("/split/1/").status_code == row


@override_settings(ROOT_URLCONF=Trial)
def test_a_strangers_way_to_a_foreign_view_leads_to_the_sign_in(client: Client, db: None) -> None:
    assert client.get("/old/2026/")["Location"] == "/accounts/login/?next=/old/2026/"
    assert client.get("/accounts/login/").content == b"bare"


def test_foreign_routes_without_a_door_are_not_offered(monkeypatch: Any) -> None:
    offered = _declared({"theirs": own}, monkeypatch)
    assert [pattern.name for pattern in offered] == ["theirs"]
    assert offered[0].callback is not bare
    assert not hasattr(bare, "access")


def _declared(doors: Any, monkeypatch: Any) -> Any:
    monkeypatch.setitem(sys.modules, "elsewhere_urls", Elsewhere)
    return declared("elsewhere_urls", doors)


def test_a_foreign_route_that_does_not_exist_is_a_mistake(monkeypatch: Any) -> None:
    with pytest.raises(Exception, match="no route called gone"):
        _declared({"gone": own}, monkeypatch)


def test_a_view_declares_one_door() -> None:
    with pytest.raises(Exception, match="declares its door twice"):
        own(split)
    assert third_party(split, own) is not split


def test_every_route_of_the_portal_is_walked() -> None:
    names = {route.name for route in routes()}
    assert {"home", "network:import-undo", "reporting:line-alarm-raise", "api:unit-detail", "account_login"} <= names
