"""After staff have reset a password, sealed pages and one's own answers stay shut until it is certain who signs in."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from kernel.errors import Refused
from kernel.models import Notice
from network.access import needs_proof
from network.models import User
from network.rules import Role
from network.services import appoint, confirm_identity, issue_first_passwords, reset_password
from network.views.access_requests import access_request_decide
from network.views.privacy.break_glass import break_glass_review, student_break_glass
from network.views.privacy.own import own_data, own_data_download
from reporting.views.students import student_lines
from screening.views.papers import participation_feedback
from tests import factories
from tests.conftest import World

Login = Callable[[User], Client]
OWN_DATA = "network:own-data"


def signed_in(user: User, *records: dict[str, object]) -> Client:
    """A browser whose session was signed in like this."""
    client = Client()
    client.force_login(User.objects.get(pk=user.pk))
    session = client.session
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [{"at": time.time()} | record for record in records]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client


def has_set_a_password(user: User) -> None:
    User.objects.filter(pk=user.pk).update(must_change_password=False)


@pytest.mark.parametrize(
    "view",
    [own_data, own_data_download, student_break_glass, break_glass_review, access_request_decide, student_lines,
     participation_feedback],
)  # fmt: skip
def test_these_pages_ask_for_proof(view: object) -> None:
    assert needs_proof(view)


def test_the_answers_stay_shut_to_whoever_reset_the_password(world: World, november: datetime) -> None:
    student = world.students["own"][2].user
    assert signed_in(student, {"method": "password"}).get(reverse(OWN_DATA)).status_code == 200
    reset_password(user=student, by=world.holder(Role.FUDAOYUAN), at=november)
    has_set_a_password(student)
    client = signed_in(student, {"method": "password"})
    for page in (OWN_DATA, "network:own-data-download"):
        answer = client.get(reverse(page))
        assert answer.status_code == 403
        assert "First show who you are" in answer.content.decode()
    # What is not sealed is open: a report can be filed, help can be asked for.
    assert client.get(reverse("home")).status_code == 200


def test_an_older_factor_and_single_sign_on_prove_who_it_is(world: World, november: datetime) -> None:
    student = world.students["own"][2].user
    older, newer = (Authenticator.objects.create(user=student, type="webauthn", data={"name": n}) for n in "ab")
    Authenticator.objects.filter(pk=older.pk).update(created_at=november - timedelta(days=1))
    reset_password(user=student, by=world.holder(Role.FUDAOYUAN), at=november)
    Authenticator.objects.filter(pk=newer.pk).update(created_at=november + timedelta(minutes=5))
    has_set_a_password(student)
    ways = {
        "old factor": ({"method": "password"}, {"method": "mfa", "id": older.pk}),
        "new factor": ({"method": "password"}, {"method": "mfa", "id": newer.pk}),
        "nobody's": ({"method": "password"}, {"method": "mfa"}),
        "single sign-on": ({"method": "socialaccount"},),
    }
    statuses = {name: signed_in(student, *way).get(reverse(OWN_DATA)).status_code for name, way in ways.items()}
    assert statuses == {"old factor": 200, "new factor": 403, "nobody's": 403, "single sign-on": 200}


def test_a_second_person_says_who_it_is(world: World, november: datetime, login: Login) -> None:
    student = world.students["own"][2]
    fudaoyuan, adviser = world.holder(Role.FUDAOYUAN), world.holder(Role.CLASS_ADVISER)
    reset_password(user=student.user, by=fudaoyuan, at=november)
    has_set_a_password(student.user)
    for by in (fudaoyuan, student.user, world.holder(Role.DORM_HEAD), world.holder(Role.AUDITOR)):
        with pytest.raises(Refused) as refused:
            confirm_identity(user=student.user, by=by, at=november)
        assert refused.value.code == "may-not-confirm"
    url = reverse("network:identity-confirm", args=[student.user.pk])
    login(adviser).post(url, {"next": reverse("network:student-detail", args=[student.pk])})
    assert signed_in(student.user, {"method": "password"}).get(reverse(OWN_DATA)).status_code == 200
    assert Notice.objects.filter(recipient=student.user, kind="user.identity").exists()


def test_a_witness_is_not_made_by_whoever_reset(world: World, november: datetime) -> None:
    coordinator = world.holder(Role.COLLEGE_COORDINATOR)
    friend = factories.make_user("同伙", school=world.school)
    appoint(holder=friend, unit=world.it1, role=Role.CLASS_ADVISER, by=coordinator, at=november)
    student = world.students["own"][2].user
    reset_password(user=student, by=coordinator, at=november)
    with pytest.raises(Refused):
        confirm_identity(user=student, by=friend, at=november)


def test_a_reset_is_told_to_the_person_and_to_a_third_party(world: World, at: datetime) -> None:
    student = world.students["own"][2].user
    reset_password(user=student, by=world.holder(Role.FUDAOYUAN), at=at)
    told = Notice.objects.filter(kind="user.reset")
    assert set(told.values_list("recipient_id", flat=True)) == {student.pk, world.holder(Role.COLLEGE_COORDINATOR).pk}
    told.delete()
    reset_password(user=world.holder(Role.FUDAOYUAN), by=world.holder(Role.CENTER_DIRECTOR), at=at)
    roles = (Role.FUDAOYUAN, Role.AUDITOR, Role.SCHOOL_LEADER)
    assert set(told.all().values_list("recipient_id", flat=True)) == {world.holder(role).pk for role in roles}


def test_a_first_code_for_somebody_who_has_been_here_is_a_reset(world: World, at: datetime) -> None:
    student = world.students["own"][2].user
    User.objects.filter(pk=student.pk).update(must_change_password=True, last_login=at)
    issue_first_passwords(
        users=[User.objects.get(pk=student.pk)], unit=world.it1, by=world.holder(Role.FUDAOYUAN), at=at
    )
    assert User.objects.get(pk=student.pk).reset_at == at
