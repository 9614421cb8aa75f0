"""The plan of a rollover as it is written down: its steps, and what is wrong with one before any school is looked at.
Pure."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, TypeGuard

from network.rules.cells import INVISIBLE, NUMBER

FARTHEST = timedelta(days=400)
MOST_STEPS = 300
MOST_ENTRIES = 60_000
LONGEST_NAME = 80
LONGEST_CAMPUS = 40
FIRST_GRADE = 1990
YEARS = range(1, 11)


class StepKind(StrEnum):
    GRADUATE = "graduate"
    DELAY = "delay"
    SPLIT = "split"
    MERGE = "merge"
    MOVE = "move"
    RENAME = "rename"
    TRANSFER = "transfer"


class ChangeKind(StrEnum):
    """What a transfer list may say of a student."""

    MAJOR = "major"
    ENLIST = "enlist"
    RETURN = "return"
    REPEAT = "repeat"
    LEAVE = "leave"
    WITHDRAW = "withdraw"
    DELAY = "delay"


CHANGE_WORDS: Mapping[str, ChangeKind] = {
    "转专业": ChangeKind.MAJOR,
    "转班": ChangeKind.MAJOR,
    "入伍": ChangeKind.ENLIST,
    "复学": ChangeKind.RETURN,
    "退伍复学": ChangeKind.RETURN,
    "留级": ChangeKind.REPEAT,
    "降级": ChangeKind.REPEAT,
    "休学": ChangeKind.LEAVE,
    "退学": ChangeKind.WITHDRAW,
    "延毕": ChangeKind.DELAY,
    **{kind.value: kind for kind in ChangeKind},
}


class Fault(StrEnum):
    """What can be wrong with a plan; the words stand in the catalogue of the wording."""

    PLAN_MALFORMED = "plan-malformed"
    NO_STEPS = "no-steps"
    TOO_MANY_STEPS = "too-many-steps"
    DATE_IMPOSSIBLE = "date-impossible"
    DATE_PAST = "date-past"
    DATE_FAR = "date-far"
    STEP_UNKNOWN = "step-unknown"
    STEP_MALFORMED = "step-malformed"
    GRADE_IMPOSSIBLE = "grade-impossible"
    YEARS_IMPOSSIBLE = "years-impossible"
    TOO_EARLY = "too-early"
    YEARS_UNKNOWN = "years-unknown"
    CLASS_UNKNOWN = "class-unknown"
    CLASS_AMBIGUOUS = "class-ambiguous"
    CLASS_CLOSED = "class-closed"
    COLLEGE_UNKNOWN = "college-unknown"
    COLLEGE_CLOSED = "college-closed"
    OTHER_COLLEGE = "other-college"
    OTHER_SCHOOL = "other-school"
    CLASS_TWICE = "class-twice"
    MERGE_CYCLIC = "merge-cyclic"
    TARGET_CLOSES = "target-closes"
    GRADES_DIFFER = "grades-differ"
    NAME_TAKEN = "name-taken"
    NAME_IMPOSSIBLE = "name-impossible"
    LIST_EMPTY = "list-empty"
    LIST_TOO_LONG = "list-too-long"
    NUMBER_IMPOSSIBLE = "number-impossible"
    NUMBER_UNKNOWN = "number-unknown"
    NUMBER_TWICE = "number-twice"
    NAME_DIFFERS = "name-differs"
    NOT_IN_CLASS = "not-in-class"
    IN_NO_LIST = "in-no-list"
    STUDENT_AWAY = "student-away"
    NOT_ON_LEAVE = "not-on-leave"
    NOT_GRADUATING = "not-graduating"
    CHANGE_UNKNOWN = "change-unknown"
    CLASS_NEEDED = "class-needed"
    GRADE_NOT_LATER = "grade-not-later"


@dataclass(frozen=True, slots=True)
class Problem:
    """`step` counts from 1, 0 is the plan itself; `row` is that of the list, 0 where there is none."""

    code: Fault
    step: int = 0
    row: int = 0
    value: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A student in a list. `name` is compared when the list has one; the last three are those of a transfer list."""

    number: str
    row: int = 0
    name: str = ""
    change: ChangeKind = ChangeKind.DELAY
    college: str = ""
    school_class: str = ""


@dataclass(frozen=True, slots=True)
class Graduate:
    """All who are at school in the classes of a grade whose length of study is over; `college`: of that one alone."""

    grade: int
    years: int | None = None
    college: str = ""


@dataclass(frozen=True, slots=True)
class Delay:
    """Students of a graduating class who stay in it."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A class that a split leads to: a new one, one that is there, or the split class itself."""

    name: str
    entries: tuple[Entry, ...]
    college: str = ""
    major: str = ""


@dataclass(frozen=True, slots=True)
class Split:
    school_class: str
    parts: tuple[Part, ...]
    college: str = ""


@dataclass(frozen=True, slots=True)
class Merge:
    """The classes become one: `into` is one of them, another one of their college, or the name of a new one."""

    sources: tuple[str, ...]
    into: str
    college: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A class comes to another college, another campus, or both."""

    school_class: str
    college: str = ""
    to_college: str = ""
    campus: str | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """A class (of `college`, where several have the name) or a college gets another name."""

    unit: str
    name: str
    college: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    entries: tuple[Entry, ...]


Step = Graduate | Delay | Split | Merge | Move | Rename | Transfer
Params = Mapping[str, Any]


class Bad(Exception):
    """A step that cannot be read."""

    def __init__(self, code: Fault, value: object = "", row: int = 0) -> None:
        super().__init__(code.value)
        self.code, self.value, self.row = code, str(value)[:60], row


def fold(word: str) -> str:
    """A name as it is compared: width, spaces and case do not matter."""
    return "".join(unicodedata.normalize("NFKC", word).split()).casefold()


def check_date(day: date | None, today: date) -> Iterator[Problem]:
    """What is wrong with the day from which a plan is to hold."""
    if day is None:
        yield Problem(Fault.DATE_IMPOSSIBLE)
    elif day < today:
        yield Problem(Fault.DATE_PAST, value=day.isoformat())
    elif day > today + FARTHEST:
        yield Problem(Fault.DATE_FAR, value=day.isoformat())


def read_day(value: object) -> date | None:
    """A day written as 2026-07-01."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def read_step(kind: str, params: Params, today: date) -> Step:
    """A step as it was written; Bad says why it cannot be read."""
    if kind not in READERS:
        raise Bad(Fault.STEP_UNKNOWN, kind)
    reader, fields = READERS[StepKind(kind)]
    for name in params:
        if name not in fields:
            raise Bad(Fault.STEP_MALFORMED, name)
    step = reader(params)
    if isinstance(step, Graduate) and step.grade > today.year + 1:
        raise Bad(Fault.GRADE_IMPOSSIBLE, step.grade)
    return step


def _graduate(params: Params) -> Graduate:
    grade, years = params.get("grade"), params.get("years")
    if not _is_number(grade) or grade < FIRST_GRADE:
        raise Bad(Fault.GRADE_IMPOSSIBLE, grade)
    if years is not None and (not _is_number(years) or years not in YEARS):
        raise Bad(Fault.YEARS_IMPOSSIBLE, years)
    return Graduate(grade, years, _word(params, "college"))


def _delay(params: Params) -> Delay:
    return Delay(_entries(params))


def _split(params: Params) -> Split:
    parts = params.get("into")
    if not isinstance(parts, list) or not parts or not all(isinstance(part, dict) for part in parts):
        raise Bad(Fault.LIST_EMPTY if parts in ([], None) else Fault.STEP_MALFORMED, "into")
    return Split(_needed(params, "class"), tuple(map(_part, parts)), _word(params, "college"))


def _part(params: Params) -> Part:
    return Part(_name(params, "name"), _entries(params), _word(params, "college"), _word(params, "major"))


def _merge(params: Params) -> Merge:
    sources = params.get("classes")
    if not isinstance(sources, list) or not all(isinstance(word, str) for word in sources):
        raise Bad(Fault.STEP_MALFORMED, "classes")
    words = tuple(clean(word) for word in sources if clean(word))
    if not words:
        raise Bad(Fault.LIST_EMPTY, "classes")
    return Merge(words, _name(params, "into"), _word(params, "college"))


def _move(params: Params) -> Move:
    campus = _word(params, "campus", LONGEST_CAMPUS) if params.get("campus") is not None else None
    to_college = _word(params, "to_college")
    if not to_college and campus is None:
        raise Bad(Fault.STEP_MALFORMED, "to_college")
    return Move(_needed(params, "class"), _word(params, "college"), to_college, campus)


def _rename(params: Params) -> Rename:
    return Rename(_needed(params, "unit"), _name(params, "name"), _word(params, "college"))


def _transfer(params: Params) -> Transfer:
    return Transfer(_entries(params, changes=True))


READERS: Mapping[StepKind, tuple[Callable[[Params], Step], frozenset[str]]] = {
    StepKind.GRADUATE: (_graduate, frozenset({"grade", "years", "college"})),
    StepKind.DELAY: (_delay, frozenset({"students"})),
    StepKind.SPLIT: (_split, frozenset({"class", "college", "into"})),
    StepKind.MERGE: (_merge, frozenset({"classes", "into", "college"})),
    StepKind.MOVE: (_move, frozenset({"class", "college", "to_college", "campus"})),
    StepKind.RENAME: (_rename, frozenset({"unit", "college", "name"})),
    StepKind.TRANSFER: (_transfer, frozenset({"students"})),
}


def clean(value: str) -> str:
    """Text without what nobody sees."""
    return INVISIBLE.sub("", value).strip()


def _is_number(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _word(params: Params, name: str, longest: int = LONGEST_NAME) -> str:
    value = params.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        raise Bad(Fault.STEP_MALFORMED, name)
    return clean(value)


def _needed(params: Params, name: str) -> str:
    word = _word(params, name)
    if not word:
        raise Bad(Fault.STEP_MALFORMED, name)
    return word


def _name(params: Params, name: str) -> str:
    value = params.get(name, "")
    word = clean(value) if isinstance(value, str) else ""
    if not word or len(word) > LONGEST_NAME or "<" in word or ">" in word:
        raise Bad(Fault.NAME_IMPOSSIBLE, word)
    return word


def _entries(params: Params, *, changes: bool = False) -> tuple[Entry, ...]:
    rows = params.get("students")
    if not isinstance(rows, list):
        raise Bad(Fault.STEP_MALFORMED, "students")
    if not rows:
        raise Bad(Fault.LIST_EMPTY, "students")
    if len(rows) > MOST_ENTRIES:
        raise Bad(Fault.LIST_TOO_LONG, len(rows))
    return tuple(_entry(row, index, changes) for index, row in enumerate(rows, start=1))


def _entry(row: object, index: int, changes: bool) -> Entry:
    params: Params = row if isinstance(row, dict) else {"number": row}
    place = params.get("row", index)
    place = place if _is_number(place) else index
    number = str(params.get("number", "")) if isinstance(params.get("number"), str | int) else ""
    number = unicodedata.normalize("NFKC", clean(number))
    if not NUMBER.fullmatch(number):
        raise Bad(Fault.NUMBER_IMPOSSIBLE, number, place)
    name = _word(params, "name")
    if not changes:
        return Entry(number, place, name)
    word = _word(params, "change")
    if word not in CHANGE_WORDS:
        raise Bad(Fault.CHANGE_UNKNOWN, word, place)
    return Entry(number, place, name, CHANGE_WORDS[word], _word(params, "college"), _word(params, "class"))
