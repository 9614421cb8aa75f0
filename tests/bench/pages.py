"""Queries and time of the lists and home pages of each role: python -m tests.bench.pages"""

import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402

from network.models import User  # noqa: E402
from network.rules import Role  # noqa: E402

ROUNDS = 7
PAGES = (
    "home",
    "notices",
    "audit-list",
    "network:unit-list",
    "network:student-list",
    "network:post-list",
    "network:vacancy-list",
    "network:import-list",
    "network:school-edit",
    "reporting:report-list",
    "reporting:month-board",
    "reporting:summary-page",
    "reporting:line-list",
    "reporting:export-list",
    "reporting:calendar-edit",
    "crisis:alarm-list",
    "crisis:case-list",
    "crisis:case-dashboard",
    "crisis:figures",
    "activities:open-home",
    "activities:course-list",
    "activities:training-list",
    "activities:budget-list",
    "activities:plan-list",
    "activities:premises-list",
    "activities:station-list",
    "activities:society-list",
    "activities:article-list",
    "activities:indicator-list",
)


class Counter:
    """Counts the statements that a block sends."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Any, statement: Any, params: Any, many: Any, context: Any) -> Any:
        self.queries += 1
        return execute(statement, params, many, context)


def measure() -> dict[str, Any]:
    """Per role and page that answers 200: queries and the shortest time of a page after the first."""
    found = {}
    for role in Role:
        user = User.objects.filter(posts__role=role).order_by("posts__unit__code", "pk").first()
        if user is None:
            continue
        # Whoever has not set a password yet is sent to do so.
        User.objects.filter(pk=user.pk).update(must_change_password=False)
        user.refresh_from_db()
        for name, answer in _pages(user):
            found[f"{role} {name}"] = answer
    return found


def _pages(user: User) -> Iterator[tuple[str, dict[str, float]]]:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user)
    for name in PAGES:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if client.get(url).status_code == 200:
            yield name, _measure(client, url)


def _measure(client: Client, url: str) -> dict[str, float]:
    times, counter = [], Counter()
    for _ in range(ROUNDS):
        counter = Counter()
        began = time.perf_counter()
        with connection.execute_wrapper(counter):
            client.get(url)
        times.append((time.perf_counter() - began) * 1000)
    # The fastest: what else the machine does only ever adds.
    return {"queries": counter.queries, "ms": min(times)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure()))
