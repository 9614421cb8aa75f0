"""What crisis work holds of people, and why nothing of theirs is deleted while an alarm is open."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from crisis.models import Alarm, Case, Referral
from crisis.services.care.counseling import duty_key
from kernel import personal_data
from kernel.personal_data import DataCategory, Period, Reason
from network.models import Student
from network.services import withdraw

TEXTS = ("evidence", "action_taken", "outcome_note", "place", "contact")


def _old_alarms(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    alarms = Alarm.objects.filter(school=school_id, acknowledged_at__lt=before)
    return personal_data.with_text(alarms.exclude(student__in=held), TEXTS)


def _old_counseling(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    ended = Referral.objects.to_counseling().filter(school=school_id, ended_at__lt=before)
    return ended.exclude(student__in=held)


def _erase_counseling(student: Student, at: datetime) -> int:
    """What is under way goes too, and nobody owes a next step any more."""
    rows = Referral.objects.to_counseling().filter(student=student)
    withdraw(keys=[duty_key(referral) for referral in rows.defer("reason", "ending")])
    return personal_data.delete(rows)


def _in_alarm(school_id: int, at: datetime) -> QuerySet[Any]:
    return Alarm.objects.unacknowledged().filter(school=school_id).order_by().values("student")


def _in_case(school_id: int, at: datetime) -> QuerySet[Any]:
    return Case.objects.open().filter(school=school_id).order_by().values("student")


personal_data.hold(Reason("crisis.alarms", _("an alarm is open"), _in_alarm))
personal_data.hold(Reason("crisis.cases", _("a case is open"), _in_case))
personal_data.declare(
    DataCategory(
        name="crisis.alarms",
        label=_("Urgent help: what was told and done"),
        ground=_("Mental Health Law art. 27–31, PIPL art. 13 (3) and (4): duty to protect life; not based on consent"),
        period=Period(60, least=36, most=180),
        due=_old_alarms,
        expire=personal_data.blank(*TEXTS),
        kept=_("a duty to protect life; its words go when their time is over"),
        own_note=_("The center talks with you about it, if there is anything. Ask below."),
    ),
    DataCategory(
        name="crisis.cases",
        label=_("Care in a crisis: cases, reports and plans"),
        ground=_("Mental Health Law art. 27–31, PIPL art. 13 (3) and (4): duty to protect life; not based on consent"),
        kept=_("a duty to protect life; nothing is taken out of the record of a case"),
        own_note=_("The center talks with you about it, if there is anything. Ask below."),
    ),
    DataCategory(
        name="crisis.counseling",
        label=_("Referrals to counseling"),
        ground=_("PIPL art. 28: what the offered help needs; art. 19: the shortest time that the purpose needs"),
        period=Period(60, least=12, most=180),
        due=_old_counseling,
        expire=personal_data.delete,
        erase=_erase_counseling,
        own_note=_("The center talks with you about it, if there is anything. Ask below."),
    ),
)
