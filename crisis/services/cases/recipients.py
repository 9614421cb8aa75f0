"""Recipients: holders of posts around a student, and the center's people on duty."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.timezone import localdate

from crisis.models import Alarm, Case, DutyShift, EscalationSettings
from crisis.rules import Step, is_working_time
from network.models import User
from network.rules import GRANTS, Ability, Role

# A holder of one of these posts at a unit of the case may be its owner.
ANSWERING = tuple(role for role in Role if GRANTS[role] & {Ability.MANAGE_CASES, Ability.MANAGE_ASSIGNED_CASES})
NEAR = frozenset({Role.FUDAOYUAN, Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY})


def settings_of(school_id: int) -> EscalationSettings:
    """The school's settings, or the defaults as long as nobody has set any; nothing is written."""
    row = EscalationSettings.objects.filter(school=school_id).first()
    return row or EscalationSettings(school_id=school_id)


def holders_of(*, roles: Iterable[Role], units: Iterable[int | None], at: datetime) -> list[User]:
    """Who holds one of the roles at one of the units today."""
    on = localdate(at)
    posts = Q(posts__ends_on=None) | Q(posts__ends_on__gt=on)
    held = Q(posts__role__in=list(roles), posts__unit__in=[pk for pk in units if pk], posts__starts_on__lte=on)
    return list(User.objects.filter(posts, held, is_active=True).distinct().order_by("pk"))


def on_duty(school_id: int, at: datetime) -> list[User]:
    """Whom the roster names for this moment."""
    shifts = DutyShift.objects.on_duty(at).filter(school=school_id, officer__is_active=True).select_related("officer")
    return list({shift.officer_id: shift.officer for shift in shifts}.values())


def center_on_duty(school_id: int, at: datetime) -> list[User]:
    """Who is on duty for the center now: its counselors in working hours, else the roster. When the roster has a gap,
    the counselors are called, so that an alarm always reaches somebody."""
    hours = settings_of(school_id)
    counselors = holders_of(roles=[Role.FULL_TIME_COUNSELOR], units=[school_id], at=at)
    rostered = on_duty(school_id, at)
    if is_working_time(at, starts=hours.work_starts, ends=hours.work_ends):
        return list({person.pk: person for person in [*rostered, *counselors]}.values())
    return rostered or counselors


def called_at(alarm: Alarm, step: Step, at: datetime) -> list[User]:
    """Who is called when an alarm reaches a step."""
    if step == Step.NEAR:
        return _near(alarm, at)
    if step == Step.CENTER_DUTY:
        return center_on_duty(alarm.school_id, at)
    role = {Step.DIRECTOR: Role.CENTER_DIRECTOR, Step.SCHOOL_LEADER: Role.SCHOOL_LEADER}[step]
    return holders_of(roles=[role], units=[alarm.school_id], at=at)


def _near(alarm: Alarm, at: datetime) -> list[User]:
    """Fudaoyuan and college; outside working hours also the people on the duty roster."""
    hours = settings_of(alarm.school_id)
    near = holders_of(roles=NEAR, units=[alarm.college_id, alarm.school_class_id], at=at)
    if not is_working_time(at, starts=hours.work_starts, ends=hours.work_ends):
        near += on_duty(alarm.school_id, at)
    return list({person.pk: person for person in near}.values())


def handlers(alarm: Alarm, *, at: datetime) -> list[User]:
    """Everybody whose post today lets them handle this alarm: center, college and the class's fudaoyuan; the center
    alone for one that counseling raised."""
    near = [] if alarm.is_confidential else [alarm.college_id, alarm.school_class_id]
    return able([Ability.HANDLE_ALARM], units=[alarm.school_id, *near], at=at)


def able(abilities: Iterable[Ability], *, units: Iterable[int | None], at: datetime) -> list[User]:
    """Everybody whose post today gives one of the abilities at one of the units."""
    today = localdate(at)
    granted = User.objects.filter(
        Q(unitgrant__post__ends_on=None) | Q(unitgrant__post__ends_on__gt=today),
        unitgrant__post__starts_on__lte=today,
        unitgrant__permission__codename__in=[ability.value for ability in abilities],
        unitgrant__content_object__in=[pk for pk in units if pk],
        is_active=True,
    )
    return list(granted.distinct().order_by("pk"))


def candidates(case: Case, at: datetime) -> list[User]:
    """Who may answer for a case: holders of posts around its student."""
    return holders_of(roles=ANSWERING, units=[case.school_class_id, case.college_id, case.school_id], at=at)


def duty_candidates(school_id: int, at: datetime) -> list[User]:
    """Whom the duty roster may name: the center's people."""
    roles = [Role.CENTER_DIRECTOR, Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR]
    return holders_of(roles=roles, units=[school_id], at=at)
