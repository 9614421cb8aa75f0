"""After an activity: feedback without a name, a summary, and pictures."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Activity, ActivityPicture, ActivitySummary, Feedback, FeedbackReceipt, Presence
from activities.services.locking import lock_activity
from kernel import audit
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import User

MOST_PICTURES = 12
# Fewer voices than this are not shown: the organizer knows who was there.
LEAST_VOICES = 5


@transaction.atomic
def give_feedback(*, activity: Activity, rating: int, words: str, by: User, at: datetime) -> None:
    """Say what one thought, once. SECURITY: neither the row nor the audit log connects it with the person."""
    if not Presence.objects.for_user(by).filter(occasion__activity=activity).exists():
        raise Refused(_("Feedback is for whoever was there."), code="not-there")
    if not 1 <= rating <= 5:
        raise Refused(_("Choose one to five stars."), code="rating")
    _receipt, made = FeedbackReceipt.objects.get_or_create(activity=activity, user=by)
    if not made:
        raise Refused(_("You have given your feedback already. Thank you!"), code="given")
    Feedback.objects.create(activity=activity, rating=rating, words=words.strip(), given_on=localdate(at))


def voices_of(activity: Activity) -> dict[str, Any] | None:
    """Count, mean and words of the feedback, in no order of time; None below five."""
    rows = list(Feedback.objects.filter(activity=activity))
    if len(rows) < LEAST_VOICES:
        return None
    mean = sum(row.rating for row in rows) / len(rows)
    return {"count": len(rows), "mean": mean, "words": sorted(row.words for row in rows if row.words)}


@transaction.atomic
def write_summary(*, activity: Activity, words: str, by: User, at: datetime) -> ActivitySummary:
    """Write down how it went; written again it replaces the first."""
    activity = lock_activity(activity)
    _check_runner(activity, by=by, at=at)
    summary, _made = ActivitySummary.objects.update_or_create(
        activity=activity, defaults={"words": words, "written_by": by, "written_at": at}
    )
    audit.record(action="activity.sum_up", by=by, at=at, obj=activity, unit=activity.unit.code)
    return summary


@transaction.atomic
def add_picture(*, activity: Activity, upload: Upload, by: User, at: datetime) -> ActivityPicture:
    """Keep a picture that was accepted. Refused for a discreet activity: who was there can be seen on it."""
    activity = lock_activity(activity)
    _check_runner(activity, by=by, at=at)
    if activity.is_discreet:
        raise Refused(_("A discreet activity keeps no pictures."), code="discreet")
    if activity.pictures.count() >= MOST_PICTURES:
        raise Refused(_("Twelve pictures are enough. Remove one first."), code="too-many")
    picture = ActivityPicture.objects.create(
        activity=activity,
        name=upload.name,
        media_type=upload.media_type,
        content=upload.text,
        added_by=by,
        added_at=at,
    )
    audit.record(action="activity.picture", by=by, at=at, obj=activity, unit=activity.unit.code)
    return picture


@transaction.atomic
def remove_picture(*, picture: ActivityPicture, by: User, at: datetime) -> None:
    """Take a picture away, for whoever is seen on it and does not want it."""
    activity = lock_activity(picture.activity)
    _check_runner(activity, by=by, at=at)
    picture.delete()
    audit.record(action="activity.picture_remove", by=by, at=at, obj=activity, unit=activity.unit.code)


def _check_runner(activity: Activity, *, by: User, at: datetime) -> None:
    if not policies.may_run_activity(by, activity):
        raise Refused(_("The organizer writes the summary."), code="may-not-run")
    if not activity.is_published or at < activity.starts_at:
        raise Refused(_("It has not taken place yet."), code="too-early")
