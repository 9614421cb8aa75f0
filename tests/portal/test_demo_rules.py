"""What makes the demonstration believable to somebody who knows universities. Generators alone, no database."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from demo.hours import office_time, student_time
from demo.moods import DANGER, HEAVY, Moods, answers
from demo.names import COLLEGES, HOME, MEN
from demo.screening import title_of
from demo.story import VACATIONS, months, start_of
from demo.talk_notes import talk_note
from demo.university import plan
from demo.weather import draw_signs
from kernel.periods import TZ
from reporting.rules.dorm_lines import Sign

DAYS = [date(2026, 9, 1) + timedelta(days=11 * n) for n in range(34)]


def evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=UTC)


@pytest.mark.parametrize("day", DAYS)
def test_nobody_reports_in_a_vacation_or_before_the_freshmen_came(day: date) -> None:
    *closed, last = months(evening(day))
    assert last.first == day.replace(day=1)
    assert not {month.first.month for month in closed} & VACATIONS
    assert all(month.first >= date(2026, 9, 1) for month in closed)
    assert len(closed) == min(3, len(closed))
    assert start_of(evening(day)) <= evening(day) - timedelta(days=100)


def test_students_answer_in_the_evening_and_nobody_at_night() -> None:
    draw = Random(1)
    hours = [student_time(draw, date(2026, 11, 2)).hour for _ in range(2000)]
    assert min(hours) >= 8
    assert max(hours) <= 23
    assert sum(17 <= hour < 23 for hour in hours) > sum(8 <= hour < 14 for hour in hours)


def test_talks_are_held_in_office_hours_on_weekdays() -> None:
    for n in range(60):
        moment = office_time(datetime(2026, 11, 1, 3, tzinfo=UTC) + n * timedelta(hours=9), n).astimezone(TZ)
        assert moment.weekday() < 5
        assert 9 <= moment.hour < 18


def test_notes_of_talks_differ() -> None:
    draw = Random(1)
    assert len({talk_note(draw) for _ in range(100)}) > 60


def test_the_worst_are_in_every_college_and_few_say_yes_to_the_ninth_item() -> None:
    moods, draw = Moods(), Random(1)
    papers: list[tuple[int, Any, list[Any]]] = []
    for n in range(1600):
        row: Any = SimpleNamespace(college_id=n % 8)
        values = moods.of(row)
        papers.append((n % 8, values, answers(draw, values, moods.ninth())))
    assert {college for college, values, _answers in papers if values is HEAVY} == set(range(8))
    yes = sum(sent[-1].value > 0 for _college, _values, sent in papers) / len(papers)
    assert 0.01 <= yes <= 0.02
    assert not any(values is DANGER for _college, values, _sent in papers)


def test_sleep_is_the_sign_that_is_seen_most() -> None:
    draw = Random(1)
    seen = Counter(sign for _ in range(2000) for sign in draw_signs(draw, 2))
    assert seen.most_common(1)[0][0] == Sign.SLEEP
    assert set(seen) == set(Sign)
    assert all(len(set(draw_signs(draw, 3))) == 3 for _ in range(50))


def test_sex_follows_the_subject_and_origin_the_population() -> None:
    assert set(MEN) == {major for _name, majors in COLLEGES for major, _short in majors}
    students = plan(students=3000, seed=1, year=2026).students
    men = {major: [one.sex == "M" for one in students if one.school_class.major == major] for major in MEN}
    share = {major: sum(those) / len(those) for major, those in men.items() if len(those) > 100}
    assert share["车辆工程"] > 0.8
    assert share["护理学"] < 0.2
    origins = Counter(one.origin for one in students)
    assert 0.4 < origins[HOME] / len(students) < 0.6
    assert origins["河南"] > origins["西藏"]


@pytest.mark.parametrize(
    ("day", "title"),
    [(date(2026, 10, 9), "2026 级新生心理普查"), (date(2027, 3, 9), "2026 级春季心理普查")],
)
def test_freshmen_are_asked_in_their_first_autumn(day: date, title: str) -> None:
    assert title_of(2026, day) == title
