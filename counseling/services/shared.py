"""What the services of counseling share: settings, locks, the log, and telling people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from counseling.models import CenterSettings, Counselor
from counseling.rules.refusals import Why
from kernel import notices
from kernel.errors import Refused
from network.models import Student, User

if TYPE_CHECKING:
    from uuid import UUID

    from django.utils.functional import Promise

    from counseling.rules.free_times import FreeTime

APPOINTMENTS = "/me/appointments/"
DESK, DUTY_DESK = "/counseling/week/", "/counseling/duty/"
KIND = "counseling"

SENTENCES: Mapping[Why, str | Promise] = {
    Why.TAKEN: _("This time has just been taken. Choose another one."),
    Why.NO_ROOM: _("No room is free at that time. You can talk by phone or online then, or choose another time."),
    Why.OFF_GRID: _("Sessions do not begin at that minute. Choose one of the times shown."),
    Why.NOTICE: _("It is too late to book this time. Choose a later one."),
    Why.TOO_FAR: _("This day cannot be booked yet. Choose an earlier one."),
    Why.LIMIT: _(
        "The sessions of this term are used up. Talk with your counselor, or join a group or the waiting list."
    ),
    Why.DUAL_RELATION: _("This counselor teaches or looks after you otherwise. Choose another counselor."),
    Why.CONSENT: _("Please read and agree to the text on counseling first."),
    Why.CLOSED: _("The center is closed then. Choose another time."),
    Why.NO_HOURS: _("The counselor has no hours then. Choose one of the times shown."),
    Why.NOT_YET: _("Urgent hours open that same morning. If it cannot wait, ask for somebody today."),
    Why.FULL_WEEK: _("The counselor's week is full. Choose another week or another counselor."),
    Why.NOT_BOOKABLE: _("This counselor cannot be booked. Choose another counselor."),
    Why.NOT_OFFERED: _("This counselor does not offer that. Choose another way to talk or another counselor."),
    Why.NOT_PRESENT: _("Only students who are at school can book. Call the center if you need somebody to talk to."),
    Why.OWN_TIME: _("You have another appointment at that time. Move or cancel that one first."),
    Why.NOT_YOURS: _("Only the student, the counselor and the center's director can do this."),
    Why.OTHER_CONTENT: _("This was sent before with other content, which still counts. Look at your appointments."),
}


class NotBooked(Refused):
    """A time that cannot be booked; `alternatives`: up to three free times near it."""

    def __init__(self, why: Why, alternatives: Iterable[FreeTime] = ()) -> None:
        super().__init__(SENTENCES[why], code=why.value)
        self.why = why
        self.alternatives: list[FreeTime] = list(alternatives)


def settings_of(school_id: int) -> CenterSettings:
    """The school's booking rules, or the defaults as long as nobody has set any; nothing is written."""
    return CenterSettings.objects.filter(school=school_id).first() or CenterSettings(school_id=school_id)


def lock_student(student: Student) -> Student:
    """The student's row, locked so that other rows may still point at it."""
    rows = Student.objects.select_for_update(no_key=True, of=("self",)).select_related("school")
    locked: Student = rows.get(pk=student.pk)
    return locked


def lock_counselors(keys: Iterable[UUID | None]) -> dict[UUID, Counselor]:
    """Counselors by key, locked in the order of their keys, after the student."""
    rows = Counselor.objects.filter(pk__in={key for key in keys if key}).order_by("pk")
    locked = rows.select_for_update(no_key=True, of=("self",)).select_related("user", "school")
    return {counselor.pk: counselor for counselor in locked}


def digest_of(content: object) -> str:
    """What tells whether a request that comes again has the same content."""
    text = json.dumps(content, default=str, ensure_ascii=False, sort_keys=True)
    return salted_hmac("counseling.request", text, algorithm="sha256").hexdigest()


def tell(
    person: User | Iterable[User],
    title: str,
    *,
    at: datetime,
    params: Mapping[str, Any] | None = None,
    link: str = APPOINTMENTS,
    key: str = "",
    urgent: bool = False,
) -> None:
    """Tell a client or a counselor something; the mail says nothing of counseling."""
    notices.post(
        to=person, kind=KIND, title=title, params=params or {}, link=link, at=at, key=key, urgent=urgent, discreet=True
    )
