from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from kernel.models import AuditEvent
from network.models import Post, Unit, User
from network.rules import Role
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]


def holders(unit: Unit, role: Role) -> list[User]:
    return [post.holder for post in Post.objects.active(localdate()).filter(unit=unit, role=role)]


def post_of(unit: Unit, role: Role) -> Post:
    return Post.objects.get(unit=unit, role=role)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.CENTER_DIRECTOR, 200),
        (Role.FUDAOYUAN, 200),
        (Role.SECURITY_ADMINISTRATOR, 200),
        (Role.SYSTEM_ADMINISTRATOR, 403),
        (Role.DORM_HEAD, 403),
        (Role.AUDITOR, 403),
    ],
)
def test_who_opens_the_list_of_posts(world: World, login: Login, role: Role, status: int) -> None:
    assert login(world.holder(role)).get(reverse("network:post-list")).status_code == status


def test_the_list_holds_the_posts_below_and_says_which_can_be_changed(world: World, login: Login) -> None:
    page = login(world.holder(Role.FUDAOYUAN)).get(reverse("network:post-list"))
    shown = {(post.unit.name, post.role, open_) for post, open_ in page.context["rows"]}
    assert shown == {
        ("计科2601班", "fudaoyuan", False),
        ("计科2601班", "class_adviser", False),
        ("计科2601班", "class_committee_member", True),
        ("东6栋-101", "dorm_head", True),
        ("东6栋-102", "dorm_head", True),
    }


def test_filters_find_by_role_person_unit_and_state(world: World, at: datetime, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    url = reverse("network:post-list")
    head = post_of(world.own, Role.DORM_HEAD)
    User.objects.filter(pk=head.holder_id).update(must_change_password=True)
    assert browser.get(url, {"role": "dorm_head"}).context["page"].paginator.count == 4
    assert browser.get(url, {"q": "东6栋-101"}).context["page"].object_list[0] == head
    assert browser.get(url, {"q": head.holder.number}).context["page"].object_list[0] == head
    assert list(browser.get(url, {"state": "waiting"}).context["page"]) == [head]
    browser.post(reverse("network:post-relieve", args=[head.pk]))
    ended = browser.get(url, {"state": "over"})
    assert list(ended.context["page"]) == [head]
    assert "Appoint again" in ended.content.decode()
    assert "No post found" in browser.get(url, {"q": "没有"}).content.decode()


def test_a_fudaoyuan_makes_a_room_mate_dorm_head(world: World, login: Login) -> None:
    browser = login(world.holder(Role.FUDAOYUAN))
    url = reverse("network:post-appoint", args=[world.own.pk])
    page = browser.get(url)
    chosen = world.students["own"][2].user
    assert chosen.name in page.content.decode()
    answer = browser.post(url, {"role": "dorm_head", "holder": chosen.pk}, follow=True)
    assert f"{chosen.name} is now: Dorm head, 东6栋-101." in answer.content.decode()
    assert holders(world.own, Role.DORM_HEAD) == [chosen]


def test_the_way_back_leads_where_the_form_was_but_never_out_of_the_portal(world: World, login: Login) -> None:
    browser = login(world.holder(Role.FUDAOYUAN))
    url = reverse("network:post-appoint", args=[world.own.pk])
    chosen = world.students["own"][2].user.pk
    there = browser.post(url, {"role": "dorm_head", "holder": chosen, "next": "/network/vacancies/?page=2"})
    assert there["Location"] == "/network/vacancies/?page=2"
    out = browser.post(url, {"role": "dorm_head", "holder": chosen, "next": "https://elsewhere.example/"})
    assert out["Location"] == reverse("network:unit-detail", args=[world.own.pk])


def test_somebody_who_does_not_live_there_cannot_be_chosen(world: World, login: Login) -> None:
    browser = login(world.holder(Role.FUDAOYUAN))
    url = reverse("network:post-appoint", args=[world.own.pk])
    answer = browser.post(url, {"role": "dorm_head", "holder": world.students["shared"][0].user_id})
    assert answer.status_code == 422
    assert holders(world.own, Role.DORM_HEAD) == [world.students["own"][0].user]


def test_an_administrator_who_sees_no_roster_names_a_peer_by_the_whole_number(world: World, login: Login) -> None:
    browser = login(world.holder(Role.SECURITY_ADMINISTRATOR))
    url = reverse("network:post-appoint", args=[world.own.pk])
    student = world.students["own"][2]
    blank = browser.get(url).content.decode()
    assert "Nobody to choose from" in blank
    assert student.name not in blank
    assert student.name in browser.get(url, {"q": student.number}).content.decode()
    browser.post(url, {"role": "dorm_head", "q": student.number, "holder": student.user_id})
    assert holders(world.own, Role.DORM_HEAD) == [student.user]


def test_staff_are_found_by_number_or_name_among_the_staff_of_the_school(world: World, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    url = reverse("network:post-appoint", args=[world.it.pk])
    found = browser.get(url, {"role": "college_coordinator", "q": "外人"})
    assert found.context["form"].offered == [world.outsider]
    everybody = browser.get(url, {"role": "college_coordinator"})
    assert all(person.school == world.school for person in everybody.context["form"].offered)
    assert not any(hasattr(person, "student") for person in everybody.context["form"].offered)


def test_a_long_list_of_people_is_cut_and_says_so(world: World, login: Login) -> None:
    for _ in range(45):
        factories.make_user("同名", school=world.school)
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(
        reverse("network:post-appoint", args=[world.it.pk]), {"q": "同名"}
    )
    assert page.content.decode().count("<span>同名") == 40
    assert "There are more." in page.content.decode()


def test_a_role_that_is_not_mine_to_give_is_neither_offered_nor_taken(world: World, login: Login) -> None:
    browser = login(world.holder(Role.COLLEGE_COORDINATOR))
    url = reverse("network:post-appoint", args=[world.it1.pk])
    page = browser.get(url)
    assert {role for role, _label in page.context["search"].fields["role"].choices} == {
        "fudaoyuan", "class_adviser", "class_committee_member",
    }  # fmt: skip
    answer = browser.post(url, {"role": "college_coordinator", "holder": world.holder(Role.FUDAOYUAN).pk})
    assert answer.status_code == 422


def test_a_coordinator_gives_only_the_post_of_a_peer_at_the_own_college(world: World, login: Login) -> None:
    browser = login(world.holder(Role.COLLEGE_COORDINATOR))
    url = reverse("network:post-appoint", args=[world.it.pk])
    search = browser.get(url).context["search"]
    assert [role for role, _label in search.fields["role"].choices] == ["college_union_officer"]
    for role in (Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY):
        before = holders(world.it, role)
        answer = browser.post(url, {"role": role, "holder": world.holder(Role.FUDAOYUAN).pk})
        assert (answer.status_code, holders(world.it, role)) == (422, before)


@pytest.mark.parametrize(("day", "status"), [("2026-01-01", 422), ("2099-12-31", 302), ("soon", 422)])
def test_a_post_ends_on_a_day_that_is_ahead(world: World, login: Login, day: str, status: int) -> None:
    url = reverse("network:post-appoint", args=[world.own.pk])
    chosen = world.students["own"][2].user.pk
    fields = {"role": "dorm_head", "holder": chosen, "ends_on": day}
    assert login(world.holder(Role.FUDAOYUAN)).post(url, fields).status_code == status


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        (Role.FUDAOYUAN, "it1", 200),
        (Role.FUDAOYUAN, "far", 404),
        (Role.COLLEGE_COORDINATOR, "it", 200),
        (Role.COLLEGE_COORDINATOR, "school", 404),
        (Role.SCHOOL_LEADER, "it", 404),
        (Role.CLASS_ADVISER, "it1", 404),
        (Role.DORM_HEAD, "own", 404),
    ],
)
def test_the_form_is_open_where_one_may_appoint(
    world: World, login: Login, role: Role, where: str, status: int
) -> None:
    url = reverse("network:post-appoint", args=[getattr(world, where).pk])
    assert login(world.holder(role)).get(url).status_code == status


def test_relieving_offers_a_way_back(world: World, login: Login) -> None:
    browser = login(world.holder(Role.FUDAOYUAN))
    post = post_of(world.own, Role.DORM_HEAD)
    page = browser.post(reverse("network:post-relieve", args=[post.pk]), follow=True)
    assert page.context["relieved"] == post
    assert holders(world.own, Role.DORM_HEAD) == []
    fields = {"role": post.role, "q": post.holder.number, "holder": post.holder_id}
    browser.post(reverse("network:post-appoint", args=[world.own.pk]), fields)
    assert holders(world.own, Role.DORM_HEAD) == [post.holder]


def test_a_post_one_sees_but_may_not_end_says_no(world: World, login: Login) -> None:
    post = post_of(world.it1, Role.CLASS_ADVISER)
    answer = login(world.holder(Role.FUDAOYUAN)).post(reverse("network:post-relieve", args=[post.pk]))
    assert answer.status_code == 403
    assert holders(world.it1, Role.CLASS_ADVISER) == [post.holder]


def test_a_post_out_of_sight_is_not_there(world: World, login: Login) -> None:
    post = post_of(world.far, Role.DORM_HEAD)
    browser = login(world.holder(Role.FUDAOYUAN))
    assert browser.post(reverse("network:post-relieve", args=[post.pk])).status_code == 404
    assert browser.get(reverse("network:post-relieve", args=[post.pk])).status_code == 405
    assert browser.post(reverse("network:password-reset", args=[post.holder_id])).status_code == 404


def test_slips_are_downloaded_once_and_noted(world: World, login: Login) -> None:
    head = world.holder(Role.DORM_HEAD)
    User.objects.filter(pk=head.pk).update(must_change_password=True)
    answer = login(world.holder(Role.FUDAOYUAN)).post(reverse("network:first-password-issue", args=[world.it1.pk]))
    rows = list(load_workbook(BytesIO(answer.content)).worksheets[0].values)
    assert rows[1][0] == head.number
    assert User.objects.get(pk=head.pk).check_password(str(rows[1][4]))
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.filter(action="user.issue_slips", unit=world.it1.code).count() == 1


def test_without_anybody_waiting_no_slips_are_made(world: World, login: Login) -> None:
    answer = login(world.holder(Role.FUDAOYUAN)).post(
        reverse("network:first-password-issue", args=[world.it1.pk]), follow=True
    )
    assert "no slip is needed" in answer.content.decode()


def test_a_new_password_is_shown_a_single_time(world: World, login: Login) -> None:
    head = world.holder(Role.DORM_HEAD)
    answer = login(world.holder(Role.FUDAOYUAN)).post(reverse("network:password-reset", args=[head.pk]))
    code = answer.context["slip"].code
    assert code in answer.content.decode()
    assert User.objects.get(pk=head.pk).check_password(code)


def test_a_password_of_a_colleague_is_not_reset(world: World, login: Login) -> None:
    adviser = world.holder(Role.CLASS_ADVISER)
    password = adviser.password
    answer = login(world.holder(Role.FUDAOYUAN)).post(reverse("network:password-reset", args=[adviser.pk]))
    assert answer.status_code == 403
    assert User.objects.get(pk=adviser.pk).password == password


def test_a_password_is_not_reset_by_who_appoints_to_one_of_two_posts_alone(
    world: World, at: datetime, login: Login
) -> None:
    head = world.holder(Role.DORM_HEAD)
    factories.give_post(world.it2, Role.CLASS_ADVISER, holder=head, at=at)
    answer = login(world.holder(Role.FUDAOYUAN)).post(reverse("network:password-reset", args=[head.pk]), follow=True)
    assert "You may not reset this person" in answer.content.decode()


@pytest.mark.parametrize("more", [0, 60])
def test_the_list_takes_the_same_few_queries_for_any_number_of_posts(
    world: World, at: datetime, login: Login, more: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(more):
        factories.give_post(world.it1, Role.CLASS_ADVISER, at=at)
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    for path in (reverse("network:post-list"), reverse("network:post-appoint", args=[world.it1.pk])):
        with django_assert_max_num_queries(14):
            assert browser.get(path).status_code == 200
