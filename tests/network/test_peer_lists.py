from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from network.models import Post, User
from network.rules import Role
from network.services.peer_lists import choose_peers
from tests.conftest import World

LAST = date(2027, 8, 31)


@pytest.fixture
def coordinator(world: World) -> User:
    return world.holder(Role.COLLEGE_COORDINATOR)


def holders(world: World, at: datetime) -> dict[str, tuple[str, date | None]]:
    posts = Post.objects.active(at.date()).filter(role=Role.DORM_HEAD, unit__college=world.it)
    return {post.unit.name: (post.holder.number, post.ends_on) for post in posts}


def test_a_college_gets_its_heads_from_one_list(world: World, coordinator: User, at: datetime) -> None:
    own, far = world.students["own"][1], world.students["far"][0]
    lines = f"{own.number}\t{own.name}\n\n{far.number}，{far.name}\n"
    first = choose_peers(role=Role.DORM_HEAD, lines=lines, last_day=LAST, by=coordinator, at=at)
    assert first.given + first.kept == 2
    shown = holders(world, at)
    assert shown[world.own.name] == (own.number, date(2027, 9, 1))
    assert shown[world.far.name] == (far.number, date(2027, 9, 1))
    again = choose_peers(role=Role.DORM_HEAD, lines=lines, last_day=date(2027, 7, 1), by=coordinator, at=at)
    assert tuple(again) == (0, 2, 0)
    assert holders(world, at)[world.own.name] == (own.number, date(2027, 7, 2))


def test_a_committee_member_is_chosen_for_the_class(world: World, coordinator: User, at: datetime) -> None:
    student = world.students["far"][1]
    choose_peers(role=Role.CLASS_COMMITTEE_MEMBER, lines=student.number, last_day=LAST, by=coordinator, at=at)
    standing = Post.objects.active(at.date()).filter(role=Role.CLASS_COMMITTEE_MEMBER, unit=world.it2)
    assert [post.holder_id for post in standing] == [student.user_id]


def test_a_bad_line_holds_the_whole_list_back(world: World, coordinator: User, at: datetime) -> None:
    own, second, away = world.students["own"][0], world.students["own"][1], world.students["away"][0]
    before = holders(world, at)
    for lines, said in (
        (f"{own.number}\n99999", "line 2: nobody"),
        (f"{own.number} 别人", "line 1: the name"),
        (f"{own.number}\n{second.number}", "line 2: somebody else"),
        (world.roomless.number, "line 1:"),
        (away.number, "line 1: nobody"),
        (" \n", "between 1"),
    ):
        with pytest.raises(Refused) as refused:
            choose_peers(role=Role.DORM_HEAD, lines=lines, last_day=LAST, by=coordinator, at=at)
        assert said in str(refused.value)
    assert holders(world, at) == before


def test_a_term_of_office_and_a_role_have_bounds(world: World, coordinator: User, at: datetime) -> None:
    for role, last, code in (
        (Role.DORM_HEAD, date(2026, 11, 9), "out-of-reach"),
        (Role.DORM_HEAD, date(2030, 1, 1), "out-of-reach"),
        (Role.CENTER_DIRECTOR, LAST, "wrong-role"),
    ):
        with pytest.raises(Refused) as refused:
            choose_peers(role=role, lines="1", last_day=last, by=coordinator, at=at)
        assert refused.value.code == code


def test_the_page_takes_a_list_and_keeps_what_was_typed(
    world: World, coordinator: User, november: datetime, login: Callable[[User], Client]
) -> None:
    browser = login(coordinator)
    url = reverse("network:peer-choose")
    assert 'value="2027-08-31"' in browser.get(url).text
    data = {"role": "dorm_head", "lines": world.students["own"][1].number, "last_day": "2027-08-31"}
    assert browser.post(url, data).status_code == 302
    wrong = browser.post(url, data | {"lines": "999"})
    assert (wrong.status_code, ">999" in wrong.text.replace("\n", "").replace("\r", "")) == (422, True)
