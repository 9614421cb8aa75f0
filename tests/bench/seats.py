"""Students who are asked in an open campaign, with a session each; see tests.bench.evening."""

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
from network.models import User  # noqa: E402
from network.rules import Role  # noqa: E402
from network.rules.consents import Purpose  # noqa: E402
from network.rules.signin import HAND_IDLE  # noqa: E402
from network.services import current_version, open_session  # noqa: E402
from screening.models import Campaign, Participation  # noqa: E402
from screening.services import Plan, draft_campaign, open_campaign  # noqa: E402
from tests import factories  # noqa: E402
from tests.screening import screenings  # noqa: E402

# One student in so many is invited to a talk; nobody rings an alarm.
TO_A_TALK = 8
CRITICAL = frozenset({"15"})


def build(people: int, key: str) -> list[dict[str, Any]]:
    """What each client opens and sends."""
    campaign, _director = open_evening(people, key)
    at = timezone.now()
    scale = campaign.scales.get().parsed
    consent = current_version(campaign.school_id, Purpose.SCREENING)
    assert consent is not None
    agree = {"text_version": campaign.text_version, "consent_version": consent.version, "agreed": "on"}
    seats = []
    rows = Participation.objects.filter(campaign=campaign).select_related("student__user").order_by("pk")
    for number, row in enumerate(rows):
        values = [item.low + (number % TO_A_TALK == 0 and item.code not in CRITICAL) for item in scale.items]
        session = session_of(row.student.user, at)
        place = f"/screening/mine/{row.pk}/"
        seats.append({"session": session, "open": place, "agree": agree, "values": values})
    return seats


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
    store[SITTING] = {"pk": str(listed.pk), "key": key, "seen": at.isoformat(), "began": at.isoformat(), "limit": limit}
    store.save()
    return key
