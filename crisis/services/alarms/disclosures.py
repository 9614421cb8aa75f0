"""Telling the people near a student something of an alarm that counseling raised: a fixed phrase, never its words."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis import policies
from crisis.models import Alarm, Disclosure
from crisis.models.base import keys_of
from crisis.services.alarms.trail import record_alarm
from crisis.services.cases.recipients import NEAR, holders_of
from kernel import notices
from kernel.errors import Refused
from network.models import User

TOLD = gettext_noop("Urgent: the center asks you to look after a student of yours. Open the portal.")


@transaction.atomic
def tell_near(*, alarm: Alarm, phrase: Disclosure.Phrase, by: User, at: datetime) -> Disclosure:
    """Tell fudaoyuan and college a phrase, once; the same one again tells nobody. Refused for all but the center, for
    an alarm that they have heard of anyway, and while it is not known who it is about."""
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm.pk)
    if not policies.may_tell_near(by, alarm):
        raise Refused(_("The center decides what the college is told of this."), code="may-not-tell")
    if alarm.student is None:
        raise Refused(_("Write down first who it is about."), code="no-student")
    disclosure, fresh = write_disclosure(alarm=alarm, phrase=phrase, by=by, at=at)
    if fresh:
        people = holders_of(roles=NEAR, units=[alarm.college_id, alarm.school_class_id], at=at)
        key = f"disclosure:{disclosure.pk}"
        link = disclosure.get_absolute_url()
        notices.post(to=people, kind="alarm.told", title=TOLD, params={}, link=link, key=key, at=at, urgent=True)
    return disclosure


def write_disclosure(*, alarm: Alarm, phrase: Disclosure.Phrase, by: User, at: datetime) -> tuple[Disclosure, bool]:
    """The row, and whether it is new, inside the caller's transaction."""
    assert alarm.student is not None
    disclosure, fresh = Disclosure.objects.get_or_create(
        alarm=alarm,
        phrase=phrase,
        defaults={"student": alarm.student, **keys_of(alarm.student), "told_by": by, "told_at": at},
    )
    if fresh:
        record_alarm(action="alarm.tell_near", alarm=alarm, by=by, at=at)
    return disclosure, fresh
