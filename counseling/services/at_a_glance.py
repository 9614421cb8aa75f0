"""What the first page shows of counseling: one's next time, who is expected today, who waits."""

from datetime import datetime
from typing import Any

from django.db.models import Count, Min
from django.utils.timezone import localdate

from counseling.models import Booking, Offer, WaitingEntry
from network.models import User


def next_time(user: User, at: datetime) -> Booking | None:
    """The student's next appointment."""
    rows = Booking.objects.for_user(user).upcoming(at).select_related("session")
    booking: Booking | None = rows.order_by("session__starts_at", "pk").first()
    return booking


def has_offer(user: User, at: datetime) -> bool:
    """Whether a freed time is kept for the student right now."""
    return Offer.objects.for_user(user).open().filter(held_until__gte=at).exists()


def expected_today(user: User, at: datetime) -> list[Booking]:
    """Who is expected at the counselor's today: times and codes, no names."""
    today = localdate(at)
    own = Booking.objects.filter(session__counselor__user=user, session__starts_at__date=today)
    return list(own.booked().select_related("session__room").order_by("session__starts_at", "pk"))


def open_outcomes(user: User, at: datetime) -> int:
    """How many of the counselor's sessions of the past are not noted yet."""
    return Booking.objects.filter(session__counselor__user=user).without_outcome(at).count()


def waiting_figures(user: User) -> dict[str, Any]:
    """For the director: how many wait, and since when the first."""
    figures: dict[str, Any] = (
        WaitingEntry.objects.visible_to(user).open().order_by().aggregate(count=Count("pk"), since=Min("since"))
    )
    return figures
