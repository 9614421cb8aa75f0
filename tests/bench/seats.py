"""Students who have agreed and sit before an empty paper, with a session each; see tests.bench.evening."""

import os
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.utils import timezone  # noqa: E402

from network.middleware import SITTING  # noqa: E402
from network.models import Student, User  # noqa: E402
from network.rules import Role  # noqa: E402
from network.rules.signin import HAND_IDLE  # noqa: E402
from network.services import open_session  # noqa: E402
from screening.models import Campaign  # noqa: E402
from screening.services import Plan, draft_campaign, open_campaign  # noqa: E402
from tests import factories  # noqa: E402
from tests.screening import screenings  # noqa: E402

TOKEN = "a" * 32
# One student in so many is invited to a talk; nobody rings an alarm.
TO_A_TALK = 8
CRITICAL = frozenset({"15"})


def build(people: int, key: str) -> list[dict[str, Any]]:
    """What each client opens and sends."""
    campaign, _director = open_evening(people, key)
    at = timezone.now()
    scale = campaign.scales.get().parsed
    found = []
    for number, student in enumerate(Student.objects.select_related("user").order_by("pk")):
        paper = screenings.begin(campaign, student, at=at)[0]
        place = f"/screening/papers/{paper.pk}/"
        values = [item.low + (number % TO_A_TALK == 0 and item.code not in CRITICAL) for item in scale.items]
        session = session_of(student.user, at)
        sent = {"open": place, "submit": f"{place}submit/", "values": values}
        found.append({"session": session, "token": TOKEN, **sent})
    return found


def open_evening(people: int, key: str) -> tuple[Campaign, User]:
    """A campaign with one scale that asks so many students, and the director of their school."""
    at = timezone.now()
    today = timezone.localdate(at)
    school = factories.make_school(at=at)
    klass = factories.make_class(factories.make_college(school, "信息学院", at=at), "计科2601班", at=at)
    factories.make_students(klass, people, on=today)
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
    return open_campaign(campaign=drafted, by=director, at=at), director


def session_of(user: User, at: datetime) -> str:
    """The key of a session as a sign-in leaves it."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.create()
    key = str(store.session_key)
    listed = open_session(user=user, key=key, address="127.0.0.1", agent="bench", at=at)
    limit = HAND_IDLE.total_seconds()
    store[SITTING] = {"pk": str(listed.pk), "key": key, "seen": at.isoformat(), "limit": limit}
    store.save()
    return key
