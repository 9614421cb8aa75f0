"""A year of the center's work: courses, trainings, money, rooms, stations, plans, societies and the public site."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO

from activities.models import Course
from activities.rules.program import StationItem
from activities.services.articles import add_item, approve_article, approve_item, submit_article, write_article
from activities.services.budgets import refund, set_earmark, spend
from activities.services.course_imports import apply_list, upload_list
from activities.services.courses import add_run, put_on_team, record_exchange, save_course
from activities.services.premises import answer_checklist, check_station, save_premises, save_station
from activities.services.societies import add_member, save_society
from activities.services.trainings import add_lesson, confirm_training, log_training, record_attendance
from activities.services.work_plans import add_step, move_step, set_goal, write_plan
from demo import plan_words as words
from demo.settling import Cast
from kernel.periods import academic_year
from kernel.xlsx import write_workbook
from network.models import Student, User
from network.rules import PRESENT, Role

YUAN_PER_STUDENT = 16
TRAINED_SHARE = 5  # four of five peers took part


@dataclass(frozen=True)
class Center:
    """Who works at the center of the story, and the year that is told up to `now`."""

    cast: Cast
    director: User
    counselors: list[User]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    def day(self, share: float) -> date:
        """A day of the calendar year so far: 0 is its first, 1 is today."""
        first = date(self.today.year, 1, 1)
        return first + timedelta(days=int((self.today - first).days * share))


def tell_year(cast: Cast, *, now: datetime) -> None:
    """Fill the rooms of the yearly program; each act through its service."""
    director = cast.holder(Role.CENTER_DIRECTOR, cast.school.pk)
    assert director is not None
    center = Center(cast, director, cast.holders[Role.FULL_TIME_COUNSELOR, cast.school.pk], now)
    for tell in (_courses, _trainings, _money, _rooms, _stations, _plans, _societies, _articles):
        tell(center)


def _courses(center: Center) -> None:
    by, at, school = center.director, center.now, center.cast.school
    year = int(academic_year(center.today)[:4])
    required = save_course(
        school=school, code="XL0001", title="大学生心理健康教育", kind="required", credits=Decimal(2), hours=32,
        effective_from=date(2019, 9, 1), by=by, at=at,
    )  # fmt: skip
    for code, title, kind in (("XL0102", "恋爱与人际心理学", "elective"), ("XL0203", "压力管理（在线）", "online")):
        save_course(
            school=school, code=code, title=title, kind=kind, credits=Decimal("1.0"), hours=16,
            effective_from=date(2021, 9, 1), by=by, at=at,
        )  # fmt: skip
    freshers = list(
        Student.objects.filter(school=school, school_class__grade=year, enrollment_status__in=PRESENT)
        .select_related("school_class")
        .order_by("number")
    )
    groups = {student.school_class.name for student in freshers}
    for number, group in enumerate(sorted(groups)):
        run = add_run(course=required, year=year, term=1, group=group, timetable="周三 3-4 节", by=by, at=at)
        teacher = center.counselors[number % len(center.counselors)]
        put_on_team(run=run, teacher=teacher, role="lead", hours=32, by=by, at=at)
    _import(center, required, year, freshers)
    record_exchange(
        course=required, kind="preparation", day=center.day(0.7), topic="第三章“情绪”集体备课", people=6, by=by, at=at
    )


def _import(center: Center, course: Course, year: int, freshers: list[Student]) -> None:
    """All but a few of the first-years: somebody has still to be enrolled."""
    rows = [
        [student.number, student.name, student.school_class.name]
        for number, student in enumerate(freshers)
        if number % 40
    ]
    file = BytesIO(write_workbook({"选课名单": [["学号", "姓名", "教学班"], *rows]}))
    row = upload_list(
        course=course, year=year, term=1, file_name="秋季选课名单.xlsx", content=file, by=center.director, at=center.now
    )
    apply_list(course_import=row, by=center.director, at=center.now)


def _trainings(center: Center) -> None:
    for number, counselor in enumerate(center.counselors):
        for place, (kind, title, organizer, level, hours) in enumerate(words.TRAININGS):
            if (number + place) % 3 == 2:
                continue
            row = log_training(
                school=center.cast.school, kind=kind, title=title, organizer=organizer, level=level,
                day=center.day(0.2 + 0.15 * place), hours=Decimal(hours) if hours else None, upload=None,
                by=counselor, at=center.now,
            )  # fmt: skip
            if place < len(words.TRAININGS) - 1:
                confirm_training(training=row, by=center.director, at=center.now)
    peers = sorted({user.number for user in _peers(center)})
    lesson = add_lesson(
        school=center.cast.school, title="秋季朋辈培训：看见、倾听、转介", audience="peers", day=center.today,
        hours=Decimal(4), by=center.director, at=center.now,
    )  # fmt: skip
    took_part = [number for place, number in enumerate(peers) if place % TRAINED_SHARE]
    record_attendance(lesson=lesson, numbers=took_part, by=center.director, at=center.now)


def _peers(center: Center) -> Iterator[User]:
    for (role, _unit), holders in center.cast.holders.items():
        if role in (Role.CLASS_COMMITTEE_MEMBER, Role.DORM_HEAD):
            yield from (post.holder for holder in holders for post in holder.posts.active(center.today)[:1])


def _money(center: Center) -> None:
    by, at, school = center.director, center.now, center.cast.school
    count = Student.objects.filter(school=school).count()
    budget = set_earmark(school=school, year=center.today.year, yuan=Decimal(count * YUAN_PER_STUDENT), by=by, at=at)
    for place, (kind, what, share) in enumerate(words.SPENDING):
        entry = spend(
            budget=budget, yuan=Decimal(budget.earmarked * share // 1000) / 100, kind=kind,
            day=center.day(0.15 * (place + 1)),
            voucher=f"CW{center.today.year}-{place + 1:04d}", words=what, upload=None, by=by, at=at,
        )  # fmt: skip
    refund(entry=entry, yuan=Decimal(60), day=center.today, voucher=f"CW{center.today.year}-T001", by=by, at=at)


def _rooms(center: Center) -> None:
    for kind, name, place, area, seats, equipment in words.ROOMS:
        save_premises(
            school=center.cast.school, kind=kind, name=name, place=place, area=Decimal(area), seats=seats,
            equipment=equipment, is_in_use=True, by=center.director, at=center.now,
        )  # fmt: skip


def _stations(center: Center) -> None:
    """Most colleges have answered; half of them have been checked."""
    for number, college in enumerate(center.cast.colleges.values()):
        head = center.cast.holder(Role.COLLEGE_COORDINATOR, college.pk)
        if head is None:
            continue
        station = save_station(
            unit=college, place=f"{college.name}楼 2{number:02d}", head=head, opening_hours="周一至周五 14:00–17:00",
            opened_on=date(2021, 9, 1), by=head, at=center.now,
        )  # fmt: skip
        if number % 4 == 3:
            continue
        answers = dict(zip([item.value for item in StationItem], words.STATIONS, strict=True))
        check = answer_checklist(station=station, year=center.today.year, answers=answers, by=head, at=center.now)
        if number % 2 == 0:
            check_station(check=check, answers=answers, note="请补齐值守排班表。", by=center.director, at=center.now)


def _plans(center: Center) -> None:
    by, at, year = center.director, center.now, center.today.year
    plan = write_plan(unit=center.cast.school, year=year, aim="让每个学生都知道去哪里求助", by=by, at=at)
    for number, (pillar, title, target, weight, steps) in enumerate(words.GOALS):
        owner = center.counselors[number % len(center.counselors)]
        goal = set_goal(
            plan=plan, pillar=pillar, title=title, target=target, owner=owner, due_on=date(year, 12, 20),
            weight=weight, by=by, at=at,
        )  # fmt: skip
        for name, progress in steps:
            step = add_step(goal=goal, title=name, by=owner, at=at)
            if progress:
                move_step(step=step, progress=progress, note="", upload=None, by=owner, at=at)
    for college in center.cast.colleges.values():
        coordinator = center.cast.holder(Role.COLLEGE_COORDINATOR, college.pk)
        if coordinator:
            write_plan(unit=college, year=year, aim="每个宿舍每月至少走访一次", by=coordinator, at=at)
            break


def _societies(center: Center) -> None:
    cast, at = center.cast, center.now
    union = save_society(
        unit=cast.school, kind="department", name="校学生会心理部", purpose="组织校级心理健康活动，带领学院心理部",
        adviser=center.counselors[0], founded_on=date(2015, 9, 1), is_active=True, by=center.director, at=at,
    )  # fmt: skip
    save_society(
        unit=cast.school, kind="self_help", name="晚安互助小组", purpose="睡不好的同学每周聚一次，互相提醒早点放下手机",
        adviser=center.counselors[-1], founded_on=center.day(0.5), is_active=True, by=center.director, at=at,
    )  # fmt: skip
    present = Student.objects.filter(school=cast.school, enrollment_status__in=PRESENT).order_by("-number")
    for number, student in enumerate(present[:8]):
        office = "leader" if number == 0 else "deputy" if number == 1 else "member"
        add_member(
            society=union, number=student.number, name=student.name, office=office, starts_on=center.day(0.6),
            by=center.director, at=at,
        )  # fmt: skip


def _articles(center: Center) -> None:
    school, at = center.cast.school, center.now
    for number, (slug, section, title, summary, body) in enumerate(words.ARTICLES):
        written_at = at - timedelta(days=20 - 4 * number)
        author = center.counselors[number % len(center.counselors)]
        article = write_article(
            school=school, slug=slug, section=section, title=title, summary=summary, body=body, by=author, at=written_at
        )
        submit_article(article=article, by=author, at=written_at)
        approve_article(article=article, by=center.director, at=written_at + timedelta(hours=5))
    slug, section, title, summary, body = words.DRAFT
    draft = write_article(
        school=school,
        slug=slug,
        section=section,
        title=title,
        summary=summary,
        body=body,
        by=center.counselors[0],
        at=at,
    )
    submit_article(article=draft, by=center.counselors[0], at=at)
    for kind, title, authors, source, year, abstract in words.LIBRARY:
        item = add_item(
            school=school, kind=kind, title=title, authors=authors, source=source, year=year, url="", abstract=abstract,
            by=center.counselors[0], at=at,
        )  # fmt: skip
        approve_item(item=item, by=center.director, at=at)
