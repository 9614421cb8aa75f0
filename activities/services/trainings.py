"""The training ledger: entered by whoever was trained, confirmed by somebody else."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Lesson, LessonAttendance, Training
from activities.rules.indicators import is_trained
from activities.rules.program import Audience, TrainingKind
from activities.services.courses import check_happened
from activities.services.evidence import keep_evidence
from kernel import audit
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import Post, Unit, User
from network.rules import Role

MOST_HOURS = Decimal(200)
# Who is trained by which lesson.
LESSON_ROLES = {
    Audience.PEERS: (Role.CLASS_COMMITTEE_MEMBER, Role.DORM_HEAD),
    Audience.FUDAOYUAN: (Role.FUDAOYUAN, Role.CLASS_ADVISER),
}


@dataclass(frozen=True)
class TrainingYear:
    """What one of the staff has of confirmed training in a year."""

    user: User
    hours: Decimal
    conferences: int
    waiting: int

    @property
    def is_enough(self) -> bool:
        return is_trained([self.hours], self.conferences)


@transaction.atomic
def log_training(
    *,
    school: Unit,
    kind: str,
    title: str,
    organizer: str,
    level: str,
    day: date,
    hours: Decimal | None,
    upload: Upload | None,
    by: User,
    at: datetime,
) -> Training:
    """Enter a training of one's own. Refused for a day to come, and for hours that are none."""
    if not policies.may_log_training(by):
        raise Refused(_("Your post has no training ledger."), code="may-not-log")
    check_happened(day, at=at)
    if kind == TrainingKind.HOURS:
        check_hours(hours)
    row = Training.objects.create(
        school=school,
        user=by,
        kind=kind,
        title=title,
        organizer=organizer,
        level=level,
        day=day,
        hours=hours if kind == TrainingKind.HOURS else None,
        evidence=keep_evidence(upload=upload, school=school, by=by, at=at),
        entered_at=at,
    )
    audit.record(action="own_training.log", by=by, at=at, obj=row, unit=school.code, detail={"kind": kind})
    return row


@transaction.atomic
def confirm_training(*, training: Training, by: User, at: datetime) -> Training:
    """Confirm somebody else's training; from then on it counts."""
    row = _locked(training)
    if not policies.may_confirm_training(by, row):
        raise Refused(_("Somebody else of the center must confirm this training."), code="may-not-confirm")
    if row.confirmed_at is not None:
        raise Refused(_("This training is confirmed already."), code="confirmed")
    row.confirmed_by, row.confirmed_at = by, at
    row.save(update_fields=["confirmed_by", "confirmed_at"])
    audit.record(action="own_training.confirm", by=by, at=at, obj=row, unit=row.school.code)
    return row


@transaction.atomic
def drop_training(*, training: Training, by: User, at: datetime) -> None:
    """Take a training of one's own away while nobody has confirmed it."""
    row = _locked(training)
    if row.user_id != by.pk:
        raise Refused(_("You can take away trainings of your own only."), code="not-own")
    if row.confirmed_at is not None:
        raise Refused(_("A confirmed training stays in the ledger."), code="confirmed")
    audit.record(action="own_training.drop", by=by, at=at, obj=row, unit=row.school.code)
    evidence = row.evidence
    row.delete()
    if evidence is not None:
        evidence.delete()


def training_years(users: Collection[User], year: int) -> list[TrainingYear]:
    """Confirmed hours and qualifying conferences of each, in the order of the users."""
    rows: dict[int, list[Training]] = {user.pk: [] for user in users}
    for training in Training.objects.in_year(year).filter(user__in=list(rows)).order_by("day", "pk"):
        rows[training.user_id].append(training)
    return [_year_of(user, rows[user.pk]) for user in users]


@transaction.atomic
def add_lesson(*, school: Unit, title: str, audience: str, day: date, hours: Decimal, by: User, at: datetime) -> Lesson:
    """Enter a training that the center has held."""
    _check_manager(by, school)
    check_happened(day, at=at)
    check_hours(hours)
    row = Lesson.objects.create(
        school=school, title=title, audience=audience, day=day, hours=hours, recorded_by=by, recorded_at=at
    )
    audit.record(action="lesson.add", by=by, at=at, obj=row, unit=school.code)
    return row


@transaction.atomic
def record_attendance(*, lesson: Lesson, numbers: Iterable[str], by: User, at: datetime) -> int:
    """Note who took part, by staff or student number; who is noted already stays. Returns how many are new. Refused
    with the first number that nobody of this audience has."""
    _check_manager(by, lesson.school)
    wanted = list(dict.fromkeys(numbers))
    roles = LESSON_ROLES[Audience(lesson.audience)]
    posts = Post.objects.active(lesson.day).filter(
        role__in=roles, holder__number__in=wanted, unit__school=lesson.school
    )
    holders = {post.holder.number: post.holder for post in posts.select_related("holder")}
    unknown = next((number for number in wanted if number not in holders), None)
    if unknown is not None:
        raise Refused(
            _("Nobody with the number %(number)s held such a post on that day. Nothing was noted.")
            % {"number": unknown[:30]},
            code="unknown-number",
        )
    noted = set(LessonAttendance.objects.filter(lesson=lesson).values_list("user", flat=True))
    new = [holder for holder in holders.values() if holder.pk not in noted]
    LessonAttendance.objects.bulk_create(
        [LessonAttendance(lesson=lesson, user=holder) for holder in new], ignore_conflicts=True
    )
    detail = {"people": len(new)}
    audit.record(action="lesson.attend", by=by, at=at, obj=lesson, unit=lesson.school.code, detail=detail)
    return len(new)


def check_hours(hours: Decimal | None) -> None:
    """Refuse hours that are missing, not finite, or no halves: 0.3 is none."""
    if hours is None or not hours.is_finite() or not 0 < hours <= MOST_HOURS or hours % Decimal("0.5"):
        raise Refused(_("Give the hours in halves, from 0.5 to 200."), code="hours")


def _year_of(user: User, rows: list[Training]) -> TrainingYear:
    confirmed = [row for row in rows if row.confirmed_at is not None]
    hours = sum((row.hours for row in confirmed if row.hours is not None), Decimal(0))
    return TrainingYear(user, hours, sum(row.qualifies for row in confirmed), len(rows) - len(confirmed))


def _check_manager(by: User, school: Unit) -> None:
    if not policies.may_manage_program(by, school):
        raise Refused(_("Trainings of the center are entered by the center."), code="may-not-manage")


def _locked(training: Training) -> Training:
    row: Training = (
        Training.objects.select_for_update(of=("self",)).select_related("school", "evidence").get(pk=training.pk)
    )
    return row
