"""The watchlist of the sample university: cases at each level with their story, a duty roster, an alarm that climbs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from itertools import chain
from random import Random

from crisis.models import Alarm, Case
from crisis.rules import CLOSED, AlertLevel, Criterion, Ground
from crisis.services.alarms.escalation import escalate_alarms
from crisis.services.alarms.handling import settle_alarm
from crisis.services.cases.care_plans import save_plan
from crisis.services.cases.case_tasks import give_task, may_be_asked
from crisis.services.cases.lifecycle import Opening, open_case, raise_level
from crisis.services.cases.lowering import Reassessment, decide_lowering, request_lowering
from crisis.services.cases.notes import add_note, mark_told
from crisis.services.cases.reports import file_report, prefilled
from crisis.services.center.settings import add_shift
from demo import care_words, words
from demo.care import Care
from demo.readiness import get_ready, tell_register
from demo.settling import Cast
from demo.showcase import Showcase
from kernel.periods import TZ
from network.models import Student, User
from network.rules import PRESENT, EnrollmentStatus, Role

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NIGHTS = 7
# An alarm of these days is watched still.
FRESH = 5 * DAY


@dataclass
class Watchlist:
    """Writes the cases, each act at its own time."""

    cast: Cast
    showcase: Showcase
    draw: Random
    founded_at: datetime
    now: datetime

    @property
    def director(self) -> User:
        return self._one(Role.CENTER_DIRECTOR)

    @property
    def counselor(self) -> User:
        return self._one(Role.FULL_TIME_COUNSELOR)

    def tell(self) -> None:
        get_ready(self.cast, by=self.director, at=self.founded_at + HOUR)
        self.roster()
        self.escalate()
        students = self.students()
        watched = self.red()
        self.settle()
        self.orange(next(students))
        self.yellow(next(students))
        self.overdue(next(students))
        self.closed(next(students))
        self.elsewhere()
        tell_register(self.cast, latest=watched, by=self.director, founded_at=self.founded_at, now=self.now)

    def roster(self) -> None:
        """Counselors take turns at night."""
        counselors = self.cast.holders[Role.FULL_TIME_COUNSELOR, self.cast.school.pk]
        first = datetime.combine(self.now.astimezone(TZ).date(), time(18), TZ)
        for night in range(-1, NIGHTS):
            starts = first + night * DAY
            officer = counselors[night % len(counselors)]
            phone = f"139 0000 {1000 + night:04d}"
            ends = starts + 14 * HOUR
            add_shift(
                school=self.cast.school,
                officer=officer,
                starts_at=starts,
                ends_at=ends,
                phone=phone,
                by=self.director,
                at=min(self.now, starts),
            )

    def escalate(self) -> None:
        """What beat would have done while nobody took the alarm on."""
        waiting = Alarm.objects.unacknowledged().order_by("raised_at").first()
        if waiting is not None:
            for minutes in (5, 15, 30):
                escalate_alarms(at=min(self.now, waiting.raised_at + timedelta(minutes=minutes)))

    def red(self) -> Case | None:
        """Two days ago somebody saw thunder; it was taken on. Family and hospital are there by now."""
        alarm = self.taken_on()
        if alarm is None or alarm.student is None or alarm.acknowledged_at is None:
            return None
        at = alarm.acknowledged_at + 0.5 * HOUR
        case = self.open(alarm.student, AlertLevel.RED, Criterion.SUICIDE_OR_VIOLENCE, words.CASES[0], at, alarm)
        care = self.care(case, at)
        care.tick(alarm)
        watch = care.begin_watch()
        self.report(case, at + HOUR)
        care.call_family()
        self.note(case, words.CONTACTS[0], at + 3 * HOUR)
        referral = care.refer()
        self.plan(case, at + 5 * HOUR)
        self.note(case, words.CONTACTS[1], at + 15 * HOUR)
        care.watch_at_night(watch)
        self.report(case, at + 20 * HOUR)
        care.arrive(referral)
        care.end_watch(watch)
        self.note(case, care_words.AT_HOSPITAL, at + 26 * HOUR)
        return case

    def settle(self) -> None:
        """What came of the alarms of the months before."""
        for alarm in Alarm.objects.exclude(acknowledged_at=None).filter(settled_at=None).order_by("raised_at"):
            at = alarm.raised_at + 2 * DAY
            if at < self.now - FRESH:
                note = care_words.CARED_FOR
                settle_alarm(alarm=alarm, outcome=Alarm.Outcome.CARE, note=note, by=self.counselor, at=at)

    def taken_on(self) -> Alarm | None:
        """The last alarm that somebody has taken on, rather one of these days that people raised."""
        taken_on = Alarm.objects.exclude(acknowledged_at=None).filter(student__enrollment_status__in=PRESENT)
        by_people = taken_on.exclude(source=Alarm.Source.SCREENING).filter(raised_at__gt=self.now - FRESH)
        return by_people.order_by("-raised_at").first() or taken_on.order_by("-raised_at").first()

    def orange(self, student: Student) -> None:
        """Came as red, was lowered by two; a reassessment waits for its second person."""
        at = self.now - 50 * DAY
        case = self.open(student, AlertLevel.RED, Criterion.PSYCHIATRIC_ILLNESS, words.CASES[1], at)
        self.report(case, at + HOUR)
        self.report(case, at + 22 * HOUR)
        for week in range(1, 3):
            self.note(case, words.CONTACTS[week], at + week * 7 * DAY)
            self.report(case, at + week * 7 * DAY + HOUR)
        self.lower(case, AlertLevel.ORANGE, None, at + 16 * DAY)
        for week in range(1, 5):
            self.report(case, at + (16 + week * 7) * DAY + (30 if week == 2 else 0) * HOUR)
        self.plan(case, at + 20 * DAY)
        self.care(case, at).talk()
        wish = Reassessment(AlertLevel.YELLOW, words.REASSESSMENTS[1])
        request_lowering(case=case, reassessment=wish, by=self.counselor, at=self.now - 3 * HOUR)

    def yellow(self, student: Student) -> None:
        """A quiet one, with a request to the class adviser."""
        at = self.now - 20 * DAY
        case = self.open(student, AlertLevel.YELLOW, Criterion.MAJOR_EVENT, words.CASES[2], at)
        self.note(case, words.CONTACTS[3], at + 6 * DAY)
        self.plan(case, at + DAY)
        asked = may_be_asked(case, self.now)
        if asked:
            due_on = (self.now + 3 * DAY).astimezone(TZ).date()
            give_task(
                case=case, assignee=asked[-1], text=words.REQUEST, due_on=due_on, by=self.counselor, at=self.now - DAY
            )

    def overdue(self, student: Student) -> None:
        """Nobody has reported for too long."""
        self.open(student, AlertLevel.YELLOW, Criterion.ACADEMIC_FAILURE, words.CASES[3], self.now - 35 * DAY)

    def closed(self, student: Student) -> None:
        at = self.now - 75 * DAY
        case = self.open(student, AlertLevel.YELLOW, Criterion.RECOVERING, words.CASES[4], at)
        self.report(case, at + 28 * DAY)
        self.report(case, at + 56 * DAY)
        self.lower(case, CLOSED, Ground.RESOLVED, at + 60 * DAY)

    def elsewhere(self) -> None:
        """Other colleges have their cases too: one that was raised, a fresh one, and somebody who came back."""
        others = [unit for unit in self.cast.colleges.values() if unit.pk != self.showcase.to_file.college_id]
        people = [self.free(college.pk) for college in others]
        self.raised(people[0].pop())
        self.fresh(people[1 % len(others)].pop())
        returned = [one for one in chain(*people) if one.enrollment_status == EnrollmentStatus.RETURNED]
        self.back(returned[0] if returned else people[2 % len(others)].pop())

    def raised(self, student: Student) -> None:
        at = self.now - 38 * DAY
        case = self.open(student, AlertLevel.YELLOW, Criterion.MAJOR_EVENT, care_words.SPREAD[0], at)
        self.note(case, care_words.SPREAD_CONTACTS[0], at + 8 * DAY)
        self.report(case, at + 28 * DAY)
        raise_level(case=case, level=AlertLevel.ORANGE, reason=care_words.MOVED_UP, by=self.counselor, at=at + 29 * DAY)
        self.plan(case, at + 30 * DAY)
        self.report(case, at + 35 * DAY)

    def fresh(self, student: Student) -> None:
        at = self.now - 12 * DAY
        case = self.open(student, AlertLevel.YELLOW, Criterion.MAJOR_EVENT, care_words.SPREAD[1], at)
        self.note(case, care_words.SPREAD_CONTACTS[1], at + 5 * DAY)

    def back(self, student: Student) -> None:
        """Was away for most of a year and is looked after since."""
        at = self.now - 33 * DAY
        case = self.open(student, AlertLevel.YELLOW, Criterion.RECOVERING, care_words.BACK, at)
        self.care(case, at).come_back()
        self.report(case, at + 29 * DAY)

    def students(self) -> Iterator[Student]:
        """Students of the corner that the printed accounts look at, who hold no post."""
        there = self.free(self.showcase.to_file.college_id or 0)
        near = [one for one in there if one.school_class_id == self.showcase.to_file.pk]
        far = [one for one in there if one.school_class_id != self.showcase.to_file.pk]
        self.draw.shuffle(near)
        self.draw.shuffle(far)
        return iter([*far[:1], *near[:1], *far[1:]])

    def free(self, college_id: int) -> list[Student]:
        """Students of a college who hold no post and for whom nothing has rung."""
        holders = {user.pk for users in self.cast.holders.values() for user in users}
        rung = set(Alarm.objects.filter(college=college_id).values_list("student", flat=True))
        there = [one for one in self.cast.students.values() if one.college_id == college_id and one.pk not in rung]
        return [one for one in there if one.enrollment_status in PRESENT and one.user_id not in holders]

    def care(self, case: Case, at: datetime) -> Care:
        """Who cares for a case, from `at` on."""
        counselors = self.cast.holders[Role.FULL_TIME_COUNSELOR, self.cast.school.pk]
        fudaoyuan = self.cast.holder(Role.FUDAOYUAN, case.school_class_id) or counselors[-1]
        return Care(case, counselors[0], counselors[1], self.director, fudaoyuan, at, self.now)

    def open(
        self,
        student: Student,
        level: AlertLevel,
        criterion: Criterion,
        situation: str,
        at: datetime,
        alarm: Alarm | None = None,
    ) -> Case:
        fudaoyuan = self.cast.holder(Role.FUDAOYUAN, student.school_class_id) or self.counselor
        owner, deputy = (self.counselor, fudaoyuan) if level > AlertLevel.YELLOW else (fudaoyuan, self.counselor)
        opening = Opening(level, int(criterion), situation, owner, deputy if deputy != owner else None)
        case = open_case(student=student, opening=opening, by=self.counselor, at=at, alarm=alarm)
        for number, member in enumerate(case.members.filter(told_at=None).select_related("user", "case")):
            mark_told(member=member, by=self.counselor, at=at + (5 + 4 * number) * timedelta(minutes=1))
        return case

    def report(self, case: Case, at: datetime) -> None:
        owed = case.reports.owed().get()
        said = prefilled(owed, at=at) | words.REPORT
        file_report(report=owed, content=said, by=self.counselor, at=at)

    def note(self, case: Case, text: str, at: datetime) -> None:
        add_note(case=case, is_contact=True, text=text, happened_at=None, by=self.counselor, at=min(at, self.now))

    def plan(self, case: Case, at: datetime) -> None:
        review_on = (self.now + 14 * DAY).astimezone(TZ).date()
        save_plan(
            case=case,
            supports=words.SUPPORTS,
            risks=words.RISKS,
            goals=words.GOALS,
            review_on=review_on,
            version=0,
            by=self.counselor,
            at=at,
        )

    def lower(self, case: Case, to: int, ground: Ground | None, at: datetime) -> None:
        wish = Reassessment(to, words.REASSESSMENTS[0], ground)
        request = request_lowering(case=case, reassessment=wish, by=self.counselor, at=at)
        decide_lowering(request=request, grant=True, note="", by=self.director, at=at + 5 * HOUR)

    def _one(self, role: Role) -> User:
        holder = self.cast.holder(role, self.cast.school.pk)
        assert holder is not None
        return holder


def tell_cases(*, cast: Cast, showcase: Showcase, seed: int, founded_at: datetime, now: datetime) -> None:
    """Let the cases happen, once the months are told."""
    Watchlist(cast, showcase, Random(f"watchlist {seed}"), founded_at, now).tell()
