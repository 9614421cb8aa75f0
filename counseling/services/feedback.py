"""What students think of a session, kept without student, session or day."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Booking, Feedback, FeedbackToken
from counseling.rules.kinds import BookingState
from kernel.aliases import alias_of, known_aliases
from kernel.errors import Refused
from network.models import User


@dataclass(frozen=True)
class Answers:
    """Four answers of 1 (not at all) to 5 (fully)."""

    heard: int
    goals: int
    way: int
    overall: int


def may_give(booking: Booking) -> bool:
    """Whether the student came and has not answered yet; reads alone."""
    if booking.state != BookingState.ATTENDED.value:
        return False
    return not FeedbackToken.objects.filter(token__in=list(known_aliases([_secret(booking)]))).exists()


@transaction.atomic
def give_feedback(*, booking: Booking, answers: Answers, by: User, at: datetime) -> None:
    """Keep the answers. SECURITY: nothing leads from them to the booking: its token is a keyed digest that stands
    apart, and neither has a time. Refused for anybody else, before the session was attended, and a second time."""
    if not policies.may_book_for_oneself(by, booking.student):
        raise Refused(_("The student alone answers this."), code="not-your-own")
    if booking.state != BookingState.ATTENDED.value:
        raise Refused(_("You can answer this after the session."), code="not-attended")
    if not all(1 <= value <= 5 for value in asdict(answers).values()):
        raise Refused(_("Choose one of the five answers for each line."), code="out-of-range")
    _token, fresh = FeedbackToken.objects.get_or_create(token=alias_of(_secret(booking)))
    if not fresh:
        raise Refused(_("You have answered this already. Thank you."), code="answered")
    month = f"{localdate(booking.session.starts_at):%Y-%m}"
    counselor = booking.session.counselor
    Feedback.objects.create(school_id=booking.school_id, counselor=counselor, month=month, **asdict(answers))


def _secret(booking: Booking) -> str:
    return f"feedback:{booking.pk}"
