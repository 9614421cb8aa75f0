"""Every route × method, walked by everybody who must not see what it shows and by everybody who may."""

import logging
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path, resolve, reverse

from network.models import Post, User
from network.rules import GRANTS, ROLE_LEVEL, Ability, Level, Role
from portal.access_table import routes
from portal.urls import urlpatterns as real_routes
from reporting.models import Cycle
from tests.architecture.rows import KINDS, Town, build_town, chain
from tests.architecture.table import ACTIVITIES, CARE, COLUMNS, MISSION, PROGRAM, RULES, TABLE, read
from tests.architecture.walking import (
    ALL_ROUTES,
    READING,
    Browser,
    Knock,
    Told,
    Walker,
    ask_and_undo,
    by_htmx,
    face,
    moved,
    questions,
    snapshot,
    told,
)
from tests.conftest import World
from tests.factories import PASSWORD
from tests.sizes import size

OTHERS = ("stranger", "student", "outsider", "superuser", "director elsewhere")
WALKERS = (*(role.value for role in Role), *OTHERS)
# Doors do not look at how they are asked: a few walkers find out whether that stays so.
ASK_BY_HTMX = size(quick=("stranger", "student", "center_director", "fudaoyuan", "dorm_head"), full=WALKERS)


@pytest.fixture
def quiet() -> Iterator[None]:
    """A refusal is logged with its traceback, and there are ten thousand of them."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def town(world: World, cycle: Cycle, november: datetime) -> Town:
    return build_town(world, cycle, november)


def walker(name: str, world: World) -> Walker:
    if name in [role.value for role in Role]:
        return holder(name, world.holder(Role(name)))
    if name == "superuser":
        User.objects.filter(pk=world.outsider.pk).update(is_superuser=True)
    users = {
        "stranger": None,
        "student": world.students["own"][3].user,
        "outsider": world.outsider,
        "superuser": world.outsider,
        "director elsewhere": Post.objects.get(unit=world.other, role=Role.CENTER_DIRECTOR).holder,
    }
    user = users[name]
    return holder(name, User.objects.get(pk=user.pk)) if user else Walker(name, None)


def holder(name: str, user: User) -> Walker:
    posts = user.posts.select_related("unit")
    held = tuple((post.role, post.unit_id) for post in posts)
    return Walker(name, user, held, tuple(chain(one.unit) for one in posts), is_student=hasattr(user, "student"))


@pytest.mark.one_database
@pytest.mark.parametrize("name", WALKERS)
def test_everybody_is_told_at_every_route_what_the_table_says(name: str, town: Town, quiet: None) -> None:
    me = walker(name, town.world)
    asked = [(one, one.expected(me)) for one in questions(town, me)]
    if name in ASK_BY_HTMX:
        asked += by_htmx(asked)
    browser = Browser()
    if me.user:
        browser.force_login(me.user)
        # The first act lists the session among one's devices; from here on nothing but the acts themselves writes.
        browser.post(reverse("set_language"))
    before = snapshot()
    walk(browser, [pair for pair in asked if pair[0].method in READING])
    assert moved(before, snapshot()) == [], "a GET has written"
    denied = [pair for pair in asked if pair[0].method not in READING and pair[1] is not Told.IN]
    before = snapshot(traces=True)
    walk(browser, denied)
    assert moved(before, snapshot(traces=True)) == [], "a refused act has written"
    for knock, _expected in (pair for pair in asked if pair[0].method not in READING and pair[1] is Told.IN):
        answer = ask_and_undo(knock, browser)
        assert told(answer) is Told.IN, f"{knock} for {name}: {answer.status_code}"


def walk(browser: Client, asked: list[tuple[Knock, Told]]) -> None:
    nothing: dict[tuple[Any, ...], Any] = {}
    for knock, expected in asked:
        answer = knock.ask(browser)
        # What one answer leaves for the next page to say is no difference between the two answers compared below.
        browser.cookies.pop("messages", None)
        assert told(answer) is expected, f"{knock}: {answer.status_code}, should be {expected}"
        # A part of a page may leave out whose page it is.
        if expected is Told.IN and knock.row is not None and answer.status_code == 200 and not knock.htmx:
            assert knock.row.shows in body(answer), f"{knock} shows nothing of it"
        if expected is Told.ABSENT and knock.row is not None:
            key = (knock.route.name, knock.method, knock.htmx)
            absent = knock.row.absent()
            if key not in nothing:
                nothing[key] = face(knock.ask(browser, absent), reverse(knock.route.name, kwargs=absent.kwargs))
            assert face(answer, knock.path) == nothing[key], f"{knock} tells that the row exists"


def body(answer: HttpResponse) -> str:
    return answer.content.decode(errors="replace")


def test_every_route_has_its_line_in_the_table() -> None:
    missing = {
        name: f'    "{name}": reads("<column>", "<letter>"{", row=<kind>" if route.arguments else ""}),'
        for name, route in ALL_ROUTES.items()
        if name not in RULES
    }
    assert not missing, "add to RULES in tests/architecture/table.py:\n" + "\n".join(missing.values())
    assert not set(RULES) - set(ALL_ROUTES), "RULES names routes that are gone"


def test_no_address_hides_another_one() -> None:
    plain = {name: route for name, route in ALL_ROUTES.items() if not route.arguments}
    hidden = {name: resolve(reverse(name)).view_name for name in plain}
    assert {name: other for name, other in hidden.items() if name != other} == {}


def test_every_address_that_names_a_row_has_examples() -> None:
    wanted = {rule.row: name for name, rule in RULES.items() if rule.row}
    missing = sorted(set(wanted) - set(KINDS))
    assert not missing, f'add @kind("…") builders to tests/architecture/rows.py: {missing}'
    bare = [name for name, route in ALL_ROUTES.items() if route.arguments and not RULES[name].row]
    assert not bare, f"say row= in tests/architecture/table.py for {bare}"
    assert not set(KINDS) - set(wanted), "kinds that no route asks for"


def test_every_route_declares_its_door_for_every_method() -> None:
    closed = [f"{method} {route.name}" for route in routes() for method in route.methods if not route.access(method)]
    assert closed == []


def test_every_role_and_column_stands_in_the_table() -> None:
    roles = {role.value for role in Role}
    assert [set(letters) for letters in COLUMNS.values()] == [roles] * len(COLUMNS)
    # What the domain rules deny, the mission does not give back.
    denied = {role for role, letter in COLUMNS["dorm lines"].items() if letter == "-"}
    assert all(COLUMNS["dorm report"][role] == "-" for role in denied)
    assert len(COLUMNS) == sum(len(read(text)) for text in (TABLE, MISSION, CARE, ACTIVITIES, PROGRAM))


def test_each_walker_meets_every_relation(town: Town) -> None:
    """No cell of the walk is left to chance."""
    everything = {"own", "child", "parent", "sibling", "other college", "other school"}
    missed = {
        Level.SCHOOL: {"parent", "sibling", "other college"},
        # Two colleges are siblings and each other's other college at once.
        Level.COLLEGE: {"sibling"},
        Level.CLASS: set(),
        Level.DORM: {"child"},
    }
    rows = list(KINDS["unit"](town, None))
    for role in Role:
        me = walker(role.value, town.world)
        met = frozenset().union(*(me.relations(row) for row in rows))
        assert met == everything - missed[ROLE_LEVEL[role]], role


def dummy(request: HttpRequest) -> HttpResponse:
    return HttpResponse("everybody's secrets")


class WithDummy:
    urlpatterns = [path("dummy/", dummy, name="dummy"), path("dummy/<int:pk>/", dummy, name="dummy-row"), *real_routes]


@override_settings(ROOT_URLCONF=WithDummy)
@pytest.mark.parametrize("address", ["/dummy/", "/dummy/1/"])
@pytest.mark.parametrize("role", [None, Role.CENTER_DIRECTOR, Role.AUDITOR])
def test_an_undeclared_view_answers_nobody(address: str, role: Role | None, world: World, caplog: Any) -> None:
    client = Client()
    if role:
        client.force_login(world.holder(role))
    else:
        # Somebody opened it to strangers and still declared nothing.
        dummy.login_required = False  # type: ignore[attr-defined]
    with pytest.raises(ImproperlyConfigured, match="declares no door"):
        client.get(address)
    client.raise_request_exception = False
    with caplog.at_level(logging.CRITICAL, "django.request"):
        answer = client.get(address)
    assert answer.status_code == 500
    assert b"secrets" not in answer.content


@override_settings(ROOT_URLCONF=WithDummy)
def test_an_undeclared_view_is_found_by_the_walk() -> None:
    closed = [route.name for route in routes() for method in route.methods if not route.access(method)]
    assert sorted(set(closed)) == ["dummy", "dummy-row"]
    assert {route.name for route in routes()} - set(RULES) == {"dummy", "dummy-row"}


def test_the_api_asks_the_same_door_again() -> None:
    """An API view that looks at tokens is let through by the middleware: its permission must ask."""
    from_api = [route.view.cls for route in routes() if hasattr(route.view, "cls")]
    assert from_api
    names = {permission.__name__ for kind in from_api for permission in kind.permission_classes}
    assert names == {"RouteAccessPermission"}


def test_the_scope_is_asked_for_once_in_a_request(
    world: World, cycle: Cycle, november: datetime, client: Client, django_assert_max_num_queries: Any
) -> None:
    client.force_login(world.holder(Role.CENTER_DIRECTOR))
    with django_assert_max_num_queries(30) as asked:
        client.get(reverse("network:student-list"))
    assert sum("network_unitgrant" in query["sql"] for query in asked.captured_queries) == 1


def test_a_role_that_is_new_to_the_table_gives_nothing_by_accident() -> None:
    assert set(GRANTS) == set(Role)
    assert {ability for abilities in GRANTS.values() for ability in abilities} == set(Ability)


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


@pytest.fixture(autouse=True)
def doors_stay_marked() -> Iterator[None]:
    yield
    vars(dummy).pop("login_required", None)
