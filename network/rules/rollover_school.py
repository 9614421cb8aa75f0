"""What a rollover looks at and what it would do: the units and students of a school, and how they change. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from network.rules import EnrollmentStatus
from network.rules.rollover_plans import (
    Bad,
    Fault,
    Graduate,
    Merge,
    Move,
    Problem,
    Rename,
    Split,
    Step,
    fold,
)


@dataclass(frozen=True, slots=True)
class UnitNow:
    """A college or a class. `years`: the length of study, of a class that of its college where it has none itself."""

    pk: int
    code: str
    name: str
    is_class: bool
    college: int | None = None
    grade: int | None = None
    years: int | None = None
    major: str = ""
    campus: str = ""
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class StudentNow:
    pk: str
    number: str
    name: str
    status: EnrollmentStatus
    school_class: int


@dataclass(frozen=True, slots=True)
class NewClass:
    name: str
    college: int
    grade: int | None
    years: int | None
    major: str
    campus: str


# The id of a class that is there, or a class that the plan creates.
ClassRef = int | NewClass


@dataclass(frozen=True, slots=True)
class Change:
    """A student before and after. `step`: the step that says so."""

    student: StudentNow
    school_class: ClassRef
    status: EnrollmentStatus
    step: int


@dataclass(slots=True)
class Outcome:
    """What a plan would do, or why it cannot: with problems, nothing else of it counts."""

    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    new_classes: list[NewClass] = field(default_factory=list)
    # Unit id → attribute (name, college, campus) → new value.
    units: dict[int, dict[str, str | int]] = field(default_factory=dict)
    closing: list[int] = field(default_factory=list)
    # Classes that close → the classes to which their students go.
    successors: dict[int, list[ClassRef]] = field(default_factory=dict)
    delayed: list[StudentNow] = field(default_factory=list)
    # Students on leave in graduating classes: they stay.
    staying: int = 0
    # Classes without a length of study, taken to have that of their step.
    assumed: list[int] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.changes or self.new_classes or self.units or self.closing)

    @property
    def leaving(self) -> list[Change]:
        """Those who graduate or withdraw."""
        away = (EnrollmentStatus.GRADUATED, EnrollmentStatus.WITHDRAWN)
        return [change for change in self.changes if change.status in away]


@dataclass(slots=True)
class SchoolNow:
    """The colleges and classes of a school by id, some of its students by number, and the codes that other schools
    use."""

    units: Mapping[int, UnitNow]
    foreign: frozenset[str] = frozenset()
    students: Mapping[str, StudentNow] = field(default_factory=dict)
    _by_word: dict[tuple[bool, str], list[UnitNow]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_word: dict[tuple[bool, str], list[UnitNow]] = defaultdict(list)
        for unit in self.units.values():
            for word in {fold(unit.name), fold(unit.code)}:
                by_word[unit.is_class, word].append(unit)
        self._by_word = dict(by_word)

    def college(self, word: str) -> UnitNow:
        """The college of that code or name; Bad when there is none that is open."""
        named = self._by_word.get((False, fold(word)), [])
        return self._only(named, word, unknown=Fault.COLLEGE_UNKNOWN, closed=Fault.COLLEGE_CLOSED)

    def school_class(self, word: str, college: str = "") -> UnitNow:
        """The class of that code or name, of that college if one is named; Bad when there is not exactly one open."""
        named = self._by_word.get((True, fold(word)), [])
        if college:
            home = self.college(college).pk
            inside = [unit for unit in named if unit.college == home]
            if named and not inside:
                raise Bad(Fault.OTHER_COLLEGE, word)
            named = inside
        return self._only(named, word, unknown=Fault.CLASS_UNKNOWN, closed=Fault.CLASS_CLOSED)

    def class_or_none(self, word: str, college: int) -> UnitNow | None:
        """The class of that code or name in a college, open or closed."""
        named = self._by_word.get((True, fold(word)), [])
        inside = [unit for unit in named if unit.college == college]
        return next((unit for unit in inside if unit.is_active), inside[0] if inside else None)

    def is_elsewhere(self, word: str, college: int) -> bool:
        """Whether the word is the code of a class of another college or school."""
        named = self._by_word.get((True, fold(word)), [])
        return any(fold(unit.code) == fold(word) and unit.college != college for unit in named) or (
            fold(word) in self.foreign
        )

    def _only(self, named: list[UnitNow], word: str, *, unknown: Fault, closed: Fault) -> UnitNow:
        if not named:
            raise Bad(Fault.OTHER_SCHOOL if fold(word) in self.foreign else unknown, word)
        active = [unit for unit in named if unit.is_active]
        if not active:
            raise Bad(closed, word)
        if len(active) > 1:
            raise Bad(Fault.CLASS_AMBIGUOUS, word)
        return active[0]


def words_of(steps: Iterable[Step]) -> set[str]:
    """All words by which the steps name units, folded."""
    words: set[str] = set()
    for step in steps:
        if isinstance(step, Graduate):
            words.add(step.college)
        elif isinstance(step, Split):
            words |= {step.school_class, step.college, *(part.college for part in step.parts)}
        elif isinstance(step, Merge):
            words |= {*step.sources, step.into, step.college}
        elif isinstance(step, Move):
            words |= {step.school_class, step.college, step.to_college}
        elif isinstance(step, Rename):
            words |= {step.unit, step.college}
        else:
            words |= {word for entry in step.entries for word in (entry.college, entry.school_class)}
    return {fold(word) for word in words if word}


def numbers_of(steps: Iterable[Step]) -> set[str]:
    """All student numbers in the lists of the steps."""
    numbers: set[str] = set()
    for step in steps:
        if isinstance(step, Split):
            numbers |= {entry.number for part in step.parts for entry in part.entries}
        elif not isinstance(step, Graduate | Merge | Move | Rename):
            numbers |= {entry.number for entry in step.entries}
    return numbers


def classes_of(steps: Iterable[Step], school: SchoolNow) -> set[int]:
    """The classes whose students a plan may change: more rather than fewer."""
    classes = [unit for unit in school.units.values() if unit.is_class and unit.is_active]
    words: set[str] = set()
    grades: set[int] = set()
    for step in steps:
        if isinstance(step, Graduate):
            grades.add(step.grade)
        elif isinstance(step, Split | Move):
            words.add(fold(step.school_class))
        elif isinstance(step, Merge):
            words |= {fold(word) for word in step.sources}
    return {unit.pk for unit in classes if unit.grade in grades or words & {fold(unit.name), fold(unit.code)}}
