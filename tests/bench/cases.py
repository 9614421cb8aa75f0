"""A watchlist of 2,000 open cases, and what its pages cost: python -m tests.bench.cases [CASES], on a database with a
school in it."""

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from crisis.models import Case  # noqa: E402
from crisis.rules import AlertLevel  # noqa: E402
from crisis.services.cases.lifecycle import Opening, open_case  # noqa: E402
from network.models import Student, User  # noqa: E402
from network.rules import Role  # noqa: E402
from tests.bench.pages import Counter  # noqa: E402

ROUNDS = 5
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("crisis:case-list", {}),
    ("crisis:case-list", {"level": 3, "sort": "due"}),
    ("crisis:case-list", {"state": "overdue", "sort": "name"}),
    ("crisis:case-list", {"q": "2026"}),
    ("crisis:case-dashboard", {}),
    ("crisis:figures", {}),
)


def open_cases(wanted: int) -> None:
    """Open cases for students without one until there are so many."""
    counselor = User.objects.filter(posts__role=Role.FULL_TIME_COUNSELOR).order_by("pk").first()
    assert counselor is not None
    missing = wanted - Case.objects.open().count()
    at = timezone.now()
    free = Student.objects.present().exclude(cases__closed_at=None, cases__isnull=False).order_by("pk")
    with transaction.atomic():
        for number, student in enumerate(free[: max(0, missing)]):
            level = AlertLevel.RED if number % 20 == 0 else AlertLevel.ORANGE if number % 5 == 0 else AlertLevel.YELLOW
            open_case(student=student, opening=Opening(level, 2, "…", counselor), by=counselor, at=at)


def measure() -> dict[str, Any]:
    """Queries and the shortest time of each page for the director."""
    director = User.objects.filter(posts__role=Role.CENTER_DIRECTOR).order_by("pk").first()
    assert director is not None
    User.objects.filter(pk=director.pk).update(must_change_password=False)
    client = Client(SERVER_NAME="localhost")
    client.force_login(director)
    found = {}
    for route, asked in ASKED:
        counter, times = Counter(), []
        for _ in range(ROUNDS):
            counter.queries = 0
            begun = time.perf_counter()
            with connection.execute_wrapper(counter):
                answer = client.get(reverse(route), asked)
            times.append(time.perf_counter() - begun)
            assert answer.status_code == 200
        name = " ".join([route, *(f"{word}={value}" for word, value in asked.items())])
        found[name] = {"queries": counter.queries, "ms": round(min(times) * 1000)}
    return found


if __name__ == "__main__":
    open_cases(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
    sys.stdout.write(json.dumps({"open": Case.objects.open().count(), "pages": measure()}) + "\n")
