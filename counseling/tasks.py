from celery import shared_task
from django.utils import timezone

from counseling.services import courses, groups, offers, reminders, upkeep


@shared_task(name="counseling.offer_openings")
def offer_openings(_opening_id: str = "") -> None:
    offers.offer_openings(at=timezone.now())


@shared_task(name="counseling.keep_bookings")
def keep_bookings() -> None:
    at = timezone.now()
    upkeep.end_groundless(at=at)
    upkeep.keep_moves(at=at)
    courses.keep_courses(at=at)
    groups.decide_groups(at=at)
    reminders.remind(at=at)


@shared_task(name="counseling.freeze_minutes")
def freeze_minutes() -> None:
    upkeep.freeze_minutes(at=timezone.now())
