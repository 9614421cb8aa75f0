import json
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command

from counseling.models import Booking
from network.models import Student
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, days, moment


@pytest.fixture(autouse=True)
def clock(at: datetime) -> Iterator[None]:
    with time_machine.travel(at, tick=False):
        yield


def answer(name: str, **options: Any) -> tuple[Any, int]:
    """What a command prints as JSON, and its exit code."""
    output, code = StringIO(), 0
    try:
        call_command(name, json=True, stdout=output, **options)
    except SystemExit as stop:
        code = int(str(stop.code))
    return json.loads(output.getvalue()), code


def test_free_times_are_listed(center: Center, world: World, now: datetime) -> None:
    asked: dict[str, Any] = {"school": "MD", "first": MONDAY.isoformat(), "days": 1}
    rows, _code = answer("free_times", counselor=center.counselor.user.number, **asked)
    assert len(rows) == 29
    assert rows[0] == {
        "counselor": center.counselor.user.number,
        "start": "2026-11-16T09:00:00+08:00",
        "end": "2026-11-16T09:50:00+08:00",
        "kind": "individual",
        "rooms": ["咨询室 1"],
    }
    online, _code = answer("free_times", kind="online", **asked)
    assert {tuple(row["rooms"]) for row in online} == {()}


def test_booking_twice_is_refused_with_alternatives(center: Center, student: Student, others: list[Student]) -> None:
    asked = {"counselor": center.counselor.user.number, "start": "2026-11-16T14:00"}
    booked, code = answer("book", student=student.number, **asked)
    assert (booked["start"], booked["room"], code) == ("2026-11-16T14:00:00+08:00", "咨询室 1", 0)
    refused, code = answer("book", student=others[0].number, **asked)
    assert (refused["refused"], len(refused["alternatives"]), code) == ("taken", 3, 1)
    assert set(refused["alternatives"][0]) == {"counselor", "start", "end"}
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("free_times", {"first": "soon"}),
        ("free_times", {"first": "2026-11-16", "days": 0}),
        ("free_times", {"first": "2026-11-16", "counselor": "nobody"}),
        ("book", {"student": "nobody", "counselor": "nobody", "start": "2026-11-16T14:00"}),
        ("counseling_figures", {"month": "2026-13"}),
    ],
)
def test_bad_input_is_told_in_a_sentence(center: Center, name: str, options: dict[str, Any]) -> None:
    school = {} if name == "book" else {"school": "MD"}
    with pytest.raises(CommandError, match=r"[A-Z].*\."):
        call_command(name, **school, **options)


def test_figures_of_a_month_without_anything_are_empty(center: Center) -> None:
    figures, _code = answer("counseling_figures", school="MD", month="2026-11")
    assert figures["persons"]["total"] == 0
    assert figures["no_show"] == {"count": 0, "of": 0, "permille": None}
    assert figures["wait"]["median"] is None


def test_a_single_client_is_not_in_the_figures(center: Center, student: Student, now: datetime) -> None:
    booking = book(student, center.counselor, moment(MONDAY, 14), at=now)
    Booking.objects.filter(pk=booking.pk).update(state="attended", ended_at=moment(MONDAY + days(1), 9))
    figures, _code = answer("counseling_figures", school="MD", month="2026-11")
    assert figures["persons"]["total"] == "*"
    assert figures["persons"]["coverage"]["count"] == "*"
    assert figures["sessions"]["column_totals"]["attended"] == "*"
    assert (figures["wait"]["count"], figures["no_show"]["permille"]) == ("*", None)
