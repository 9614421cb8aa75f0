"""Reminders of appointments: one for each time, none for what was cancelled."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_noop

from counseling.models import Booking
from kernel import notices

KIND = "appointment"
AHEAD = timedelta(hours=24)
SOON = gettext_noop("Your time is on %(day)s at %(time)s.")
BATCH = 500


def remind(*, at: datetime) -> int:
    """Remind everybody whose time begins within a day; returns of how many times. A time that was moved is reminded of
    anew. Two workers at once remind once: the notice has a key."""
    due = Booking.objects.booked().filter(session__starts_at__gt=at, session__starts_at__lte=at + AHEAD)
    ids = list(due.order_by("session__starts_at", "pk").values_list("pk", flat=True))
    return sum(_remind_of(pk, at) for pk in ids)


@transaction.atomic
def _remind_of(pk: object, at: datetime) -> int:
    # SECURITY: read again under the lock, so that nobody is reminded of what was cancelled meanwhile.
    rows = Booking.objects.booked().select_for_update(of=("self",), skip_locked=True)
    booking = rows.select_related("session", "student__user").filter(pk=pk).first()
    if booking is None or not at < booking.session.starts_at <= at + AHEAD:
        return 0
    starts_at = localtime(booking.session.starts_at)
    notices.post(
        to=booking.student.user,
        kind=KIND,
        title=SOON,
        params={"day": starts_at.date(), "time": f"{starts_at:%H:%M}"},
        link=f"/me/appointments/{booking.pk}/",
        at=at,
        discreet=True,
        key=f"appointment:{booking.pk}:{booking.session.starts_at.isoformat()}",
    )
    return 1
