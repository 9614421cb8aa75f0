"""The yearly program: courses, trainings, money, plans, stations, societies, the public site."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from activities.models import (
    Article,
    ArticleVersion,
    BudgetEntry,
    BudgetYear,
    Course,
    CourseImport,
    CourseRun,
    Evidence,
    Goal,
    Lesson,
    LibraryItem,
    Membership,
    Premises,
    Publication,
    Society,
    Station,
    StationCheck,
    Step,
    Teaching,
    Training,
    WorkPlan,
)
from network.models import Unit, User
from network.rules import Level
from tests.architecture.rows.screening import director_of
from tests.architecture.rows.town import Row, Town, chain, keys, kind

DAY = date(2026, 11, 2)


def everywhere(school: Unit) -> frozenset[int]:
    """A school and its colleges: what is the school's own is read in all of them."""
    units = Unit.objects.filter(school=school, level=Level.COLLEGE).values_list("pk", flat=True)
    return frozenset({school.pk, *units})


def course_of(school: Unit) -> Course:
    return Course.objects.get_or_create(
        school=school, code="XL01",
        defaults={"title": "心理健康教育", "kind": "required", "credits": 2, "hours": 32, "effective_from": DAY},
    )[0]  # fmt: skip


def run_of(school: Unit) -> CourseRun:
    return CourseRun.objects.get_or_create(course=course_of(school), year=2026, term=1, group="01班")[0]


@kind("course")
def course_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        yield Row(school.code, {"pk": course_of(school).pk}, units=everywhere(school))


@kind("course run")
def run_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        yield Row(school.code, {"pk": run_of(school).pk}, units=everywhere(school))


@kind("teacher of a run")
def teacher_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        run = run_of(school)
        row = Teaching.objects.create(run=run, teacher=director_of(school), role="lead", hours=32)
        yield Row(school.code, {"pk": row.pk}, units=everywhere(school))


@kind("course list")
def course_list_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        row = CourseImport.objects.create(
            school=school, course=course_of(school), year=2026, term=1, file_name="名单.xlsx", sheet="[]",
            uploaded_by=director_of(school), uploaded_at=town.at,
        )  # fmt: skip
        yield Row(school.code, {"pk": row.pk}, units=chain(school), shows="名单.xlsx")


@kind("training")
def training_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Somebody else's: the center confirms it, and whoever only enters their own finds nothing."""
    for school in town.units(Level.SCHOOL):
        by = director_of(school) if school != town.world.school else town.world.outsider
        assert by is not None
        row = Training.objects.create(
            school=school, user=by, kind="hours", title="督导", organizer="学会", level="other", day=DAY,
            hours=Decimal(4), evidence=evidence(town, school, by), entered_at=town.at,
        )  # fmt: skip
        yield Row(school.code, {"pk": row.pk}, units=chain(school))


@kind("training of the center")
def lesson_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        row = Lesson.objects.create(
            school=school, title="朋辈培训", audience="peers", day=DAY, hours=Decimal(4),
            recorded_by=director_of(school), recorded_at=town.at,
        )  # fmt: skip
        yield Row(school.code, {"pk": row.pk}, units=chain(school), shows="朋辈培训")


@kind("budget")
def budget_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        yield Row(school.code, {"pk": budget_of(town, school).pk}, units=chain(school))


@kind("budget entry")
def entry_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        by = director_of(school)
        row = BudgetEntry.objects.create(
            budget=budget_of(town, school), school=school, amount=10_000, kind="materials", day=DAY,
            voucher=f"town {school.code}", words="手册", evidence=evidence(town, school, by), recorded_by=by,
            recorded_at=town.at,
        )  # fmt: skip
        yield Row(school.code, {"pk": row.pk}, units=chain(school))


def budget_of(town: Town, school: Unit) -> BudgetYear:
    values = {"earmarked": 1_000_000, "set_by": director_of(school), "set_at": town.at}
    return BudgetYear.objects.get_or_create(school=school, year=2026, defaults=values)[0]


def evidence(town: Town, school: Unit, by: User) -> Evidence:
    return Evidence.objects.create(
        school=school, name="a.pdf", media_type="application/pdf", content="JVBERi0=", added_by=by, added_at=town.at
    )


@kind("article")
def article_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        article = article_of(town, school, f"town-{school.pk}")
        yield Row(school.code, {"pk": article.pk}, units=everywhere(school))


@kind("submitted article")
def submitted_article_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        article = article_of(town, school, f"submitted-{school.pk}")
        article.submitted = article.versions.get()
        article.save()
        yield Row(school.code, {"pk": article.pk}, units=everywhere(school))


@kind("public article")
def public_article_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        article = article_of(town, school, f"public-{school.pk}")
        by = town.world.outsider
        assert by is not None
        article.published = Publication.objects.create(
            version=article.versions.get(), author=article.created_by, approved_by=by, approved_at=town.at
        )
        article.save()
        yield Row(school.code, {"slug": article.slug}, units=chain(school))


@kind("library item")
def library_item_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        row = LibraryItem.objects.create(
            school=school, kind="research", title="town", authors="a", source="b", year=2020,
            added_by=director_of(school), added_at=town.at,
        )  # fmt: skip
        yield Row(school.code, {"pk": row.pk}, units=everywhere(school))


def article_of(town: Town, school: Unit, slug: str) -> Article:
    by = director_of(school)
    article = Article.objects.create(school=school, slug=slug, section="article", created_by=by, created_at=town.at)
    ArticleVersion.objects.create(
        article=article, number=1, title="town", summary="a", body="b", author=by, written_at=town.at
    )
    return article


def plan_of(town: Town, unit: Unit) -> WorkPlan:
    by = director_of(unit.school or unit)
    values = {"aim": "town", "written_by": by, "written_at": town.at}
    return WorkPlan.objects.get_or_create(unit=unit, year=2026, defaults=values)[0]


def goal_of(town: Town, unit: Unit, owner: User) -> Goal:
    return Goal.objects.create(
        plan=plan_of(town, unit), pillar="teaching", title="town", target="a", owner=owner, due_on=DAY, weight=10
    )


@kind("work plan")
def plan_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL, Level.COLLEGE, Level.CLASS):
        yield Row(unit.code, {"pk": plan_of(town, unit).pk}, units=chain(unit))


@kind("goal of a plan")
def goal_of_a_plan_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL, Level.COLLEGE, Level.CLASS):
        goal = goal_of(town, unit, director_of(unit.school or unit))
        yield Row(unit.code, {"pk": goal.pk}, units=chain(unit))


@kind("goal")
def goal_rows(town: Town, me: User | None) -> Iterator[Row]:
    """One's own goal, and one of another school, which nobody here sees."""
    if me is not None:
        yield Row("mine", {"pk": goal_of(town, town.world.school, me).pk}, owner=me.pk)
    by = director_of(town.elsewhere) if me is None or me.school != town.elsewhere else town.world.outsider
    where = town.elsewhere if me is None or me.school != town.elsewhere else town.world.school
    assert by is not None
    yield Row("theirs", {"pk": goal_of(town, where, by).pk}, owner=by.pk)


@kind("step")
def step_rows(town: Town, me: User | None) -> Iterator[Row]:
    for row in goal_rows(town, me):
        goal = Goal.objects.select_related("plan__unit", "owner").get(pk=row.kwargs["pk"])
        school = goal.plan.unit
        step = Step.objects.create(
            goal=goal, title="town", evidence=evidence(town, school, goal.owner), changed_by=goal.owner,
            changed_at=town.at,
        )  # fmt: skip
        yield Row(row.place, {"pk": step.pk}, owner=row.owner)


@kind("premises")
def premises_rows(town: Town, me: User | None) -> Iterator[Row]:
    for school in town.units(Level.SCHOOL):
        row = Premises.objects.create(school=school, kind="group", name="town", place="a", area=Decimal(20), seats=8)
        yield Row(school.code, {"pk": row.pk}, units=everywhere(school))


def station_of(town: Town, college: Unit) -> Station:
    assert college.school is not None
    values = {"place": "a", "head": director_of(college.school), "opening_hours": "b", "opened_on": DAY}
    return Station.objects.get_or_create(unit=college, defaults=values)[0]


@kind("station")
def station_rows(town: Town, me: User | None) -> Iterator[Row]:
    for college in town.units(Level.COLLEGE):
        yield Row(college.code, {"pk": station_of(town, college).unit_id}, units=chain(college))


@kind("station check")
def station_check_rows(town: Town, me: User | None) -> Iterator[Row]:
    for college in town.units(Level.COLLEGE):
        by = town.world.outsider
        assert by is not None
        row = StationCheck.objects.create(
            station=station_of(town, college), year=2025, answered_by=by, answered_at=town.at
        )
        yield Row(college.code, {"pk": row.pk}, units=chain(college))


def society_of(town: Town, unit: Unit) -> Society:
    values = {"kind": "department", "purpose": "a", "adviser": director_of(unit.school or unit), "founded_on": DAY}
    return Society.objects.get_or_create(unit=unit, name="town", defaults=values)[0]


@kind("society")
def society_rows(town: Town, me: User | None) -> Iterator[Row]:
    for unit in town.units(Level.SCHOOL, Level.COLLEGE):
        yield Row(unit.code, {"pk": society_of(town, unit).pk}, units=chain(unit))


@kind("membership")
def membership_rows(town: Town, me: User | None) -> Iterator[Row]:
    student = town.world.students["own"][0]
    for unit in town.units(Level.SCHOOL, Level.COLLEGE):
        row = Membership.objects.create(
            society=society_of(town, unit), student=student, office="member", starts_on=DAY,
            added_by=director_of(unit.school or unit), **keys(student),
        )  # fmt: skip
        yield Row(unit.code, {"pk": row.pk}, units=chain(unit))
