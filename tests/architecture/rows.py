"""Examples of what the addresses name: one builder per kind of row, each with a row at every place of the world.

A new kind is one function with `@kind("…")`: it yields rows, each with what the address takes, the unit it belongs to
(or its owner), and words that its page shows.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from crisis.models import Alarm
from crisis.services import raise_alarm
from network.models import Post, RosterImport, Student, Unit, User
from network.rules import Level, Role
from portal.kernel import notices
from portal.kernel.models import Job, Notice
from portal.kernel.periods import TZ, Month
from reporting.models import Cycle, Report, SummaryExport
from reporting.services import accept, open_cycle
from tests import factories
from tests.conftest import World
from tests.reporting import months

REPORT_COLUMNS = {
    Level.DORM: "dorm report",
    Level.CLASS: "class report of the month",
    Level.COLLEGE: "college report",
}
POST_COLUMNS = {
    Level.SCHOOL: "posts of the school",
    Level.COLLEGE: "posts of a college",
    Level.CLASS: "posts of a class",
    Level.DORM: "posts of a dorm",
}
NOWHERE = "no-such-row"


@dataclass(frozen=True)
class Row:
    """A row at a place. `kwargs` go into the address, `asks` into the query or the form; `units`: the unit and those
    above it, for whoever holds a post at one of them; `owner`: whose row it is, if it is anybody's; `column`: the
    column of the table for this kind, if a route serves several."""

    place: str
    kwargs: dict[str, Any] = field(default_factory=dict)
    asks: dict[str, Any] = field(default_factory=dict)
    units: frozenset[int] = frozenset()
    owner: int | None = None
    column: str = ""
    shows: str = ""

    def absent(self) -> "Row":
        """The same question after a row that does not exist."""
        gone = {name: _gone(value) for name, value in self.kwargs.items()}
        return Row(NOWHERE, gone, {name: _gone(value) for name, value in self.asks.items()})


def _gone(value: Any) -> Any:
    if isinstance(value, int):
        return 999_999
    return NOWHERE if isinstance(value, str) else uuid4()


@dataclass
class Town:
    """The world with a month under way in both schools."""

    world: World
    cycle: Cycle
    other_cycle: Cycle
    at: datetime

    def units(self, *levels: Level) -> Iterator[Unit]:
        world = self.world
        places = (world.school, world.it, world.arts, world.it1, world.it2, world.own, world.far, world.away)
        elsewhere = [world.other, *Unit.objects.filter(school=world.other, level__in=(Level.CLASS, Level.DORM))]
        return (unit for unit in (*places, *elsewhere) if unit is not None and unit.level in levels)

    def reports(self, *levels: Level) -> Iterator[Report]:
        for unit in self.units(*levels):
            cycle = self.other_cycle if unit.school_id == self.world.other.pk else self.cycle
            yield Report.objects.current().select_related("unit").get(cycle=cycle, unit=unit)

    def students(self) -> Iterator[Student]:
        """One of each dorm; the guest of the shared one is of another college."""
        for room in ("own", "shared", "far", "away"):
            yield self.world.students[room][-1]
        yield Student.objects.filter(school=self.world.other).order_by("number")[0]


Builder = Callable[[Town, User | None], Iterable[Row]]
KINDS: dict[str, Builder] = {}


def kind(name: str) -> Callable[[Builder], Builder]:
    def keep(builder: Builder) -> Builder:
        KINDS[name] = builder
        return builder

    return keep


def above(row: Any) -> frozenset[int]:
    """The units of a person-bound row."""
    keys = (row.school_id, row.college_id, row.school_class_id, row.dorm_id)
    return frozenset(key for key in keys if key)


def chain(unit: Unit) -> frozenset[int]:
    """A unit and those above it."""
    return frozenset(key for key in (unit.pk, unit.parent_id, unit.college_id, unit.school_id) if key)


def build_town(world: World, cycle: Cycle, at: datetime) -> Town:
    assert world.other is not None
    opened = datetime(2026, 11, 1, 8, 0, tzinfo=TZ)
    other_cycle = open_cycle(school=world.other, month=Month(2026, 11), by=None, at=opened)
    dorm = Unit.objects.dorms().get(school=world.other)
    head = Student.objects.filter(dorm=dorm).order_by("number")[0].user
    factories.give_post(dorm, Role.DORM_HEAD, holder=head, at=at)
    months.file_room(world, cycle, "own", [1, 1, 2, 4], signs=3)
    return Town(world, cycle, other_cycle, at)


@kind("unit")
def unit_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(*Level):
        yield Row(unit.code, {"pk": unit.pk}, units=chain(unit), shows=unit.name)


@kind("unit by code")
def unit_code_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(*Level):
        yield Row(unit.code, {"code": unit.code}, units=chain(unit), shows=unit.code)


@kind("unit to fill")
def unit_to_fill_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(*Level):
        yield Row(unit.code, {"pk": unit.pk}, units=chain(unit), column=POST_COLUMNS[Level(unit.level)])


@kind("asked: unit to fill below")
def unit_to_fill_below_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.COLLEGE, Level.CLASS):
        column = POST_COLUMNS[Level(unit.level)]
        yield Row(unit.code, asks={"below": unit.pk}, units=chain(unit), column=column)


@kind("asked: unit with figures")
def unit_with_figures_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL, Level.COLLEGE, Level.CLASS):
        yield Row(unit.code, asks={"unit": unit.code}, units=chain(unit), shows=unit.name)


@kind("school")
def school_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL):
        yield Row(unit.code, {"pk": unit.pk}, units=chain(unit), shows=unit.name)


@kind("student")
def student_rows(town: Town, me: User | None) -> Iterator[Row]:
    for student in town.students():
        yield Row(str(student.dorm), {"pk": student.pk}, units=above(student), shows=student.name)


@kind("post")
def post_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.DORM):
        post = Post.objects.get(unit=unit, role=Role.DORM_HEAD)
        yield Row(unit.code, {"pk": post.pk}, units=chain(unit), column=POST_COLUMNS[Level.DORM])


@kind("holder")
def holder_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.DORM):
        holder = Post.objects.get(unit=unit, role=Role.DORM_HEAD).holder_id
        yield Row(unit.code, {"pk": holder}, units=chain(unit), column=POST_COLUMNS[Level.DORM])


@kind("import")
def import_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL):
        name = f"roster-{unit.code}.xlsx"
        roster = RosterImport.objects.create(school=unit, file_name=name, uploaded_at=town.at)
        yield Row(unit.code, {"pk": roster.pk}, units=chain(unit))


@kind("report")
def report_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _report_rows(town, *REPORT_COLUMNS)


@kind("dorm report")
def dorm_report_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _report_rows(town, Level.DORM)


@kind("class report")
def class_report_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _report_rows(town, Level.CLASS)


@kind("college report")
def college_report_rows(town: Town, me: User | None) -> Iterator[Row]:
    return _report_rows(town, Level.COLLEGE)


@kind("dorm report of a student")
def dorm_report_of_a_student_rows(town: Town, me: User | None) -> Iterator[Row]:
    for report in town.reports(Level.DORM):
        student = Student.objects.filter(dorm=report.unit).order_by("number")[0]
        kwargs = {"pk": report.pk, "student": student.pk}
        yield Row(report.unit.code, kwargs, units=above(report), column=REPORT_COLUMNS[Level.DORM])


@kind("accepted report")
def accepted_report_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Of October, which is closed."""
    world, director = town.world, town.world.holder(Role.CENTER_DIRECTOR)
    october = open_cycle(school=world.school, month=Month(2026, 10), by=None, at=town.at)
    for name in ("it", "arts"):
        report = accept(report=months.file_college(world, october, name, at=town.at), by=director, at=town.at)
        yield Row(name, {"pk": report.pk}, units=above(report), column=REPORT_COLUMNS[Level.COLLEGE])


def _report_rows(town: Town, *levels: Level) -> Iterator[Row]:
    for report in town.reports(*levels):
        column = REPORT_COLUMNS[Level(report.level)]
        yield Row(report.unit.code, {"pk": report.pk}, units=above(report), column=column, shows=report.unit.name)


@kind("alarm")
def alarm_rows(town: Town, me: User | None) -> Iterator[Row]:
    for number, student in enumerate(town.students()):
        told = f"说要告别 {number}"
        key, source = f"town:{number}", Alarm.Source.THUNDER_LINE
        by, at = student.user, town.at
        alarm = raise_alarm(student=student, source=source, source_key=key, evidence=told, by=by, at=at)
        yield Row(str(student.dorm), {"pk": alarm.pk}, units=above(alarm), shows=told)


@kind("notice")
def notice_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user in _people(town, me):
        notices.post(to=user, kind="town", title="Something", params={}, at=town.at)
        yield Row(whose, {"pk": Notice.objects.for_user(user).get(kind="town").pk}, owner=user.pk)


@kind("job")
def job_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user in _people(town, me):
        times = {"created_at": town.at, "heartbeat_at": town.at, "finished_at": town.at}
        job = Job.objects.create(name="town", by=user, state="failed", **times)
        yield Row(whose, {"pk": job.pk}, owner=user.pk)


@kind("export")
def export_rows(town: Town, me: User | None) -> Iterator[Row]:
    """One's own, of each place, and somebody else's of the same."""
    for whose, user in _people(town, me):
        for unit in town.units(Level.SCHOOL, Level.COLLEGE, Level.CLASS):
            export = SummaryExport.objects.create(
                unit=unit, month=town.cycle.month, made_by=user, made_at=town.at, size=4, sha256="0" * 64,
                content=b64encode(b"%PDF").decode(),
            )  # fmt: skip
            yield Row(f"{whose} {unit.code}", {"pk": export.pk}, units=chain(unit), owner=user.pk)


def _people(town: Town, me: User | None) -> Iterator[tuple[str, User]]:
    if me is not None:
        yield "mine", me
    yield "theirs", factories.make_user("别人", school=town.world.school)
