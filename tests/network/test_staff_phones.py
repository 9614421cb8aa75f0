"""The numbers of the staff come from the roster or from their own page."""

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import RosterImport, StaffPhone, Unit, User
from network.rules import Role
from network.services import create_school
from network.services.rosters import compare_file, import_file, undo_import
from network.services.staff_phones import keep_phones, set_own_phone, staff_phones
from tests.conftest import World
from tests.network import roster_files as files

Login = Callable[[User], Client]
PAGE = "network:own-phone"


@pytest.fixture
def school(db: None, at: datetime) -> Unit:
    return create_school(code="S1", name="明德大学", by=None, at=at)


def imported(school: Unit, phone: str, at: datetime) -> None:
    staff = files.staff()
    staff[4] |= {"手机号": phone}
    workbook = BytesIO(files.workbook({"学生名册": files.students(), "教职工": staff}))
    difference = compare_file(source=workbook, school=school, is_partial=False, at=at)
    import_file(difference=difference, file_name="roster.xlsx", by=None, at=at)


def undone(school: Unit, at: datetime) -> None:
    undo_import(pk=RosterImport.objects.newest_applied(school).pk, by=None, at=at)


def phone_of(number: str) -> str:
    user = User.objects.get(number=number)
    return staff_phones([user.pk]).get(user.pk, "")


def test_the_roster_brings_changes_and_takes_back_the_numbers_of_the_staff(school: Unit, at: datetime) -> None:
    imported(school, "13800000001", at)
    assert phone_of("10005") == "13800000001"
    imported(school, "13800000002", at + timedelta(hours=1))
    assert phone_of("10005") == "13800000002"
    undone(school, at + timedelta(hours=2))
    assert phone_of("10005") == "13800000001"
    undone(school, at + timedelta(hours=3))
    assert not StaffPhone.objects.exists()


def test_an_empty_cell_leaves_the_number_and_one_changed_since_is_not_undone(school: Unit, at: datetime) -> None:
    imported(school, "13800000001", at)
    imported(school, "", at + timedelta(hours=1))
    assert phone_of("10005") == "13800000001"
    imported(school, "13800000002", at + timedelta(hours=2))
    keep_phones({User.objects.get(number="10005").pk: "13800000003"})
    with pytest.raises(Refused, match="changed since"):
        undone(school, at + timedelta(hours=3))


def test_staff_write_their_own_number_and_it_is_stored_sealed(world: World, login: Login) -> None:
    adviser = world.holder(Role.CLASS_ADVISER)
    client = login(adviser)
    assert client.post(reverse(PAGE), {"phone": "call me"}).status_code == 422
    assert client.post(reverse(PAGE), {"phone": "138 0000 0009"}).status_code == 302
    assert "138 0000 0009" in client.get(reverse(PAGE)).content.decode()
    assert AuditEvent.objects.get(action="user.set_phone").actor_id == str(adviser.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM network_staffphone")
        assert "138" not in cursor.fetchone()[0]
    client.post(reverse(PAGE), {"phone": ""})
    assert not StaffPhone.objects.exists()


def test_students_are_sent_to_the_roster(world: World, login: Login, at: datetime) -> None:
    student = world.students["own"][2].user
    with pytest.raises(Refused, match="on the roster"):
        set_own_phone(phone="13800000000", by=student, at=at)
    assert reverse(PAGE) not in login(student).get(reverse("home")).content.decode()


def test_who_may_be_the_second_person_finds_what_waits_in_the_menu(world: World, login: Login) -> None:
    address = reverse("network:access-request-list")
    assert address in login(world.holder(Role.CENTER_DIRECTOR)).get(reverse("home")).content.decode()
    assert address not in login(world.holder(Role.FUDAOYUAN)).get(reverse("home")).content.decode()
