"""Two rights that are harmless alone: whoever appoints and resets tries to become the person."""

from datetime import datetime

from django.test import Client
from django.urls import reverse

from network.models import User
from network.rules import Role
from tests.conftest import World

NEW = "blue-harbour-7"
OWN_PAGES = ("network:own-data", "network:own-data-download")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def sign_in_with(number: str, code: str) -> Client:
    """The way of whoever holds a first code: sign in, set a password, go on."""
    client = Client()
    client.post(reverse("account_login"), {"login": number, "password": code})
    fields = {"oldpassword": code, "password1": NEW, "password2": NEW}
    assert client.post(reverse("account_change_password"), fields)["Location"] == reverse("home")
    return client


def test_a_fudaoyuan_does_not_read_the_answers_of_a_student_whom_they_make_dorm_head(
    world: World, november: datetime
) -> None:
    student, fudaoyuan = world.students["own"][2], browser_of(world.holder(Role.FUDAOYUAN))
    appointed = {"role": Role.DORM_HEAD.value, "holder": student.user_id}
    fudaoyuan.post(reverse("network:post-appoint", args=[world.own.pk]), appointed)
    assert student.user.posts.get().role == Role.DORM_HEAD
    page = fudaoyuan.post(reverse("network:password-reset", args=[student.user_id]), follow=True)
    assert "You appointed this person in the last 14 days" in page.content.decode()
    assert User.objects.get(pk=student.user_id).password == student.user.password


def test_a_code_that_staff_have_seen_opens_no_answers(world: World, november: datetime) -> None:
    student = world.students["own"][2]
    slip = browser_of(world.holder(Role.FUDAOYUAN)).post(reverse("network:password-reset", args=[student.user_id]))
    thief = sign_in_with(student.number, slip.context["slip"].code)
    assert [thief.get(reverse(page)).status_code for page in OWN_PAGES] == [403, 403]
    # Nor does a password of the thief's own, or a second factor set up by the thief, prove anything.
    assert User.objects.get(pk=student.user_id).reset_at is not None


def test_a_director_does_not_become_the_leader_who_judges_them(world: World, november: datetime) -> None:
    leader = world.holder(Role.SCHOOL_LEADER)
    director = browser_of(world.holder(Role.CENTER_DIRECTOR))
    for route in ("network:password-reset", "network:person-factor-reset"):
        page = director.post(reverse(route, args=[leader.pk]), follow=True).content.decode()
        assert "This person reviews what you do" in page
    assert User.objects.get(pk=leader.pk).password == leader.password


def test_a_security_administrator_makes_no_director_alone(world: World, november: datetime) -> None:
    security = browser_of(world.holder(Role.SECURITY_ADMINISTRATOR))
    admitted = {"number": "90077", "name": "影子", "role": Role.CENTER_DIRECTOR.value}
    slip = security.post(reverse("network:colleague-admit", args=[world.school.pk]), admitted)
    shadow = sign_in_with("90077", slip.context["slip"].code)
    assert shadow.get(reverse("network:student-list")).status_code == 403
    # A second administrator of the first one's making does not help.
    security.post(
        reverse("network:colleague-admit", args=[world.school.pk]),
        {"number": "90078", "name": "同伙", "role": Role.SECURITY_ADMINISTRATOR.value},
    )
    friend = browser_of(User.objects.get(number="90078"))
    assert "影子" not in friend.get(reverse("network:access-request-list")).content.decode()
