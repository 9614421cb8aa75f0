"""Escalation: an unacknowledged alarm calls its next step at the set minute, each step once. The state is in rows of
the database."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from crisis.models import Alarm, AlarmStep, Heartbeat
from crisis.rules import STEPS, Step, times_of
from crisis.services.cases import recipients
from kernel import bots, notices
from network.models import User

CLOCK = "climb_alarms"
AT_ONCE = 200
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
    called = 0
    for pk in Alarm.objects.to_escalate(at).values_list("pk", flat=True)[:AT_ONCE]:
        called += escalate(alarm_id=pk, at=at)
    Heartbeat.objects.update_or_create(name=CLOCK, defaults={"beat_at": at})
    return called


@transaction.atomic
def escalate(*, alarm_id: object, at: datetime) -> int:
    """Call the due steps of one alarm; when a step reaches nobody, the next one is called at once."""
    due = Alarm.objects.to_escalate(at).filter(pk=alarm_id)
    alarm: Alarm | None = due.select_for_update(skip_locked=True, of=("self",)).first()
    if alarm is None:
        return 0
    times = times_of(alarm.raised_at, recipients.settings_of(alarm.school_id).delay)
    passed = set(alarm.steps.values_list("step", flat=True))
    called, heard = 0, True
    alarm.escalates_at = None
    for step in STEPS:
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
        following = Step.NEAR if called is None else Step(called + 1)
        alarm.escalates_at = times_of(alarm.raised_at, delay)[following]
        alarm.save(update_fields=["escalates_at"])


def _call(alarm: Alarm, step: Step, *, due_at: datetime, at: datetime) -> bool:
    """Tell the people of one step; returns whether there were any."""
    people = recipients.called_at(alarm, step, at)
    AlarmStep.objects.create(alarm=alarm, step=step, due_at=due_at, called_at=at, told=len(people))
    _post_to_bots(alarm, step, at=at)
    if people:
        link = "/cases/red/" if step == Step.SCHOOL_LEADER else ""
        waited = step > Step.CENTER_DUTY
        notify_recipients(alarm, people, title=TITLES[step], key=f"alarm:{alarm.pk}", at=at, waited=waited, link=link)
    return bool(people)


def _post_to_bots(alarm: Alarm, step: Step, *, at: datetime) -> None:
    """Tell the group chats that an alarm waits, and for how long; nothing else."""
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
    alarm: Alarm, people: list[User], *, title: str, key: str, at: datetime, waited: bool = False, link: str = ""
) -> None:
    """An urgent notice to people about an alarm, without a name and without a word of what happened."""
    minutes = int((at - alarm.raised_at).total_seconds() // 60)
    notices.post(
        to=people,
        kind="alarm",
        title=title,
        params={"minutes": minutes} if waited else {},
        link=link or f"/alarms/{alarm.pk}/",
        at=at,
        key=key,
        urgent=True,
    )
