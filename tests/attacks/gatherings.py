"""The part of the month that many take part in: activities, what is proved by papers, and lists of courses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from io import BytesIO

from activities.rules.activities import Admission
from activities.services import check_in_by_hand, credit_hours, give_feedback
from activities.services.afterwards import add_picture, write_summary
from activities.services.certificates import print_certificate
from activities.services.course_imports import upload_list
from activities.services.courses import add_run, save_course
from activities.services.trainings import log_training
from kernel import xlsx
from kernel.uploads import Upload
from network.rules import Role
from tests.activities import acts
from tests.conftest import World

Texts = Callable[[str, int], str]


def tell(world: World, texts: Texts, *, at: datetime) -> None:
    """Through the services that write it in life."""
    _gather(world, texts, at=at)
    _draw(world, texts, at=at)
    _log_training(world, texts, at=at)
    _teach(world, texts, at=at)


def _gather(world: World, texts: Texts, *, at: datetime) -> None:
    """A lecture of yesterday."""
    title, description = texts("activities_activity.title", 60), texts("activities_activity.description", 500)
    activity = acts.published(world, at - timedelta(days=8), title=title, description=description)
    student, by = world.students["far"][0], activity.planned_by
    check_in_by_hand(occasion=acts.first_occasion(activity), student=student, by=by, at=at)
    words = texts("activities_feedback.words", 300)
    give_feedback(activity=activity, rating=4, words=words, by=student.user, at=at)
    write_summary(activity=activity, words=texts("activities_activitysummary.words", 500), by=by, at=at)
    add_picture(activity=activity, upload=_file(texts, "activities_activitypicture"), by=by, at=at)
    credit_hours(activity=activity, by=by, at=at)
    print_certificate(activity=activity, student=student, by=student.user, at=at)


def _draw(world: World, texts: Texts, *, at: datetime) -> None:
    title = texts("activities_activity.title", 60)
    acts.published(world, at, title=title, admission=Admission.DRAW, capacity=2)


def _log_training(world: World, texts: Texts, *, at: datetime) -> None:
    log_training(
        school=world.school,
        kind="hours",
        title=texts("activities_training.title", 60),
        organizer="省教育厅",
        level="provincial",
        day=at.date() - timedelta(days=30),
        hours=Decimal(8),
        upload=_file(texts, "activities_evidence"),
        by=world.holder(Role.FULL_TIME_COUNSELOR),
        at=at,
    )


def _teach(world: World, texts: Texts, *, at: datetime) -> None:
    by = world.holder(Role.CENTER_DIRECTOR)
    course = save_course(
        school=world.school, code="XL01", title=texts("activities_course.title", 60), kind="required",
        credits=Decimal(2), hours=32, effective_from=at.date().replace(year=2020), by=by, at=at,
    )  # fmt: skip
    add_run(course=course, year=2026, term=1, group="01班", timetable="", by=by, at=at)
    # Nobody has confirmed it yet.
    rows = [["学号", "姓名"], [texts("activities_courseimport.sheet", 60) for _column in range(2)]]
    name, content = texts("activities_courseimport.file", 60), BytesIO(xlsx.write_workbook({"名单": rows}))
    upload_list(course=course, year=2026, term=1, file_name=f"{name}.xlsx", content=content, by=by, at=at)


def _file(texts: Texts, table: str) -> Upload:
    content = texts(f"{table}.content", 500).encode()
    return Upload(content, "image/png", texts(f"{table}.picture", 80))
