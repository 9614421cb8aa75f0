from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from network.models import User
from network.rules import Role
from tests.conftest import World

Login = Callable[[User], Client]


def act(client: Client, name: str, user: User) -> str:
    return client.post(reverse(f"network:{name}", args=[user.pk]), follow=True).content.decode()


def test_an_account_is_closed_and_opened_on_the_page_of_its_unit(world: World, login: Login) -> None:
    user, client = world.holder(Role.FUDAOYUAN), login(world.holder(Role.SECURITY_ADMINISTRATOR))
    page = act(client, "account-disable", user)
    assert f"The account is closed; {user.name} is signed out everywhere." in page
    assert "account closed" in page
    page = act(client, "account-enable", user)
    assert f"{user.name} can sign in again." in page
    assert "account closed" not in page


def test_the_second_step_of_somebody_is_reset(world: World, login: Login) -> None:
    head = world.holder(Role.DORM_HEAD)
    page = act(login(world.holder(Role.FUDAOYUAN)), "person-factor-reset", head)
    assert f"{head.name} sets up a new second step at the next sign-in." in page


@pytest.mark.parametrize("name", ["account-disable", "account-enable", "person-factor-reset"])
def test_what_one_may_not_do_to_an_account_is_refused_in_words(world: World, login: Login, name: str) -> None:
    page = act(login(world.holder(Role.FUDAOYUAN)), name, world.holder(Role.CLASS_ADVISER))
    assert "Please ask the center." in page


def test_somebody_out_of_sight_is_not_there(world: World, login: Login) -> None:
    client = login(world.holder(Role.FUDAOYUAN))
    answer = client.post(reverse("network:account-disable", args=[world.holder(Role.AUDITOR).pk]))
    assert answer.status_code == 404
