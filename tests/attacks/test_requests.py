"""Requests that another site, or nobody in particular, sends."""

import pytest
from django.test import Client
from django.urls import reverse

from network.access import AccessKind
from network.rules import Role
from portal.access_table import routes
from tests.conftest import World
from tests.factories import PASSWORD
from tests.routes import addresses

OPEN_TO_STRANGERS = {200, 405}


OPEN = {route.name for route in routes() if (door := route.access("GET")) and door.door is AccessKind.PUBLIC}


@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_stranger_learns_nothing_from_any_address(verb: str, client: Client, world: World) -> None:
    for name, path in addresses().items():
        answer = getattr(client, verb)(path)
        asked = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
        assert asked or answer.status_code == 403 or name in OPEN or name.startswith("account_"), name
        assert "学生" not in answer.content.decode(errors="replace").replace("学生心理", ""), name


def test_another_site_cannot_send_a_form(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.holder(Role.CENTER_DIRECTOR))
    # What a university's own sign-in sends comes from another site, and is signed instead.
    for name, path in addresses().items():
        if name.startswith("saml_"):
            continue
        answer = client.post(path, {"x": "y"}, headers={"Origin": "https://evil.example"})
        assert answer.status_code in {403, 404, 405}, f"{name} answered {answer.status_code}"
    assert client.post(reverse("notice-read-all")).status_code == 403


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(client: Client, world: World) -> None:
    user = world.holder(Role.CENTER_DIRECTOR)
    answer = client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
    cookie = answer.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
