"""A critical answer calls: one alarm, and a talk within a day. What was answered stays sealed."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext, override

from crisis.models import Alarm
from crisis.services import raise_alarm
from network.models import User
from screening.models import Paper
from screening.rules.interviews import Urgency
from screening.services.campaigns.invitations import invite


def call_help(*, paper: Paper, by: User, at: datetime) -> Alarm:
    """Ring once for a paper, within the caller's transaction, and owe a talk within 24 hours."""
    participation = paper.participation
    # SECURITY: the alarm is read by many; it says that somebody is needed, never what was answered.
    with override(settings.LANGUAGE_CODE):
        evidence = gettext(
            "An answer in “%(campaign)s” asks that somebody speaks with the student today. "
            "What was answered is read by the interviewer alone."
        ) % {"campaign": participation.campaign.name}
    alarm = raise_alarm(
        student=participation.student,
        source=Alarm.Source.SCREENING,
        source_key=f"screening:{paper.pk}",
        evidence=evidence,
        by=by,
        at=at,
    )
    invite(participation=participation, urgency=Urgency.CRITICAL, at=at)
    return alarm
