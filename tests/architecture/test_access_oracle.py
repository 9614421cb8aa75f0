"""A second opinion: a dozen lines over posts and the table of roles, against `visible_to`, on trees of chance."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crisis.models import Alarm
from kernel.periods import TZ
from network.models import Placement, Post, Student, Unit, User
from network.rules import ROLE_LEVEL, Ability, Level, Role
from network.services.posts import _grant
from reporting.models import Cycle, Line, Report
from tests import factories
from tests.architecture.table import COLUMNS

PAIRS = 10_000
TODAY = date(2026, 11, 10)
# Which letters of which column an ability stands for, and which rows it opens.
MEANING = {
    Ability.VIEW_ROSTER: ("roster", {"R"}, (Student, Placement)),
    Ability.VIEW_NAMES: ("roster", {"names", "room-mates"}, (Student,)),
    Ability.VIEW_LINES: ("dorm lines", {"R"}, (Line,)),
    Ability.VIEW_LINE_SUMMARY: ("dorm lines", {"S"}, (Line,)),
    Ability.HANDLE_ALARM: ("crisis", {"W", "W,T"}, (Alarm,)),
    Ability.VIEW_STATS: ("stats", {"R", "a"}, (Unit,)),
    Ability.CONFIGURE: ("settings", {"W"}, (Unit,)),
    Ability.MANAGE_ACCESS: ("access", {"W"}, (Unit,)),
}
REPORT_COLUMNS = {"dorm": "dorm report", "class": "class report of the month", "college": "college report"}
KEYS = {
    Student: ("school_id", "college_id", "school_class_id", "dorm_id"),
    Unit: ("pk", "parent_id", "college_id", "school_id"),
}


def may_see(posts: list[tuple[str, int, date, date | None]], row: Any, column: str, letters: set[str]) -> bool:
    """The oracle. A row is open to who holds, today, a post at its unit or above whose role has such a letter."""
    places = [getattr(row, key) for key in KEYS.get(type(row), KEYS[Student])]
    for role, unit, starts_on, ends_on in posts:
        in_force = starts_on <= TODAY and (ends_on is None or ends_on > TODAY)
        if in_force and unit in places and COLUMNS[column][role] in letters:
            return True
    return False


@pytest.fixture
def rows(db: None) -> dict[type, list[Any]]:
    """Two schools with colleges, classes and dorms drawn by chance; rooms house students of several classes."""
    draw = Random(2026)
    at = datetime(2026, 9, 1, 9, tzinfo=TZ)
    for code in ("A", "B"):
        school = factories.make_school(at=at, code=code, name=code)
        colleges = [factories.make_college(school, f"{code}{n}", at=at) for n in range(draw.randint(2, 3))]
        classes = [factories.make_class(draw.choice(colleges), f"{code}c{n}", at=at) for n in range(5)]
        dorms = [factories.make_dorm(draw.choice(classes), f"{code}{n}", at=at) for n in range(6)]
        for school_class in classes:
            for _ in range(6):
                factories.make_students(school_class, 1, on=at.date(), dorm=draw.choice([*dorms, None]))
        month = Cycle.objects.create(school=school, month=date(2026, 11, 1), college_due_at=at, opened_at=at)
        _tell(month, school, at)
    kinds: tuple[type[Any], ...] = (Unit, Student, Placement, Line, Report, Alarm)
    return {kind: list(kind.objects.order_by("pk")) for kind in kinds}


def _tell(cycle: Cycle, school: Unit, at: datetime) -> None:
    """A report per unit, a line and an alarm per student."""
    reports = {unit.pk: _report(cycle, unit, at) for unit in Unit.objects.filter(school=school)}
    Report.objects.bulk_create(reports.values())
    students = list(Student.objects.filter(school=school))
    keys = ("school_id", "college_id", "school_class_id", "dorm_id")
    placed = [({key: getattr(one, key) for key in keys}, one) for one in students]
    Line.objects.bulk_create(
        Line(report=reports[one.dorm_id or one.school_class_id], cycle=cycle, student=one, status=1, **at_place)
        for at_place, one in placed
    )
    Alarm.objects.bulk_create(
        Alarm(student=one, source="thunder_line", source_key=str(one.pk), raised_by=one.user, raised_at=at, **at_place)
        for at_place, one in placed
    )


def _report(cycle: Cycle, unit: Unit, at: datetime) -> Report:
    keys: dict[str, Any] = {"school_id": unit.school_id, "college_id": unit.college_id}
    own = {Level.COLLEGE: "college_id", Level.CLASS: "school_class_id", Level.DORM: "dorm_id"}[Level(unit.level)]
    if unit.level == Level.DORM:
        keys["school_class_id"] = unit.parent_id
    return Report(cycle=cycle, unit=unit, level=unit.level, changed_at=at, **keys | {own: unit.pk})


appointments = st.lists(
    st.tuples(
        st.sampled_from(list(Role)),
        st.integers(0, 10**6),
        st.integers(-30, 3),
        st.one_of(st.none(), st.integers(-3, 3)),
    ),
    min_size=1,
    max_size=3,
)


def test_visible_to_agrees_with_the_oracle(rows: dict[type, list[Any]], november: datetime) -> None:
    by_level = {level: [unit for unit in rows[Unit] if unit.level == level] for level in Level}
    user = factories.make_user("试探者", school=by_level[Level.SCHOOL][0])
    asked: Counter[bool] = Counter()

    @settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(drawn=appointments)
    def compare(drawn: list[tuple[Role, int, int, int | None]]) -> None:
        Post.objects.filter(holder=user).delete()
        posts = [_post(user, by_level, *one) for one in drawn]
        kept = list({(post.role, post.unit_id): post for post in posts}.values())
        Post.objects.bulk_create(kept)
        _grant(kept)
        told = [(post.role, post.unit_id, post.starts_on, post.ends_on) for post in kept]
        fresh = User.objects.get(pk=user.pk)
        fresh.request_scope = None
        for ability, (column, letters, kinds) in MEANING.items():
            for kind in kinds:
                seen = set(kind.objects.visible_to(fresh, ability).values_list("pk", flat=True))
                expected = {row.pk for row in rows[kind] if may_see(told, row, column, letters)}
                assert seen == expected, f"{ability} on {kind.__name__} with {told}"
                asked.update(row.pk in expected for row in rows[kind])
        seen = set(Report.objects.visible_to(fresh).values_list("pk", flat=True))
        expected = {one.pk for one in rows[Report] if may_see(told, one, REPORT_COLUMNS[one.level], {"F", "C", "R"})}
        assert seen == expected, f"reports with {told}"
        asked.update(one.pk in expected for one in rows[Report])

    compare()
    assert asked.total() >= PAIRS
    # Neither all nor nothing: both answers were given often.
    assert min(asked.values()) >= PAIRS / 20


def _post(user: User, by_level: dict[Level, list[Unit]], role: Role, number: int, start: int, end: int | None) -> Post:
    units = by_level[ROLE_LEVEL[role]]
    starts_on = TODAY + timedelta(days=start)
    ends_on = None if end is None else max(starts_on, TODAY + timedelta(days=end))
    return Post(holder=user, unit=units[number % len(units)], role=role, starts_on=starts_on, ends_on=ends_on)
