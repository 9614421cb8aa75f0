"""From the steps of a plan to what they would do to a school, or why they cannot. All steps hold at once: each looks at
the school as it is now. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from network.rules import PRESENT, EnrollmentStatus
from network.rules.rollover_plans import (
    Bad,
    ChangeKind,
    Delay,
    Entry,
    Fault,
    Graduate,
    Merge,
    Move,
    Part,
    Problem,
    Rename,
    Split,
    Step,
    Transfer,
    fold,
)
from network.rules.rollover_school import Change, ClassRef, NewClass, Outcome, SchoolNow, StudentNow, UnitNow
from network.rules.roster_columns import EXPECTED

STATUS_AFTER: Mapping[ChangeKind, EnrollmentStatus] = {
    ChangeKind.ENLIST: EnrollmentStatus.ON_LEAVE,
    ChangeKind.LEAVE: EnrollmentStatus.ON_LEAVE,
    ChangeKind.RETURN: EnrollmentStatus.RETURNED,
    ChangeKind.WITHDRAW: EnrollmentStatus.WITHDRAWN,
}


def resolve(steps: Mapping[int, Step], school: SchoolNow, on: date) -> Outcome:
    """What the steps (by their number) would do to the school on that day."""
    work = _Resolution(steps, school, on)
    units: list[tuple[type, Callable[..., None]]] = [
        (Graduate, work.find_graduating),
        (Split, work.find_parts),
        (Merge, work.find_merged),
        (Move, work.move_class),
        (Rename, work.rename),
    ]
    work.each(units)
    work.check_targets()
    work.each([(Split, work.list_parts), (Delay, work.list_entries), (Transfer, work.list_entries)])
    work.each(
        [
            (Delay, work.delay),
            (Transfer, work.transfer),
            (Graduate, work.graduate),
            (Split, work.split),
            (Merge, work.merge),
            (Move, work.take_along),
        ]
    )
    work.close()
    return work.outcome


class _Resolution:
    def __init__(self, steps: Mapping[int, Step], school: SchoolNow, on: date) -> None:
        self.steps, self.school, self.on = steps, school, on
        self.outcome = Outcome()
        # Class id → the step that graduates, splits, merges or moves it; unit id → the step that renames it.
        self.claims: dict[int, int] = {}
        self.renames: dict[int, int] = {}
        self.graduating: dict[int, int] = {}
        self.merges: dict[int, tuple[int, ClassRef]] = {}
        self.parts: dict[int, tuple[UnitNow, list[ClassRef]]] = {}
        self.created: dict[tuple[int, str], NewClass] = {}
        self.listed: dict[str, tuple[int, int]] = {}
        self.changed: dict[str, Change] = {}
        self.by_class: dict[int, list[StudentNow]] = defaultdict(list)
        for student in school.students.values():
            self.by_class[student.school_class].append(student)

    def each(self, works: Iterable[tuple[type, Callable[..., None]]]) -> None:
        """Do each work to the steps of its kind; a step that cannot be done becomes a problem."""
        for kind, work in works:
            for number, step in self.steps.items():
                if isinstance(step, kind):
                    try:
                        work(number, step)
                    except Bad as bad:
                        self.note(bad.code, number, bad.row, bad.value)

    def note(self, code: Fault, step: int, row: int = 0, value: str = "") -> None:
        self.outcome.problems.append(Problem(code, step, row, value))

    def claim(self, unit: UnitNow, number: int) -> None:
        if unit.pk in self.claims:
            raise Bad(Fault.CLASS_TWICE, unit.name)
        self.claims[unit.pk] = number

    # Units.

    def find_graduating(self, number: int, step: Graduate) -> None:
        if step.years is not None and step.grade + step.years > self.on.year:
            raise Bad(Fault.TOO_EARLY, step.grade + step.years)
        college = self.school.college(step.college).pk if step.college else None
        for unit in self.school.units.values():
            if not unit.is_class or not unit.is_active or unit.grade != step.grade:
                continue
            if college not in (None, unit.college) or not self._is_over(unit, step):
                continue
            self.claim(unit, number)
            self.graduating[unit.pk] = number

    def _is_over(self, unit: UnitNow, step: Graduate) -> bool:
        """Whether the length of study of the class is the one of the step, or over without one."""
        if unit.years is None:
            if step.years is None:
                raise Bad(Fault.YEARS_UNKNOWN, unit.name)
            self.outcome.assumed.append(unit.pk)
            return True
        return unit.years == step.years if step.years else step.grade + unit.years <= self.on.year

    def find_parts(self, number: int, step: Split) -> None:
        unit = self.school.school_class(step.school_class, step.college)
        self.claim(unit, number)
        refs = [self._part(unit, part) for part in step.parts]
        if len({self._key(ref) for ref in refs}) < len(refs):
            raise Bad(Fault.NAME_TAKEN, unit.name)
        self.parts[number] = (unit, refs)

    def _part(self, unit: UnitNow, part: Part) -> ClassRef:
        assert unit.college is not None
        college = self.school.college(part.college).pk if part.college else unit.college
        return self._target(part.name, college, unit, major=part.major)

    def _target(self, name: str, college: int, like: UnitNow, *, major: str = "") -> ClassRef:
        """The class of that name in the college, or a new one like the one whose students come."""
        standing = self.school.class_or_none(name, college)
        if standing is None:
            if self.school.is_elsewhere(name, college):
                raise Bad(Fault.OTHER_SCHOOL if fold(name) in self.school.foreign else Fault.OTHER_COLLEGE, name)
            new = NewClass(name, college, like.grade, like.years, major or like.major, like.campus)
            return self.created.setdefault((college, fold(name)), new)
        if not standing.is_active:
            raise Bad(Fault.CLASS_CLOSED, name)
        if standing.grade != like.grade:
            raise Bad(Fault.GRADES_DIFFER, name)
        return standing.pk

    def find_merged(self, number: int, step: Merge) -> None:
        sources = [self.school.school_class(word, step.college) for word in step.sources]
        first = sources[0]
        assert first.college is not None
        for unit in sources:
            if unit.college != first.college:
                raise Bad(Fault.OTHER_COLLEGE, unit.name)
            if unit.grade != first.grade:
                raise Bad(Fault.GRADES_DIFFER, unit.name)
        target = self._target(step.into, first.college, first)
        going = {unit.pk: unit for unit in sources if unit.pk != target}
        if not going:
            raise Bad(Fault.MERGE_CYCLIC, step.into)
        for unit in going.values():
            self.claim(unit, number)
            self.merges[unit.pk] = (number, target)

    def move_class(self, number: int, step: Move) -> None:
        unit = self.school.school_class(step.school_class, step.college)
        values: dict[str, str | int] = {}
        if step.to_college:
            college = self.school.college(step.to_college)
            if college.pk != unit.college:
                if self.school.class_or_none(unit.name, college.pk):
                    raise Bad(Fault.NAME_TAKEN, unit.name)
                values["college"] = college.pk
        if step.campus is not None and step.campus != unit.campus:
            values["campus"] = step.campus
        self.claim(unit, number)
        self._change_unit(unit, values)

    def rename(self, number: int, step: Rename) -> None:
        unit = self._class_or_college(step)
        if unit.name == step.name:
            return
        if unit.pk in self.renames:
            raise Bad(Fault.CLASS_TWICE, unit.name)
        beside = (other for other in self.school.units.values() if other.college == unit.college)
        if any(other.pk != unit.pk and fold(other.name) == fold(step.name) for other in beside):
            raise Bad(Fault.NAME_TAKEN, step.name)
        if unit.college is not None and (unit.college, fold(step.name)) in self.created:
            raise Bad(Fault.NAME_TAKEN, step.name)
        self.renames[unit.pk] = number
        self._change_unit(unit, {"name": step.name})

    def _class_or_college(self, step: Rename) -> UnitNow:
        try:
            return self.school.college(step.unit)
        except Bad as bad:
            if bad.code != Fault.COLLEGE_UNKNOWN:
                raise
        return self.school.school_class(step.unit, step.college)

    def _change_unit(self, unit: UnitNow, values: dict[str, str | int]) -> None:
        if values:
            self.outcome.units.setdefault(unit.pk, {}).update(values)

    def check_targets(self) -> None:
        """No class may close into which students come."""
        for source, (number, target) in self.merges.items():
            if isinstance(target, int) and self._closes(target):
                code = Fault.MERGE_CYCLIC if self._leads_back(source) else Fault.TARGET_CLOSES
                self.note(code, number, value=self.school.units[target].name)
        for number, (unit, refs) in self.parts.items():
            for ref in refs:
                if isinstance(ref, int) and ref != unit.pk and self._closes(ref):
                    self.note(Fault.TARGET_CLOSES, number, value=self.school.units[ref].name)

    def _leads_back(self, source: int) -> bool:
        seen: set[ClassRef] = set()
        place: ClassRef = source
        while isinstance(place, int) and place in self.merges and place not in seen:
            seen.add(place)
            place = self.merges[place][1]
        return place == source

    def _closes(self, pk: int) -> bool:
        split_away = any(unit.pk == pk and pk not in refs for unit, refs in self.parts.values())
        return pk in self.merges or split_away or pk in self.graduating

    # Lists.

    def list_parts(self, number: int, step: Split) -> None:
        for part in step.parts:
            self._list(number, part.entries)

    def list_entries(self, number: int, step: Delay | Transfer) -> None:
        self._list(number, step.entries)

    def _list(self, number: int, entries: Iterable[Entry]) -> None:
        for entry in entries:
            student = self.school.students.get(entry.number)
            if student is None:
                self.note(Fault.NUMBER_UNKNOWN, number, entry.row, entry.number)
            elif entry.number in self.listed:
                self.note(Fault.NUMBER_TWICE, number, entry.row, entry.number)
            elif entry.name and fold(entry.name) != fold(student.name):
                self.note(Fault.NAME_DIFFERS, number, entry.row, entry.number)
            self.listed.setdefault(entry.number, (number, entry.row))

    def _known(self, number: int, entries: Iterable[Entry]) -> Iterator[tuple[Entry, StudentNow]]:
        """The entries of a step whose students are listed by it and by no other before."""
        for entry in entries:
            student = self.school.students.get(entry.number)
            if student is not None and self.listed[entry.number] == (number, entry.row):
                yield entry, student

    # Students.

    def delay(self, number: int, step: Delay) -> None:
        for entry, student in self._known(number, step.entries):
            self._delay(number, entry, student)

    def _delay(self, number: int, entry: Entry, student: StudentNow) -> None:
        if student.school_class not in self.graduating or student.status not in PRESENT:
            self.note(Fault.NOT_GRADUATING, number, entry.row, entry.number)
        self.outcome.delayed.append(student)

    def transfer(self, number: int, step: Transfer) -> None:
        for entry, student in self._known(number, step.entries):
            try:
                self._transfer(number, entry, student)
            except Bad as bad:
                self.note(bad.code, number, entry.row, bad.value)

    def _transfer(self, number: int, entry: Entry, student: StudentNow) -> None:
        if entry.change is ChangeKind.DELAY:
            self._delay(number, entry, student)
            return
        status = STATUS_AFTER.get(entry.change, student.status)
        done = entry.change in STATUS_AFTER and status == student.status
        if student.status not in EXPECTED and not done:
            raise Bad(Fault.STUDENT_AWAY, entry.number)
        if entry.change is ChangeKind.RETURN and not done and student.status != EnrollmentStatus.ON_LEAVE:
            raise Bad(Fault.NOT_ON_LEAVE, entry.number)
        target: ClassRef = student.school_class
        if entry.change in (ChangeKind.MAJOR, ChangeKind.REPEAT, ChangeKind.RETURN):
            target = self._destination(entry, student)
        elif self._closes(student.school_class) and student.school_class not in self.graduating:
            raise Bad(Fault.CLASS_NEEDED, entry.number)
        self._change(number, student, target, status)

    def _destination(self, entry: Entry, student: StudentNow) -> ClassRef:
        if not entry.school_class:
            if entry.change is not ChangeKind.RETURN or self._closes(student.school_class):
                raise Bad(Fault.CLASS_NEEDED, entry.number)
            return student.school_class
        college = self.school.college(entry.college).pk if entry.college else None
        for (home, name), new in self.created.items():
            if name == fold(entry.school_class) and college in (None, home):
                return new
        unit = self.school.school_class(entry.school_class, entry.college)
        if self._closes(unit.pk) and unit.pk != student.school_class:
            raise Bad(Fault.TARGET_CLOSES, unit.name)
        before = self.school.units[student.school_class]
        if entry.change is ChangeKind.REPEAT and unit.pk != before.pk and (unit.grade or 0) <= (before.grade or 0):
            raise Bad(Fault.GRADE_NOT_LATER, entry.number)
        return unit.pk

    def graduate(self, number: int, step: Graduate) -> None:
        for pk, by in self.graduating.items():
            if by != number:
                continue
            for student in self.by_class[pk]:
                if student.number in self.listed:
                    continue
                if student.status in PRESENT:
                    self._change(number, student, pk, EnrollmentStatus.GRADUATED)
                else:
                    self.outcome.staying += student.status in EXPECTED

    def split(self, number: int, step: Split) -> None:
        if number not in self.parts:
            return
        unit, refs = self.parts[number]
        for ref, part in zip(refs, step.parts, strict=True):
            for entry, student in self._known(number, part.entries):
                if student.school_class != unit.pk:
                    self.note(Fault.NOT_IN_CLASS, number, entry.row, entry.number)
                elif student.status not in EXPECTED:
                    self.note(Fault.STUDENT_AWAY, number, entry.row, entry.number)
                else:
                    self._change(number, student, ref, student.status)
        for student in self._expected(unit.pk):
            if student.number not in self.listed:
                self.note(Fault.IN_NO_LIST, number, value=student.number)

    def merge(self, number: int, step: Merge) -> None:
        for pk, (by, target) in self.merges.items():
            for student in self._expected(pk) if by == number else ():
                if student.number not in self.listed:
                    self._change(number, student, target, student.status)

    def take_along(self, number: int, step: Move) -> None:
        """The students of a class that comes to another college."""
        for pk, by in self.claims.items():
            if by != number or "college" not in self.outcome.units.get(pk, {}):
                continue
            for student in self._expected(pk):
                if student.number not in self.changed:
                    self.changed[student.number] = Change(student, pk, student.status, number)

    def _expected(self, pk: int) -> Iterator[StudentNow]:
        return (student for student in self.by_class[pk] if student.status in EXPECTED)

    def _change(self, number: int, student: StudentNow, target: ClassRef, status: EnrollmentStatus) -> None:
        if target != student.school_class or status != student.status:
            self.changed[student.number] = Change(student, target, status, number)

    def close(self) -> None:
        """The classes that are left without anybody, and what is new."""
        outcome = self.outcome
        outcome.changes = sorted(self.changed.values(), key=lambda change: change.student.number)
        outcome.new_classes = [self.created[key] for key in sorted(self.created)]
        coming = {change.school_class for change in outcome.changes if change.status in EXPECTED}
        for pk, (_number, target) in self.merges.items():
            outcome.successors[pk] = [target]
        for unit, refs in self.parts.values():
            if unit.pk not in refs:
                outcome.successors[unit.pk] = refs
        empty = [pk for pk in self.graduating if pk not in coming and not self._stays(pk)]
        outcome.closing = sorted({*outcome.successors, *empty})

    def _stays(self, pk: int) -> bool:
        return any(student.number not in self.changed for student in self._expected(pk))

    @staticmethod
    def _key(ref: ClassRef) -> object:
        return ref if isinstance(ref, int) else (ref.college, fold(ref.name))
