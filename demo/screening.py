"""What the demo's center asks its students: a year ago, early in the term, and just now."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from django.utils.timezone import localdate

from crisis.models import Alarm
from crisis.services import acknowledge, settle_alarm
from demo.cohort import write_cohort
from demo.hours import DAY, office_time, student_time
from demo.moods import DANGER, STRAINED, Moods, Values, answers
from demo.old_system import bring_in
from demo.settling import Cast
from demo.showcase import Showcase
from demo.talk_notes import talk_note
from network.models import User
from network.rules import Role
from screening.models import Campaign, Interview, Paper, Participation, Scale
from screening.rules.interviews import Action, Outcome
from screening.services import (
    Finding,
    Message,
    Plan,
    Text,
    agree,
    ask_exemption,
    close_campaign,
    decide_exemption,
    decline,
    draft_campaign,
    open_campaign,
    record_finding,
    record_training,
    release_to_students,
    remind_unfinished,
    submit_paper,
)
from screening.services.scales.library import load_shipped

HOUR = timedelta(hours=1)
KEY = "phq9"
FIRST_AUTUMN = 9
COURSE = "心理普查操作员培训"
TEXT = Text(
    purpose="了解同学们入学以来的身心状态，让需要帮助的同学早一点得到帮助。",
    explanation="大约三分钟，共 9 题，没有对错之分，照最近两周的实际感受选就好。可以随时停下，换一台设备接着答。"
    "作答内容只有负责约谈的咨询师能看到；学院只会知道需要关心谁、怎么关心，看不到任何一道题的答案。",
)
CONSENT_VERSION = 1
LONGEST_AGO = 10
A_YEAR = timedelta(weeks=52)
# Of each college; more would only take time.
MOST_ROWS = 120
ASKED_AGAIN = 3
HELD = 30
RINGS = 8
DONE, BEGUN, DECLINED = 0.78, 0.83, 0.85


@dataclass
class Center:
    """Who runs the demo's screenings, and the chances of the draw."""

    cast: Cast
    showcase: Showcase
    director: User
    counselor: User
    draw: Random


def tell_screenings(cast: Cast, showcase: Showcase, *, seed: int, founded_at: datetime, now: datetime) -> None:
    """Train the operators, let two screenings be over and one be in the midst of it; older results are brought in."""
    opened_at = now - LONGEST_AGO * DAY
    load_shipped(at=opened_at - A_YEAR - DAY)
    director = cast.holder(Role.CENTER_DIRECTOR, cast.school.pk)
    counselor = cast.holder(Role.FULL_TIME_COUNSELOR, cast.school.pk)
    assert director is not None and counselor is not None
    center = Center(cast, showcase, director, counselor, Random(f"screening {seed}"))
    for operator in (director, counselor):
        record_training(
            user=operator,
            course=COURSE,
            completed_on=localdate(opened_at - A_YEAR - DAY),
            valid_until=None,
            school=cast.school,
            by=director,
            at=founded_at + timedelta(hours=1),
        )
    year = showcase.to_file.grade or now.year
    _tell_year_before(center, year - 1, at=opened_at - A_YEAR)
    bring_in(cast, grade=year - 2, by=director, seed=seed, at=founded_at + 2 * DAY)
    _tell_closed(center, year - 1, at=min(founded_at + 40 * DAY, now - 25 * DAY))
    _tell_running(center, year, now=now)


def _tell_year_before(center: Center, grade: int, *, at: datetime) -> None:
    """Last year's freshmen."""
    campaign = _open(center, title_of(grade, localdate(at)), {"grades": [grade]}, days=(0, 24, 34), at=at)
    posts = (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR)
    counselors = [user for role in posts for user in center.cast.holders[role, center.cast.school.pk]]
    write_cohort(campaign, _asked(campaign), counselors=counselors, draw=center.draw, at=at + DAY)
    close_campaign(campaign=campaign, by=center.director, at=at + 35 * DAY)
    release_to_students(campaign=campaign, by=center.director, at=at + 36 * DAY)


def _tell_closed(center: Center, grade: int, *, at: datetime) -> None:
    """The same students of some colleges, asked once more early in the term; everybody has been talked with."""
    colleges = [unit.pk for unit in center.cast.colleges.values()][:ASKED_AGAIN]
    population: dict[str, object] = {"grades": [grade], "colleges": colleges}
    campaign = _open(center, f"{grade} 级部分学院心理复查", population, days=(0, 14, 21), at=at)
    moods = Moods(heavy=False)
    rows = _spread(_asked(campaign))
    for n, row in enumerate(rows[: len(rows) * 9 // 10]):
        answered_at = student_time(center.draw, localdate(at) + (1 + n % 4) * DAY)
        _answer_all(center, row, moods, n, at=answered_at, now=at + 20 * DAY)
    for n, talk in enumerate(Interview.objects.open().filter(campaign=campaign).order_by("created_at", "pk")):
        _talk(center, talk, n, at=at + (5 + n % 9) * DAY)
    close_campaign(campaign=campaign, by=center.director, at=at + 22 * DAY)
    release_to_students(campaign=campaign, by=center.director, at=at + 23 * DAY)


def _tell_running(center: Center, grade: int, *, now: datetime) -> None:
    """This year's freshmen: most have answered, one of them in a way that rang; some talks have been held."""
    opened_at = now - LONGEST_AGO * DAY
    title = title_of(grade, localdate(opened_at))
    campaign = _open(center, title, {"grades": [grade]}, days=(0, 24, 34), at=opened_at)
    rows = _asked(campaign)
    held = {_user(center, Role.DORM_HEAD), _user(center, Role.CLASS_COMMITTEE_MEMBER)}
    others = _spread([row for row in rows if row.student.user_id not in held])
    mine = next(row for row in others if row.school_class_id == center.showcase.to_file.pk)
    today = localdate(now)
    _answer(center, mine, STRAINED, at=student_time(center.draw, today - 6 * DAY))
    others.remove(mine)
    rings = others.pop(RINGS % len(others))
    _ring(center, rings, DANGER, 2, 0, at=office_time(now - 2 * DAY, 0), now=now)
    moods = Moods()
    for n, row in enumerate(others):
        at = student_time(center.draw, today - center.draw.randint(1, LONGEST_AGO - 1) * DAY)
        _take_part(center, row, moods, n, at=at, now=now)
    _exempt(center, campaign, at=office_time(now - 2 * DAY, 1))
    talks = Interview.objects.open().filter(campaign=campaign, created_at__lt=now - 4 * DAY)
    for n, talk in enumerate(talks.exclude(counselor=center.counselor).order_by("due_at", "student__number")[:HELD]):
        _talk(center, talk, n, at=now - DAY, to_counseling=n == 0)
    unfinished = Participation.objects.filter(campaign=campaign)
    at = office_time(now - 3 * DAY, 0)
    remind_unfinished(campaign=campaign, rows=unfinished, by=center.director, at=at)


def title_of(grade: int, opens_on: date) -> str:
    """Freshmen are asked in their first autumn; later in the year it is a screening like any other."""
    is_first_autumn = (opens_on.year, opens_on.month >= FIRST_AUTUMN) == (grade, True)
    return f"{grade} 级新生心理普查" if is_first_autumn else f"{grade} 级春季心理普查"


def _spread(rows: Iterable[Participation]) -> list[Participation]:
    """Some of each college, from all its classes."""
    colleges: dict[int | None, list[Participation]] = defaultdict(list)
    for row in rows:
        colleges[row.college_id].append(row)
    return [row for there in colleges.values() for row in _every(there, min(len(there), MOST_ROWS))]


def _every(rows: Sequence[Participation], wanted: int) -> Iterable[Participation]:
    return (rows[n * len(rows) // wanted] for n in range(wanted))


def _open(center: Center, name: str, population: dict[str, object], *, days: Sequence[int], at: datetime) -> Campaign:
    opens_on, closes_on, makeup_until = (localdate(at) + n * DAY for n in days)
    plan = Plan(
        name=name,
        scales=[Scale.objects.published().get(key=KEY, school=None)],
        population=population,
        opens_on=opens_on,
        closes_on=closes_on,
        makeup_until=makeup_until,
        tells_students=True,
    )
    drafted = draft_campaign(school=center.cast.school, plan=plan, text=TEXT, by=center.director, at=at)
    return open_campaign(campaign=drafted, by=center.director, at=at + timedelta(minutes=5))


def _asked(campaign: Campaign) -> list[Participation]:
    rows = Participation.objects.filter(campaign=campaign).select_related("student__user", "campaign")
    return list(rows.order_by("student__number"))


def _user(center: Center, role: Role) -> int:
    place = center.showcase.room if role == Role.DORM_HEAD else center.showcase.to_file
    holder = center.cast.holder(role, place.pk)
    return holder.pk if holder else 0


def _take_part(center: Center, row: Participation, moods: Moods, n: int, *, at: datetime, now: datetime) -> None:
    lot = center.draw.random()
    if lot < DONE:
        _answer_all(center, row, moods, n, at=at, now=now)
    elif lot < BEGUN:
        _agree(row, at=at)
    elif lot < DECLINED:
        decline(participation=row, by=row.student.user, at=at)


def _agree(row: Participation, *, at: datetime) -> None:
    agree(participation=row, text_version=1, consent_version=CONSENT_VERSION, by=row.student.user, at=at)


def _answer(center: Center, row: Participation, values: Values, *, at: datetime, last: int = 0) -> None:
    _agree(row, at=at)
    paper = Paper.objects.get(participation=row)
    message = Message(answers(center.draw, values, last))
    submit_paper(paper=paper.pk, message=message, by=row.student.user, at=at + timedelta(minutes=3))


def _answer_all(center: Center, row: Participation, moods: Moods, n: int, *, at: datetime, now: datetime) -> None:
    """All nine; a yes to the last one calls."""
    values, ninth = moods.of(row), moods.ninth()
    if ninth:
        _ring(center, row, values, ninth, n, at=at, now=now)
    else:
        _answer(center, row, values, at=at)


def _ring(
    center: Center, row: Participation, values: Values, last: int, n: int, *, at: datetime, now: datetime
) -> None:
    """An answer that calls, the counselor who takes it on within minutes, and the talk within a day."""
    _answer(center, row, values, at=at, last=last)
    alarm = Alarm.objects.filter(student=row.student, source=Alarm.Source.SCREENING).latest("raised_at")
    words = "已电话联系到本人，约好来中心面谈，辅导员陪同。"
    acknowledge(alarm=alarm, action_taken=words, by=center.counselor, at=at + timedelta(minutes=9))
    talked_at = min(max(office_time(at + timedelta(hours=14), n), at + timedelta(hours=1)), now)
    _talk(center, Interview.objects.get(participation=row), n, at=talked_at, action=Action.WATCH)
    outcome, note = Alarm.Outcome.CARE, "面谈后由辅导员留意，约了下次面谈。"
    settle_alarm(alarm=alarm, outcome=outcome, note=note, by=center.counselor, at=min(talked_at + HOUR, now))


def _talk(
    center: Center, talk: Interview, n: int, *, at: datetime, action: Action = Action.CARE, to_counseling: bool = False
) -> None:
    if talk.counselor is None:
        return
    held_at = min(max(office_time(at, n), talk.created_at + HOUR), at + DAY)
    outcome = Outcome.B if n % 2 == 0 else Outcome.C
    finding = Finding(
        outcome=outcome,
        note=talk_note(center.draw),
        action=action if outcome == Outcome.B else Action.NONE,
        tells_college=outcome == Outcome.B,
        tells_fudaoyuan=outcome == Outcome.B,
        hands_over=False,
        to_counseling=to_counseling,
    )
    record_finding(interview=talk, finding=finding, by=talk.counselor, at=held_at)


def _exempt(center: Center, campaign: Campaign, *, at: datetime) -> None:
    """Two are asked to be let off by the fudaoyuan: one is, one waits."""
    rows = Participation.objects.filter(campaign=campaign, school_class=center.showcase.to_file).unfinished()
    own = {_user(center, Role.DORM_HEAD), _user(center, Role.CLASS_COMMITTEE_MEMBER)}
    chosen: Iterable[Participation] = rows.exclude(student__user__in=own).order_by("student__number")[:2]
    for n, row in enumerate(list(chosen)):
        reason = "本学期在外校交流。" if n == 0 else "正在校医院住院，出院后再联系。"
        exemption = ask_exemption(participation=row, reason=reason, by=center.showcase.fudaoyuan, at=at)
        if n == 0:
            decide_exemption(exemption=exemption, approved=True, by=center.director, at=at + timedelta(hours=2))
