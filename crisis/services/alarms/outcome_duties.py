"""The outcome of an acknowledged alarm as a duty of the user who acknowledged it."""

from datetime import datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from crisis.models import Alarm
from crisis.rules.first_hours import OUTCOME_WITHIN
from network.models import User
from network.rules import GRANTS, Ability, Role
from network.services import Owed, owe, settle

KIND = "alarm_outcome"
TITLE = gettext_noop("Write down the outcome of an alarm")
HANDLING = tuple(role for role in Role if Ability.HANDLE_ALARM in GRANTS[role])


def owe_outcome(*, alarm: Alarm, by: User, at: datetime) -> None:
    """Let the user owe the outcome within a day, and the center's director once their post has ended."""
    places = [pk for pk in (alarm.school_class_id, alarm.college_id, alarm.school_id) if pk]
    posts = by.posts.active(localdate(at)).filter(unit__in=places, role__in=HANDLING)
    duty = Owed(
        kind=KIND,
        key=_key(alarm),
        unit=alarm.school,
        role=Role.CENTER_DIRECTOR,
        owner=by,
        post=posts.order_by("pk").first(),
        title=TITLE,
        params={},
        link=f"/alarms/{alarm.pk}/",
        due_at=at + OUTCOME_WITHIN,
    )
    owe(duties=[duty])


def settle_outcome(*, alarm: Alarm, at: datetime) -> None:
    """The outcome is written down."""
    settle(keys=[_key(alarm)], at=at)


def _key(alarm: Alarm) -> str:
    return f"alarm-outcome:{alarm.pk}"
