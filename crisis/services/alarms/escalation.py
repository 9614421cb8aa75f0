"""Escalation: an unacknowledged alarm calls its next step at the set minute, each step once. The state is in rows of
the database."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from crisis.models import Alarm, AlarmStep
from crisis.rules import Step, steps_of, times_of
from crisis.rules.ringing import QUIET
from crisis.services.cases import recipients
from crisis.services.scheduled import for_each
from kernel import bots, notices
from kernel.models import Notice
from network.models import User

CLOCK = "climb_alarms"
AT_ONCE = 200
# Alarms of a student that are younger than this count for how often people are called.
REMEMBERED = timedelta(days=30)
CALL = gettext_noop("Urgent: somebody needs you now. Open the portal and acknowledge the alarm.")
WAITING = gettext_noop(
    "Urgent: an alarm has been waiting for %(minutes)s minutes, and nobody has taken it on. Please act."
)
TITLES = {
    Step.NEAR: CALL,
    Step.CENTER_DUTY: CALL,
    Step.DIRECTOR: WAITING,
    Step.SCHOOL_LEADER: gettext_noop(
        "Urgent: an alarm has been waiting for %(minutes)s minutes. Please call the director of the center."
    ),
}


def escalate_alarms(*, at: datetime) -> int:
    """Call every step that is due; returns how many steps. Each alarm is one transaction. Its row is locked and the
    step's row is unique, so that parallel workers call each step once."""
    due = list(Alarm.objects.to_escalate(at).values_list("pk", flat=True)[:AT_ONCE])
    return for_each(due, lambda pk: escalate(alarm_id=pk, at=at), task=CLOCK, at=at)


@transaction.atomic
def escalate(*, alarm_id: object, at: datetime) -> int:
    """Call the due steps of one alarm; when a step reaches nobody, the next one is called at once."""
    due = Alarm.objects.to_escalate(at).filter(pk=alarm_id)
    alarm: Alarm | None = due.select_for_update(skip_locked=True, of=("self",)).first()
    if alarm is None:
        return 0
    delay, inside = recipients.settings_of(alarm.school_id).delay, alarm.is_confidential
    times = times_of(alarm.raised_at, delay, at_the_center=inside)
    passed = set(alarm.steps.values_list("step", flat=True))
    called, heard = 0, True
    alarm.escalates_at = None
    for step in steps_of(at_the_center=inside):
        if step in passed:
            continue
        if times[step] > at and heard:
            alarm.escalates_at = times[step]
            break
        heard = _call(alarm, step, due_at=min(times[step], at), at=at)
        called += 1
    alarm.save(update_fields=["escalates_at"])
    return called


def retime(*, school_id: int) -> None:
    """Apply changed minutes to the alarms that wait; the caller holds a transaction."""
    delay = recipients.settings_of(school_id).delay
    waiting = Alarm.objects.unacknowledged().filter(school=school_id).exclude(escalates_at=None)
    for alarm in waiting.select_for_update(of=("self",)):
        called = alarm.steps.order_by("-step").values_list("step", flat=True).first()
        inside = alarm.is_confidential
        following = steps_of(at_the_center=inside)[0] if called is None else Step(called + 1)
        alarm.escalates_at = times_of(alarm.raised_at, delay, at_the_center=inside)[following]
        alarm.save(update_fields=["escalates_at"])


def _call(alarm: Alarm, step: Step, *, due_at: datetime, at: datetime) -> bool:
    """Tell the people of one step; returns whether there were any."""
    people = recipients.called_at(alarm, step, at)
    AlarmStep.objects.create(alarm=alarm, step=step, due_at=due_at, called_at=at, told=len(people))
    _post_to_bots(alarm, step, at=at)
    if people:
        link = "/cases/red/" if step == Step.SCHOOL_LEADER else ""
        waited = step > Step.CENTER_DUTY
        besides = recently_called(alarm, at, by_other_alarms=step > Step.NEAR)
        key = step_key(alarm.pk)
        notify_recipients(alarm, people, title=TITLES[step], key=key, at=at, waited=waited, link=link, besides=besides)
    return bool(people)


def _post_to_bots(alarm: Alarm, step: Step, *, at: datetime) -> None:
    """Tell the group chats that an alarm waits, and for how long; nothing else, and nothing of one from counseling."""
    if alarm.is_confidential:
        return
    own = [line.strip() for line in recipients.settings_of(alarm.school_id).bots.splitlines() if line.strip()]
    minutes = int((at - alarm.raised_at).total_seconds() // 60)
    bots.post(
        urls=[*settings.ALARM_BOTS, *own],
        title=WAITING if step > Step.NEAR else CALL,
        params={"minutes": minutes} if step > Step.NEAR else {},
        link="/alarms/",
        at=at,
        key=f"alarm:{alarm.pk}:{int(step)}",
    )


def notify_recipients(
    alarm: Alarm,
    people: list[User],
    *,
    title: str,
    key: str,
    at: datetime,
    waited: bool = False,
    link: str = "",
    besides: frozenset[int] = frozenset(),
) -> int:
    """An urgent notice to people about an alarm, without a name and without a word of what happened. `besides`: users
    who are left out. Returns how many were told."""
    minutes = int((at - alarm.raised_at).total_seconds() // 60)
    people = [person for person in people if person.pk not in besides]
    notices.post(
        to=people,
        kind="alarm",
        title=title,
        params={"minutes": minutes} if waited else {},
        link=link or alarm_link(alarm.pk),
        at=at,
        key=key,
        urgent=True,
    )
    return len(people)


def recently_called(alarm: Alarm, at: datetime, *, by_other_alarms: bool = False) -> frozenset[int]:
    """Users who were called for the student of an alarm in the last five minutes. `by_other_alarms`: only by a step of
    another alarm for the student, so that no step of this one is lost."""
    same = Alarm.objects.filter(pk=alarm.pk)
    if alarm.student_id is not None:
        same = Alarm.objects.filter(student=alarm.student_id, raised_at__gt=at - REMEMBERED)
    keys = [pk for pk in same.order_by().values_list("pk", flat=True) if not (by_other_alarms and pk == alarm.pk)]
    calls = Notice.objects.filter(kind="alarm", created_at__gt=at - QUIET)
    if by_other_alarms:
        calls = calls.filter(key__in=[step_key(pk) for pk in keys])
    else:
        calls = calls.filter(link__in=[alarm_link(pk) for pk in keys])
    return frozenset(calls.order_by().values_list("recipient", flat=True))


def step_key(alarm_id: object) -> str:
    return f"alarm:{alarm_id}"


def alarm_link(alarm_id: object) -> str:
    return f"/alarms/{alarm_id}/"
