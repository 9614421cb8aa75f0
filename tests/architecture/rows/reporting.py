"""Monthly reports and the exports of their figures."""

from base64 import b64encode
from collections.abc import Iterator

from kernel.periods import Month
from network.models import Student, User
from network.rules import Level, Role
from reporting.models import SummaryExport
from reporting.services import accept, open_cycle
from tests.architecture.rows.town import Row, Town, above, chain, kind, people
from tests.reporting import months

REPORT_COLUMNS = {
    Level.DORM: "dorm report",
    Level.CLASS: "class report of the month",
    Level.COLLEGE: "college report",
}


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


@kind("export")
def export_rows(town: Town, me: User | None) -> Iterator[Row]:
    """One's own, of each place, and somebody else's of the same."""
    for whose, user in people(town, me):
        for unit in town.units(Level.SCHOOL, Level.COLLEGE, Level.CLASS):
            export = SummaryExport.objects.create(
                unit=unit, month=town.cycle.month, made_by=user, made_at=town.at, size=4, sha256="0" * 64,
                content=b64encode(b"%PDF").decode(),
            )  # fmt: skip
            yield Row(f"{whose} {unit.code}", {"pk": export.pk}, units=chain(unit), owner=user.pk)
