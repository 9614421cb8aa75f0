"""The escalation of an alarm as its page shows it, and the delivery of its messages. Read from the database, not from a
queue."""

from dataclasses import dataclass
from datetime import datetime

from crisis.models import Alarm, AlarmStep
from crisis.models.labels import STEP_LABELS
from crisis.rules import Step, steps_of, times_of
from crisis.services.cases.recipients import settings_of
from kernel.models import BotMessage, MailState, Notice


@dataclass(frozen=True)
class EscalationStep:
    """One step: who is called, when it was or will be called, and the row if it was called."""

    label: object
    at: datetime
    called: AlarmStep | None

    @property
    def is_over(self) -> bool:
        """Whether the step was not needed, because the alarm was acknowledged before."""
        return self.called is None


@dataclass(frozen=True)
class EscalationStatus:
    steps: list[EscalationStep]
    told: int
    mailed: int
    waiting: int
    failed: int
    bots_waiting: int


def escalation_status_of(alarm: Alarm, *, at: datetime) -> EscalationStatus:
    """The steps of an alarm, and how its messages fared."""
    called = {Step(step.step): step for step in alarm.steps.all()}
    inside = alarm.is_confidential
    times = times_of(alarm.raised_at, settings_of(alarm.school_id).delay, at_the_center=inside)
    steps = [
        EscalationStep(STEP_LABELS[step], called[step].called_at if step in called else times[step], called.get(step))
        for step in steps_of(at_the_center=inside)
        if step in called or alarm.acknowledged_at is None
    ]
    states = list(
        Notice.objects.filter(key__startswith=f"alarm:{alarm.pk}").order_by("pk").values_list("mail_state", flat=True)
    )
    return EscalationStatus(
        steps,
        told=len(states),
        mailed=states.count(MailState.SENT),
        waiting=states.count(MailState.PENDING),
        failed=states.count(MailState.FAILED),
        bots_waiting=BotMessage.objects.undelivered().filter(key__startswith=f"alarm:{alarm.pk}").count(),
    )
