"""1,000 students enroll at once for 30 places, over HTTP behind the production command:
python -m tests.bench.enrolling [PEOPLE], on an empty database named by DATABASE_URL."""

import json
import os
import sys
import tempfile
import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Thread
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from activities.models import Activity  # noqa: E402
from activities.rules.activities import Admission, Audience  # noqa: E402
from activities.services import approve_activity, plan_activity, submit_activity  # noqa: E402
from activities.services.plans import ActivityPlan, OccasionPlan  # noqa: E402
from network.models import Student  # noqa: E402
from network.rules import Role  # noqa: E402
from tests import factories  # noqa: E402
from tests.bench.evening import TOKEN, Client, serving  # noqa: E402
from tests.bench.seats import session_of  # noqa: E402

PLACES = 30
P95_AIM = 2.0


def build(people: int) -> tuple[Activity, list[dict[str, str]]]:
    """An activity of a new school, and a session of each of its students."""
    at = timezone.now()
    school = factories.make_school(at=at)
    klass = factories.make_class(factories.make_college(school, "信息学院", at=at), "计科2601班", at=at)
    factories.make_students(klass, people, on=timezone.localdate(at))
    director = factories.give_post(school, Role.CENTER_DIRECTOR, at=at)
    counselor = factories.give_post(school, Role.FULL_TIME_COUNSELOR, at=at)
    starts_at = at + timedelta(days=7)
    plan = ActivityPlan(
        unit=school,
        title="讲座",
        occasions=[OccasionPlan(starts_at, starts_at + timedelta(hours=2), "礼堂", Decimal("2.0"))],
        enrol_from=at - timedelta(days=1),
        enrol_until=starts_at - timedelta(hours=1),
        capacity=PLACES,
        admission=Admission.QUEUE,
        audience=Audience.SCHOOL,
    )
    activity = plan_activity(plan=plan, by=counselor, at=at)
    submit_activity(activity=activity, by=counselor, at=at)
    activity = approve_activity(activity=activity, by=director, at=at)
    students = Student.objects.filter(school=school).select_related("user").order_by("pk")
    cookies = [f"sessionid={session_of(student.user, at)}; csrftoken={TOKEN}" for student in students]
    return activity, [{"Cookie": text, "X-CSRFToken": TOKEN} for text in cookies]


def storm(address: str, activity: Activity, heads: list[dict[str, str]]) -> list[float]:
    """Everybody presses the button at the same moment; returns the seconds that each waited."""
    start, times, path = Barrier(len(heads)), [], f"/activities/{activity.pk}/enroll/"

    def press(headers: dict[str, str]) -> None:
        client = Client(address, [])
        start.wait()
        began = time.perf_counter()
        client._ask("POST", path, headers, {"x": "1"}, expected=302)
        times.append(time.perf_counter() - began)
        client.line.close()

    threads = [Thread(target=press, args=[headers]) for headers in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return times


def main(people: int) -> dict[str, Any]:
    activity, heads = build(people)
    connections.close_all()
    with tempfile.TemporaryDirectory() as folder, serving("portal.wsgi", Path(folder), _url()) as address:
        times = storm(address, activity, heads)
    counts: dict[str, int] = {}
    for state in activity.enrolments.values_list("state", flat=True):
        counts[state] = counts.get(state, 0) + 1
    p95 = quantiles(times, n=20)[-1] if len(times) > 1 else 0.0
    return {
        "people": people,
        "answered": len(times),
        "states": counts,
        "median_s": round(median(times), 3),
        "p95_s": round(p95, 3),
        "met": p95 <= P95_AIM and counts == {"in": PLACES, "waiting": people - PLACES},
    }


def _url() -> str:
    return os.environ.get("DATABASE_URL", f"sqlite:///{settings.VAR_DIR / 'portal.sqlite3'}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000), ensure_ascii=False) + "\n")
