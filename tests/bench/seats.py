"""Students who have agreed and sit before an empty paper, with a session each; see tests.bench.evening."""

import os
from datetime import timedelta
from importlib import import_module

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from network.models import User  # noqa: E402
from network.rules import Role  # noqa: E402
from screening.services import Plan, draft_campaign, open_campaign  # noqa: E402
from tests import factories  # noqa: E402
from tests.screening import screenings  # noqa: E402

TOKEN = "a" * 32


def build(people: int, key: str) -> list[dict[str, str]]:
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    at = timezone.now()
    today = timezone.localdate(at)
    school = factories.make_school(at=at)
    klass = factories.make_class(factories.make_college(school, "信息学院", at=at), "计科2601班", at=at)
    students = factories.make_students(klass, people, on=today)
    director = factories.give_post(school, Role.CENTER_DIRECTOR, at=at)
    factories.give_post(school, Role.FULL_TIME_COUNSELOR, at=at)
    screenings.publish(school, at=at)
    screenings.train(director, school, by=director, at=at)
    plan = Plan(
        name="普查",
        scales=[screenings.make_scale(key, at=at)],
        population={"grades": [2026]},
        opens_on=today,
        closes_on=today + timedelta(days=9),
        makeup_until=None,
        tells_students=True,
    )
    drafted = draft_campaign(school=school, plan=plan, text=screenings.TEXT, by=director, at=at)
    campaign = open_campaign(campaign=drafted, by=director, at=at)
    found = []
    for student in students:
        paper = screenings.begin(campaign, student, at=at)[0]
        place = f"/screening/papers/{paper.pk}/"
        found.append({"session": session_of(student.user), "token": TOKEN, "open": place, "submit": f"{place}submit/"})
    return found


def session_of(user: User) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)
