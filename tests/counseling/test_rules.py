"""The rules of free times, limits, offers and figures, without a database."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counseling.rules.free_times import (
    Ask,
    FreeTime,
    HoursLine,
    Offered,
    RoomLine,
    free_times,
    full_weeks,
    overlaps,
    serves,
)
from counseling.rules.indicators import Ratio, load, percentile, shown_ratio, waits, working_days
from counseling.rules.intakes import is_at_risk, triage_of
from counseling.rules.kinds import Triage
from counseling.rules.limits import Night, held_until, is_late, is_short_notice, remaining
from counseling.rules.minutes import minutes_offered
from counseling.rules.refusals import Why, nearest, why_not
from counseling.rules.timetable import calendar, runs_in, usual_term
from counseling.rules.waiting import Freed, Wish, part_of, suits
from kernel.periods import TZ
from kernel.suppression import HIDDEN
from network.rules.terms import SchoolCalendar, TermSpan
from tests.counseling.centers import MONDAY, moment
from tests.sizes import size

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SINCE = date(2026, 9, 1)
TERM = TermSpan(date(2026, 9, 7), 18, "2026-2027", 1)
CALENDAR = calendar(SchoolCalendar([TERM]))
NOON_TO_FIVE = HoursLine(1, time(12), time(17), "regular", "all", SINCE)
ROOMS = [RoomLine("a"), RoomLine("b")]
NIGHT = Night()


def offered(*hours: HoursLine, **fields: object) -> Offered:
    return replace(Offered("c", 50, 10, hours or (NOON_TO_FIVE,)), **fields)  # type: ignore[arg-type]


def ask(**fields: object) -> Ask:
    first = Ask("individual", "in_person", MONDAY, MONDAY, moment(date(2026, 11, 10), 9), grid=60)
    return replace(first, **fields)  # type: ignore[arg-type]


def starts(rows: list[FreeTime]) -> list[int]:
    return [row.starts_at.astimezone(TZ).hour * 100 + row.starts_at.astimezone(TZ).minute for row in rows]


def test_free_times_end_within_hours_and_leave_out_what_is_taken_and_closed() -> None:
    plain = free_times([offered()], ROOMS, ask(), CALENDAR)
    assert starts(plain) == [1200, 1300, 1400, 1500, 1600]
    assert plain[0].ends_at - plain[0].starts_at == 50 * MINUTE
    taken = [(moment(MONDAY, 14), moment(MONDAY, 15))]
    closed = [(moment(MONDAY, 16, 30), moment(MONDAY, 18))]
    assert starts(free_times([offered(taken=taken, closed=closed)], ROOMS, ask(), CALENDAR)) == [1200, 1300, 1500]


def test_a_session_needs_its_pause_before_the_next_one() -> None:
    busy = offered(taken=[(moment(MONDAY, 14), moment(MONDAY, 15))])
    rows = free_times([busy], ROOMS, ask(grid=5), CALENDAR)
    hour = [start for start in starts(rows) if 1255 <= start <= 1505]
    assert hour == [1255, 1300, 1500, 1505]


def test_rooms_are_those_that_are_free_on_the_campus() -> None:
    rooms = [
        RoomLine("a", taken=[(moment(MONDAY, 12), moment(MONDAY, 15))]),
        RoomLine("b", campus="east", taken=[(moment(MONDAY, 14, 30), moment(MONDAY, 16))]),
        RoomLine("c", campus="west"),
    ]
    rows = free_times([offered(campus="east")], rooms, ask(), CALENDAR)
    assert [(start, row.rooms) for start, row in zip(starts(rows), rows, strict=True)] == [
        (1200, ("b",)),
        (1300, ("b",)),
        (1500, ("a",)),
        (1600, ("a", "b")),
    ]
    fixed = replace(NOON_TO_FIVE, room="a")
    assert starts(free_times([offered(fixed)], rooms, ask(), CALENDAR)) == [1500, 1600]
    assert len(free_times([offered()], [], ask(channel="phone"), CALENDAR)) == 5


def test_a_day_that_was_closed_or_moved_follows_its_plan() -> None:
    saturday, holiday = date(2026, 10, 10), date(2026, 10, 1)
    thursday = offered(replace(NOON_TO_FIVE, weekday=4))
    at = moment(date(2026, 9, 20), 9)
    for day in (saturday, holiday):
        assert free_times([thursday], ROOMS, ask(first=day, last=day, at=at), CALENDAR) == []
    moved = calendar(SchoolCalendar([TERM], {("", saturday): (4, "")}))
    assert len(free_times([thursday], ROOMS, ask(first=saturday, last=saturday, at=at), moved)) == 5
    east = calendar(SchoolCalendar([TERM], {("east", MONDAY): (None, "")}))
    assert free_times([offered(campus="east")], ROOMS, ask(), east) == []
    assert len(free_times([offered()], ROOMS, ask(), east)) == 5


@pytest.mark.parametrize(
    ("day", "week", "odd"), [(date(2026, 9, 7), 1, True), (date(2026, 9, 20), 2, False), (MONDAY, 11, True)]
)
def test_odd_weeks_count_from_the_first_monday(day: date, week: int, odd: bool) -> None:
    assert CALENDAR(day, "").week == week
    assert runs_in("odd", week) is odd
    assert runs_in("even", week) is not odd
    assert (runs_in("odd", None), runs_in("all", None)) == (False, True)


def test_urgent_hours_open_that_morning_without_notice() -> None:
    urgent = offered(replace(NOON_TO_FIVE, use="urgent"))
    for at, count in (
        (moment(MONDAY, 7, 59), 0),
        (moment(MONDAY, 8), 5),
        (moment(MONDAY, 14), 3),
        (moment(MONDAY, 14, 1), 2),
    ):
        assert len(free_times([urgent], ROOMS, ask(at=at), CALENDAR)) == count


def test_notice_leaves_out_what_is_too_near() -> None:
    for at, first in ((moment(MONDAY, 10), 1200), (moment(MONDAY, 10) + SECOND, 1300)):
        assert starts(free_times([offered()], ROOMS, ask(at=at), CALENDAR))[0] == first


def test_full_weeks_offer_nothing() -> None:
    weeks = full_weeks([moment(MONDAY, 9), moment(MONDAY + timedelta(days=4), 9)], 2)
    assert weeks == {MONDAY}
    assert free_times([offered(full_weeks=weeks)], ROOMS, ask(), CALENDAR) == []


@pytest.mark.parametrize(
    ("use", "kind", "channel", "expected"),
    [
        ("regular", "individual", "in_person", True),
        ("regular", "individual", "phone", True),
        ("first_talk", "individual", "in_person", False),
        ("first_talk", "first_talk", "in_person", True),
        ("phone", "individual", "in_person", False),
        ("phone", "individual", "phone", True),
        ("online", "individual", "phone", False),
        ("urgent", "first_talk", "in_person", True),
        ("regular", "group", "in_person", False),
    ],
)
def test_hours_serve_their_kinds(use: str, kind: str, channel: str, expected: bool) -> None:
    assert serves(use, kind, channel) is expected


SPANS = st.lists(
    st.tuples(st.integers(0, 7 * 1440), st.integers(1, 300)).map(
        lambda pair: (moment(MONDAY, 0) + pair[0] * MINUTE, moment(MONDAY, 0) + (pair[0] + pair[1]) * MINUTE)
    ),
    max_size=8,
)


@given(
    taken=SPANS,
    closed=SPANS,
    length=st.integers(10, 120),
    pause=st.integers(0, 30),
    grid=st.sampled_from([5, 15, 30, 60]),
)
def test_the_quick_rule_equals_the_plain_one(
    taken: list[tuple[datetime, datetime]],
    closed: list[tuple[datetime, datetime]],
    length: int,
    pause: int,
    grid: int,
) -> None:
    lines = [HoursLine(day, time(8), time(20, 30), "regular", "all", SINCE) for day in (1, 3, 5)]
    who = Offered("c", length, pause, lines, taken, closed)
    asked = ask(first=MONDAY, last=MONDAY + timedelta(days=6), grid=grid, channel="online")
    quick = [row.starts_at for row in free_times([who], [], asked, CALENDAR)]
    plain = []
    for line in lines:
        begins = moment(MONDAY + timedelta(days=line.weekday - 1), 8)
        ends = begins.replace(hour=20, minute=30)
        while begins + length * MINUTE <= ends:
            span, rest = (begins, begins + length * MINUTE), (begins, begins + (length + pause) * MINUTE)
            if not any(overlaps(rest, other) for other in taken) and not any(overlaps(span, other) for other in closed):
                plain.append(begins)
            begins += grid * MINUTE
    assert quick == plain


def test_twenty_counselors_and_four_weeks_take_twenty_milliseconds() -> None:
    hours = [
        HoursLine(day, time(a), time(b), "regular", "all", SINCE) for day in range(1, 6) for a, b in ((9, 12), (14, 18))
    ]
    days = [MONDAY + timedelta(days=n) for n in range(28)]

    def busy(n: int) -> list[tuple[datetime, datetime]]:
        return [(moment(day, 9 + (n + day.day) % 8), moment(day, 10 + (n + day.day) % 8)) for day in days]

    people = [Offered(n, 50, 10, hours, busy(n)) for n in range(20)]
    rooms = [RoomLine(n, "", busy(n + 3)) for n in range(6)]
    asked = ask(last=days[-1], grid=30)
    spent = []
    for _ in range(5):
        begins = process_time()
        rows = free_times(people, rooms, asked, CALENDAR)
        spent.append(process_time() - begins)
    assert len(rows) > 1000
    # The bench has the measured figure; here only that nobody makes it slow.
    assert min(spent) < size(quick=0.1, full=0.05)


def test_why_a_time_cannot_be_booked() -> None:
    closed = [(moment(MONDAY, 16), moment(MONDAY, 17))]
    who = offered(taken=[(moment(MONDAY, 14), moment(MONDAY, 15))], closed=closed)

    def why(hour: int, minute: int = 0, **fields: object) -> object:
        return why_not(who, ROOMS, ask(**fields), CALENDAR, moment(MONDAY, hour, minute))

    assert why(13) == ("regular", ("a", "b"))
    assert why(14) == Why.TAKEN
    assert why(13, 15) == Why.OFF_GRID
    assert why(16) == Why.CLOSED
    assert why(9) == Why.NO_HOURS
    assert why(16, 30) == Why.NO_HOURS
    assert why(12, at=moment(MONDAY, 11)) == Why.NOTICE
    assert why(13, kind="first_talk") == ("regular", ("a", "b"))
    assert why_not(who, [], ask(), CALENDAR, moment(MONDAY, 13)) == Why.NO_ROOM
    only_online = replace(who, channels=frozenset({"online"}))
    assert why_not(only_online, ROOMS, ask(), CALENDAR, moment(MONDAY, 13)) == Why.NOT_OFFERED
    full = replace(who, full_weeks=frozenset({MONDAY}))
    assert why_not(full, ROOMS, ask(), CALENDAR, moment(MONDAY, 13)) == Why.FULL_WEEK


def test_limits_are_exact_to_the_second() -> None:
    start = moment(MONDAY, 14)
    assert not is_late(start, start - 24 * HOUR, 24)
    assert is_late(start, start - 24 * HOUR + SECOND, 24)
    assert not is_short_notice(start, start - 2 * HOUR, 120)
    assert is_short_notice(start, start - 2 * HOUR + SECOND, 120)
    assert (remaining(8, [4], 11), remaining(8, [], 9)) == (1, 0)


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (moment(MONDAY, 10), moment(MONDAY, 12)),
        (moment(MONDAY, 21), moment(MONDAY + timedelta(days=1), 9)),
        (moment(MONDAY, 22, 40), moment(MONDAY + timedelta(days=1), 10)),
        (moment(MONDAY, 3), moment(MONDAY, 10)),
        (moment(MONDAY, 20), moment(MONDAY, 22)),
    ],
)
def test_offers_are_held_two_hours_of_the_day(at: datetime, until: datetime) -> None:
    far = moment(MONDAY + timedelta(days=7), 9)
    assert held_until(at, 120, far, NIGHT) == until
    assert held_until(at, 120, until + HOUR, NIGHT) == max(at, until - HOUR)


@given(
    minutes=st.integers(10, 2880),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
)
def test_an_offer_is_never_held_for_less_of_the_day(minutes: int, hour: int, minute: int) -> None:
    at = moment(MONDAY, hour, minute)
    until = held_until(at, minutes, moment(MONDAY + timedelta(days=60), 9), NIGHT)
    counted, now = 0, at
    while now < until:
        counted += not NIGHT.covers(now)
        now += MINUTE
    assert counted == minutes


def test_wishes_are_kept() -> None:
    freed = Freed("c", "in_person", "regular", moment(MONDAY, 14), "east")
    assert part_of(freed.starts_at) == "1pm"
    assert suits(Wish("individual"), freed)
    assert suits(Wish("individual", "c", ["in_person"], ["1pm"], "east"), freed)
    for wish in (
        Wish("group"),
        Wish("individual", "d"),
        Wish("individual", channels=["phone"]),
        Wish("individual", parts=["1am"]),
        Wish("individual", campus="west"),
    ):
        assert not suits(wish, freed)
    assert not suits(Wish("first_talk"), replace(freed, kinds=["individual"]))


def test_answers_that_tell_of_danger_are_for_today() -> None:
    assert triage_of({}) == Triage.REGULAR
    assert triage_of({"thoughts": "sometimes"}) == Triage.SOON
    for answers in ({"plan": "yes"}, {"safe_today": "no"}, {"thoughts": "often"}):
        assert is_at_risk(answers)
        assert triage_of(answers) == Triage.TODAY


def test_minutes_offered_leave_out_closures() -> None:
    closed = [(moment(MONDAY, 11), moment(MONDAY, 13)), (moment(MONDAY, 12, 30), moment(MONDAY, 14))]
    assert minutes_offered(offered(), MONDAY, CALENDAR) == 300
    assert minutes_offered(offered(closed=closed), MONDAY, CALENDAR) == 180
    assert minutes_offered(offered(), MONDAY + timedelta(days=1), CALENDAR) == 0


def test_terms_without_an_entry_begin_in_august_and_february() -> None:
    assert usual_term(date(2026, 11, 16)) == (date(2026, 8, 16), date(2027, 2, 15))
    assert usual_term(date(2027, 1, 3)) == (date(2026, 8, 16), date(2027, 2, 15))
    assert usual_term(date(2027, 3, 1)) == (date(2027, 2, 16), date(2027, 8, 15))


def test_figures_are_exact_and_small_ones_hidden() -> None:
    assert (Ratio(1, 3).permille, Ratio(1, 2).permille, Ratio(0, 0).permille) == (333, 500, None)
    assert Ratio(1, 2000).permille == 1
    assert (shown_ratio(6, 12), shown_ratio(0, 0)) == (Ratio(6, 12), Ratio(0, 0))
    for ratio in (shown_ratio(3, 12), shown_ratio(9, 12), shown_ratio(3, 4)):
        assert ratio.count is HIDDEN
        assert ratio.permille is None
    assert [percentile([5, 1, 9, 3], percent) for percent in (50, 90)] == [3, 9]
    assert percentile([], 50) is None
    assert waits([1, 2]).median is HIDDEN
    assert (waits([]).count, waits([]).median) == (0, None)
    assert (waits([1, 2, 3, 4, 50]).median, waits([1, 2, 3, 4, 50]).p90) == (3, 50)
    workdays = working_days(date(2026, 11, 13), date(2026, 11, 17), lambda day: day.weekday() < 5)
    assert workdays == 2
    assert (load(48, 48), load(48, 0), load(HIDDEN, 24)) == (24, None, HIDDEN)
    assert nearest([moment(MONDAY, 9), moment(MONDAY, 12), moment(MONDAY, 15)], moment(MONDAY, 13), 2) == [1, 2]
