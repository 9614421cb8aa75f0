from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from crisis.models import Alarm
from crisis.services import raise_alarm
from kernel import notices
from kernel.models import AuditEvent, Notice
from network.models import Duty, User
from network.rules import Role
from network.services import Owed, owe, settle
from portal.own_notices import grouped
from tests.conftest import World

Login = Callable[[User], Client]


def owed(world: World, user: User, link: str, at: datetime, *, key: str = "talk:1") -> Duty:
    owe(
        duties=[
            Owed(
                kind="talk",
                key=key,
                unit=world.school,
                title="Due soon: %(what)s",
                params={"what": "talk"},
                link=link,
                due_at=at + timedelta(days=1),
                owner=user,
            )
        ]
    )
    return Duty.objects.get(key=key)


@pytest.fixture
def alarm(world: World, at: datetime) -> Alarm:
    return raise_alarm(
        student=world.students["own"][0],
        source=Alarm.Source.STAFF,
        source_key="one",
        evidence="说要告别",
        by=world.holder(Role.FUDAOYUAN),
        at=at,
    )


@pytest.mark.parametrize("role", list(Role))
def test_every_role_has_a_page_of_what_it_owes(role: Role, world: World, at: datetime, login: Login) -> None:
    user = world.holder(role)
    owed(world, user, "/reports/", at)
    page = login(user).get(reverse("duty-list"))
    assert page.status_code == 200
    assert [row.duty.key for row in page.context["rows"]] == ["talk:1"]


@pytest.mark.parametrize(("role", "sees"), [(Role.FUDAOYUAN, True), (Role.SCHOOL_LEADER, False)])
def test_the_name_stands_there_for_those_who_may_see_the_student(
    role: Role, sees: bool, alarm: Alarm, world: World, at: datetime, login: Login
) -> None:
    user = world.holder(role)
    owed(world, user, f"/alarms/{alarm.pk}/", at)
    page = login(user).get(reverse("duty-list")).content.decode()
    assert alarm.student is not None
    assert (alarm.student.name in page) is sees
    assert AuditEvent.objects.filter(action="duty.list").exists() is sees


def test_the_page_asks_the_same_number_of_queries_for_many_duties(
    world: World, at: datetime, alarm: Alarm, login: Login, django_assert_max_num_queries: Callable[..., object]
) -> None:
    user = world.holder(Role.FUDAOYUAN)
    for number in range(12):
        owed(world, user, f"/alarms/{alarm.pk}/", at, key=f"talk:{number}")
    browser = login(user)
    with django_assert_max_num_queries(30):  # type: ignore[attr-defined]
        assert browser.get(reverse("duty-list")).status_code == 200


def test_a_reminder_of_what_is_done_is_marked_and_leaves_home(world: World, at: datetime, login: Login) -> None:
    user = world.holder(Role.FUDAOYUAN)
    duty = owed(world, user, "/reports/", at)
    told = {"kind": "duty.talk", "title": "Overdue, still possible: %(what)s", "params": {"what": "talk"}}
    notices.post(to=user, **told, link="/reports/", key=f"3:talk:{duty.pk}", at=at)
    assert not grouped(Notice.objects.all())[0].is_done
    assert "Overdue, still possible" in login(user).get(reverse("home")).content.decode()
    settle(keys=[duty.key], at=at)
    assert grouped(Notice.objects.all())[0].is_done
    assert "Overdue, still possible" not in login(user).get(reverse("home")).content.decode()


def test_equal_notices_are_one_and_are_read_together(world: World, at: datetime, login: Login) -> None:
    user = world.holder(Role.FUDAOYUAN)
    for number in range(3):
        notices.post(to=user, kind="x", title="Report %(n)s", params={"n": 1}, link="/", at=at, key=str(number))
    notices.post(to=user, kind="x", title="Report %(n)s", params={"n": 2}, link="/", at=at)
    page = login(user).get(reverse("notices"))
    assert [len(group.notices) for group in page.context["groups"]] in ([3, 1], [1, 3])
    group = max(page.context["groups"], key=lambda group: len(group.notices))
    login(user).post(reverse("notice-open", args=[group.newest.pk]))
    assert Notice.objects.for_user(user).unread().count() == 1
