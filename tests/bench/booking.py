"""Booking at distinct times by several processes, and reading four weeks of free times: python -m tests.bench.booking
BOOKINGS PROCESSES, on an empty database."""

import json
import os
import sys
import time
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402

from counseling.models import Counselor  # noqa: E402
from counseling.rules.free_times import free_times  # noqa: E402
from counseling.rules.kinds import Channel, SessionKind  # noqa: E402
from counseling.services.booking import book_session  # noqa: E402
from counseling.services.free_times import free_times_of, read_center  # noqa: E402
from counseling.services.staff import set_rules  # noqa: E402
from network.models import User  # noqa: E402
from network.rules import Role  # noqa: E402
from tests import factories  # noqa: E402
from tests.counseling.centers import Center, clients, make_center  # noqa: E402

COUNSELORS, DAYS, ROUNDS = 20, 28, 7


def build() -> tuple[Center, Any]:
    at = timezone.now() - timedelta(days=30)
    school = factories.make_school(at=at)
    klass = factories.make_class(factories.make_college(school, "信息学院", at=at), "计科2601班", at=at)
    director: User = factories.give_post(school, Role.CENTER_DIRECTOR, at=at)
    center = make_center(school, director, at=at, counselors=COUNSELORS, rooms=COUNSELORS)
    Counselor.objects.update(weekly_cap=60)
    return center, klass


def reading(center: Center) -> dict[str, float]:
    """The rule alone in ms, all that a page reads in ms, and its queries."""
    at = timezone.now()
    first = timezone.localdate(at) + timedelta(days=1)
    last = first + timedelta(days=DAYS - 1)
    read = read_center(school_id=center.school.pk, first=first, last=last)
    ask = read.ask(SessionKind.INDIVIDUAL, Channel.IN_PERSON, first, last, at)
    asked: dict[str, Any] = {"kind": SessionKind.INDIVIDUAL, "channel": Channel.IN_PERSON, "first": first, "last": last}
    rule, whole, queries = [], [], 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        free_times(read.offered.values(), read.room_lines, ask, read.calendar)
        rule.append(time.perf_counter() - began)
        with CaptureQueriesContext(connection) as context:
            began = time.perf_counter()
            free_times_of(school_id=center.school.pk, at=at, **asked)
            whole.append(time.perf_counter() - began)
        queries = len(context)
    return {"rule_ms": min(rule) * 1000, "page_ms": min(whole) * 1000, "queries": queries}


def booking(center: Center, klass: Any, count: int, processes: int) -> float:
    """Bookings a second, each at another time."""
    director, at = center.director, timezone.now()
    set_rules(school=center.school, days_ahead=180, by=director, at=at)
    students = clients(center, klass, count)
    _center, free = free_times_of(
        school_id=center.school.pk,
        kind=SessionKind.INDIVIDUAL,
        channel=Channel.IN_PERSON,
        first=timezone.localdate(at) + timedelta(days=1),
        last=timezone.localdate(at) + timedelta(days=60),
        at=at,
    )
    hours = [row for row in free if row.starts_at.minute == 0][:count]
    people = {counselor.pk: counselor for counselor in center.counselors}
    jobs = list(zip(students, hours, strict=False))
    connection.close()
    began = time.perf_counter()
    children = []
    for n in range(processes):
        child = os.fork()
        if child == 0:
            for student, row in jobs[n::processes]:
                book_session(
                    student=student,
                    counselor=people[row.counselor],  # type: ignore[index]
                    starts_at=row.starts_at,
                    kind=SessionKind.INDIVIDUAL,
                    by=student.user,
                    at=at,
                )
            os._exit(0)
        children.append(child)
    failed = sum(os.waitpid(child, 0)[1] != 0 for child in children)
    assert not failed, f"{failed} processes failed"
    return len(jobs) / (time.perf_counter() - began)


def main(count: int, processes: int) -> None:
    center, klass = build()
    found = reading(center)
    found["per_second"] = booking(center, klass, count, processes)
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
