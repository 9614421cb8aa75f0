"""Calls that the counselor on duty takes down."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Call
from counseling.rules.kinds import Topic
from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User

# How far back a call may be entered.
LATEST_ENTRY = timedelta(days=7)


@dataclass(frozen=True)
class CallRecord:
    """What is taken down of a call."""

    at: datetime
    minutes: int
    topic: Topic
    alias: str = ""
    note: str = ""
    has_risk: bool = False


@transaction.atomic
def register_call(*, school: Unit, record: CallRecord, by: User, at: datetime) -> Call:
    """Take a call down. Refused for all but counselors, for one in the future, and after a week."""
    if not policies.may_register_calls(by, school):
        raise Refused(_("Counselors on duty take calls down."), code="may-not-register")
    if record.at > at:
        raise Refused(_("This lies ahead. When did the call begin?"), code="in-the-future")
    if record.at < at - LATEST_ENTRY:
        raise Refused(_("Calls are taken down within a week."), code="too-old")
    call = Call.objects.create(
        school=school,
        taken_by=by,
        at=record.at,
        minutes=record.minutes,
        topic=record.topic.value,
        alias=record.alias,
        note=record.note,
        has_risk=record.has_risk,
        recorded_at=at,
    )
    audit.record(action="call.register", by=by, at=at, obj=call)
    return call
