"""A month counted a second time, line by line in plain Python, to prove the rollups. Shares nothing with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from network.models import Placement
from network.rules import PRESENT
from reporting.models import Cycle, Line, Report, Summary

WORDS = {1: "clear", 2: "cloudy", 3: "overcast", 4: "rain", 5: "thunder"}
BIT_WORDS = {
    "signs": ("sleep", "eating", "class_absence", "withdrawal", "conflict", "crying", "gaming", "drinking"),
    "events": ("loss", "break_up", "failure", "discipline", "debt", "illness"),
    "helps": ("talked", "kept_company", "told_committee_member", "told_fudaoyuan", "suggested_counseling"),
    "topics": ("study", "life", "relations", "love", "career", "family"),
}
LEVEL_WORDS = {"dorm": "dorms", "class": "classes", "college": "colleges"}
ARRIVED = ("filed", "accepted")
# One counter per unit, and one per room; a bit is counted under "signs.sleep".
Counts = dict[int, Counter[str]]


@dataclass(frozen=True)
class Difference:
    """A figure that does not agree: `where` is a unit's code, or a sum that should equal another."""

    where: str
    figure: str
    stored: int
    counted: int


def differences(*, cycle: Cycle, at: datetime) -> list[Difference]:
    """What the stored summaries say otherwise than the lines, and sums of levels that do not agree."""
    counts, rooms = _count(cycle, at)
    wrong: list[Difference] = []
    stored = {row.unit_id: row for row in Summary.objects.filter(cycle=cycle).select_related("unit")}
    for unit_id in sorted(stored.keys() | counts.keys()):
        row = stored.get(unit_id)
        code = str(unit_id) if row is None else row.unit.code
        kept, counted = _flat(row.figures if row else {}), counts.get(unit_id, Counter())
        wrong += [
            Difference(code, name, kept.get(name, 0), counted[name])
            for name in sorted(kept.keys() | counted.keys())
            if kept.get(name, 0) != counted[name]
        ]
    return [*wrong, *_sums(cycle, counts, rooms)]


def _count(cycle: Cycle, at: datetime) -> tuple[Counts, Counter[str]]:
    """Counts by unit, and those of all rooms and of the students without one."""
    counts: Counts = {cycle.school_id: Counter()}
    rooms: Counter[str] = Counter()
    reported = set()
    lines = (
        Line.objects.filter(cycle=cycle, is_current=True)
        .order_by("pk")
        .values("student_id", "college_id", "school_class_id", "dorm_id", "status", "signs", "events", "helps")
    )
    for line in lines.iterator():
        reported.add(line["student_id"])
        names = ["students", "reported", WORDS[line["status"]], *_bits(line)]
        _add(counts, cycle, line, names)
        rooms[f"{'in rooms' if line['dorm_id'] else 'roomless'}.{WORDS[line['status']]}"] += 1
    for placement in _present(cycle, at):
        if placement["student_id"] not in reported:
            _add(counts, cycle, placement, ["students"])
    for report in Report.objects.filter(cycle=cycle, is_current=True).order_by("pk").iterator():
        _add(counts, cycle, vars(report), list(_report_words(report)))
        if report.level == "class" and report.state in ARRIVED:
            _add(counts, cycle, vars(report), ["mood_sum"] * (report.mood_index or 0))
    return counts, rooms


def _add(counts: Counts, cycle: Cycle, keys: dict[str, Any], names: list[str]) -> None:
    for unit_id in {cycle.school_id, keys["college_id"], keys["school_class_id"]} - {None}:
        counts.setdefault(unit_id, Counter()).update(names)


def _bits(row: dict[str, Any]) -> Iterator[str]:
    for name, words in BIT_WORDS.items():
        for place, word in enumerate(words):
            if row.get(name, 0) >> place & 1:
                yield f"{name}.{word}"


def _report_words(report: Report) -> Iterator[str]:
    name = LEVEL_WORDS[report.level]
    yield f"{name}_due"
    if report.state not in ARRIVED:
        return
    yield f"{name}_filed"
    if report.on_time:
        yield f"{name}_on_time"
    if report.level == "class":
        yield from _bits({"topics": report.topics})
        if report.activity:
            yield "activities"
        if report.mood_index is not None:
            yield "mood_count"


def _present(cycle: Cycle, at: datetime) -> Iterator[dict[str, Any]]:
    """Who was there on the day the month stands for: today while it runs, later the day the dorms were due."""
    due = max(cycle.dorm_due_at or cycle.college_due_at, cycle.opened_at)
    day = localdate(min(at, due))
    rows = Placement.objects.filter(school=cycle.school_id).order_by("pk")
    for row in rows.values(
        "student_id", "college_id", "school_class_id", "starts_on", "ends_on", "enrollment_status"
    ).iterator():
        begun, over = row["starts_on"] <= day, row["ends_on"] is not None and row["ends_on"] <= day
        if begun and not over and row["enrollment_status"] in PRESENT:
            yield row


def _flat(figures: dict[str, Any]) -> dict[str, int]:
    flat: dict[str, int] = {}
    for name, value in figures.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{key}": count for key, count in value.items() if count}
        elif value:
            flat[name] = value
    return flat


def _sums(cycle: Cycle, counts: Counts, rooms: Counter[str]) -> Iterator[Difference]:
    """Rooms and students without one together make the school; so do the classes."""
    stored = list(Summary.objects.filter(cycle=cycle).values_list("level", "figures"))
    for word in WORDS.values():
        whole = counts[cycle.school_id][word]
        kept = sum(figures[word] for level, figures in stored if level == "school")
        in_rooms = rooms[f"in rooms.{word}"] + rooms[f"roomless.{word}"]
        classes = sum(figures[word] for level, figures in stored if level == "class")
        if in_rooms != kept:
            yield Difference("rooms = school", word, kept, in_rooms)
        if classes != whole:
            yield Difference("classes = school", word, classes, whole)
