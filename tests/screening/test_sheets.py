from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.periods import TZ
from screening.rules.interviews import Urgency, due_at, least_busy, urgency_of
from screening.rules.papers.answering import DEVICES_KEPT, Fault, SentAnswer, Sheet
from screening.rules.tones import Tone, tone_of
from screening.rules.windows import Phase, default_window, faults, phase_on

ITEMS = [str(n) for n in range(1, 10)]
ANSWERS = st.lists(st.tuples(st.sampled_from(ITEMS), st.integers(0, 3)), max_size=40)


@given(ANSWERS)
def test_nothing_lies_beyond_the_first_gap(taps: list[tuple[str, int]]) -> None:
    sheet = Sheet()
    for item, value in taps:
        try:
            sheet.take([SentAnswer(item, value)], ITEMS, [])
        except Fault as fault:
            assert fault.code == "jumped-ahead"
            assert fault.place == sheet.gaps(ITEMS)[0]
    assert list(sheet.answers) == ITEMS[: len(sheet.answers)] or set(sheet.answers) == set(ITEMS[: len(sheet.answers)])


@given(ANSWERS)
def test_the_last_answer_counts_and_what_is_written_is_read(taps: list[tuple[str, int]]) -> None:
    sheet, last = Sheet(), {}
    for item, value in taps:
        try:
            sheet.take([SentAnswer(item, value, 2.04)], ITEMS, [])
        except Fault:
            continue
        last[item] = value
    assert sheet.answers == last
    assert Sheet.read(sheet.write()) == sheet


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 9)), max_size=30))
def test_a_message_is_heard_once(messages: list[tuple[str, int]]) -> None:
    sheet = Sheet()
    for device, number in messages:
        if not sheet.has_heard(device, number):
            sheet.hear(device, number)
        assert sheet.has_heard(device, number)


def test_the_last_devices_are_remembered() -> None:
    sheet = Sheet()
    for n in range(DEVICES_KEPT + 3):
        sheet.hear(f"d{n}", 1)
    sheet.hear("", 5)
    assert len(sheet.heard) == DEVICES_KEPT
    assert not sheet.has_heard("d0", 1)
    assert sheet.has_heard(f"d{DEVICES_KEPT + 2}", 1)
    assert not sheet.has_heard("", 1)


def test_an_optional_item_may_be_passed_over() -> None:
    sheet = Sheet()
    assert sheet.take([SentAnswer("2", 1)], ITEMS, ["1"]) == ["2"]


@pytest.mark.parametrize(("seconds", "kept"), [(-5, 0.0), (9999, 3600.0), (1.26, 1.3)])
def test_seconds_are_bounded(seconds: float, kept: float) -> None:
    sheet = Sheet()
    sheet.take([SentAnswer("1", 1, seconds)], ITEMS, [])
    assert sheet.seconds == {"1": kept}


WINDOW = {"opens_on": date(2026, 9, 21), "closes_on": date(2026, 11, 1), "makeup_until": date(2026, 11, 10)}


@pytest.mark.parametrize(
    ("day", "phase"),
    [
        (date(2026, 9, 20), Phase.WAITING),
        (date(2026, 9, 21), Phase.RUNNING),
        (date(2026, 11, 1), Phase.RUNNING),
        (date(2026, 11, 2), Phase.MAKEUP),
        (date(2026, 11, 10), Phase.MAKEUP),
        (date(2026, 11, 11), Phase.OVER),
    ],
)
def test_each_day_has_its_phase(day: date, phase: Phase) -> None:
    assert phase_on(day, opened=True, closed=False, **WINDOW) == phase
    assert phase_on(day, opened=False, closed=False, **WINDOW) == Phase.DRAFT
    assert phase_on(day, opened=True, closed=True, **WINDOW) == Phase.CLOSED


@pytest.mark.parametrize("day", [date(2026, 9, 1), date(2026, 11, 25), date(2027, 8, 31)])
def test_the_default_window_is_weeks_three_to_eight_of_the_first_term(day: date) -> None:
    assert default_window(day) == (date(2026, 9, 21), date(2026, 11, 1))


def test_a_window_names_its_fault() -> None:
    first = date(2026, 11, 1)
    assert faults(first, first, None) == {}
    assert list(faults(first, first - timedelta(days=1), None)) == ["closes_on"]
    assert faults(first, first, first) == {"makeup_until": "makeup-before-the-end"}
    assert faults(first, first, first + timedelta(days=14)) == {}
    assert faults(first, first, first + timedelta(days=15)) == {"makeup_until": "makeup-too-long"}


@pytest.mark.parametrize(
    ("level", "critical", "valid", "urgency"),
    [
        (3, True, False, Urgency.CRITICAL),
        (None, True, False, Urgency.CRITICAL),
        (1, False, True, Urgency.FIRST),
        (1, False, False, Urgency.FIRST),
        (2, False, True, Urgency.SECOND),
        (2, False, False, None),
        (3, False, True, None),
        (None, False, True, None),
    ],
)
def test_who_is_invited(level: int | None, critical: bool, valid: bool, urgency: Urgency | None) -> None:
    assert urgency_of(level, critical=critical, valid=valid) == urgency


def test_due_times_run_from_the_result() -> None:
    at = datetime(2026, 11, 10, 9, tzinfo=TZ)
    assert [due_at(one, at) - at for one in Urgency] == [timedelta(hours=24), timedelta(weeks=2), timedelta(weeks=6)]


@given(
    st.dictionaries(st.integers(1, 9), st.integers(0, 20)),
    st.sets(st.integers(1, 9)),
    st.frozensets(st.integers(1, 9)),
)
def test_the_next_talk_falls_to_the_least_busy_who_is_free(
    busy: dict[int, int], candidates: set[int], barred: frozenset[int]
) -> None:
    chosen = least_busy(busy, candidates, barred)
    free = candidates - barred
    if not free:
        assert chosen is None
        return
    assert chosen in free
    assert busy.get(chosen or 0, 0) == min(busy.get(one, 0) for one in free)


@pytest.mark.parametrize(
    ("levels", "critical", "valid", "tone"),
    [
        ([3], False, True, Tone.STEADY),
        ([3, 2], False, True, Tone.TIRED),
        ([3, 1], False, True, Tone.HEAVY),
        ([3], True, True, Tone.CALLED),
        ([None], False, False, Tone.UNCLEAR),
        ([1], False, False, Tone.HEAVY),
        ([], False, True, Tone.STEADY),
    ],
)
def test_the_tone_is_that_of_the_heaviest(levels: list[int | None], critical: bool, valid: bool, tone: Tone) -> None:
    assert tone_of(levels, critical=critical, valid=valid) == tone
