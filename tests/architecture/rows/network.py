"""Units, people, posts, imports; what belongs to an account."""

from collections.abc import Iterator
from datetime import date

from django.utils.timezone import now

from kernel import notices, printing
from kernel.models import Job, Notice, PrintedFile
from network.models import DayPlan, Post, Rollover, RolloverStep, RosterImport, Term, Unit, User
from network.rules import Level, Role
from tests.architecture.rows.town import Row, Town, above, chain, kind, people

PRINTED = "town"
printing.register(
    PRINTED, printing.DocumentKind(lambda about, by: None, lambda about, by, at: printing.Document("", "", ""))
)

POST_COLUMNS = {
    Level.SCHOOL: "posts of the school",
    Level.COLLEGE: "posts of a college",
    Level.CLASS: "posts of a class",
    Level.DORM: "posts of a dorm",
}


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


@kind("class of students")
def class_of_students_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.CLASS):
        yield Row(unit.code, {"pk": unit.pk}, units=chain(unit))


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


def plan_of(town: Town, unit: Unit) -> Rollover:
    plan: Rollover = Rollover.objects.create(school=unit, effective_on=town.at.date(), created_at=town.at)
    return plan


@kind("rollover")
def rollover_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL):
        yield Row(unit.code, {"pk": plan_of(town, unit).pk}, units=chain(unit))


@kind("kind of step of a rollover")
def step_kind_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL):
        yield Row(unit.code, {"pk": plan_of(town, unit).pk, "kind": "graduate"}, units=chain(unit))


@kind("step of a rollover")
def step_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL):
        plan = plan_of(town, unit)
        step = RolloverStep.objects.create(rollover=plan, position=1, kind="delay", params="{}")
        yield Row(unit.code, {"pk": plan.pk, "step": step.pk}, units=chain(unit))


@kind("notice")
def notice_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user in people(town, me):
        notices.post(to=user, kind="town", title="Something", params={}, at=town.at)
        yield Row(whose, {"pk": Notice.objects.for_user(user).get(kind="town").pk}, owner=user.pk)


@kind("printed file")
def printed_file_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user in people(town, me):
        times = {"made_at": now(), "file_name": "town.pdf"}
        file = PrintedFile.objects.create(kind=PRINTED, about={}, made_by=user, content="JVBERi0=", **times)
        yield Row(whose, {"pk": file.pk}, owner=user.pk)


@kind("job")
def job_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user in people(town, me):
        times = {"created_at": town.at, "heartbeat_at": town.at, "finished_at": town.at}
        job = Job.objects.create(name="town", by=user, state="failed", **times)
        yield Row(whose, {"pk": job.pk}, owner=user.pk)


@kind("term")
def term_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        term = Term.objects.create(school=school, year="2026-2027", number=1, first_monday=date(2026, 9, 7), weeks=18)
        yield Row(school.code, {"pk": term.pk}, units=chain(school))


@kind("day plan")
def day_plan_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        plan = DayPlan.objects.create(school=school, date=date(2026, 11, 6), runs_as=None)
        yield Row(school.code, {"pk": plan.pk}, units=chain(school))


@kind("unit with something below")
def parent_unit_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL, Level.COLLEGE, Level.CLASS):
        yield Row(unit.code, {"pk": unit.pk}, units=chain(unit))
