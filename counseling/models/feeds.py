import uuid
from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet

from crisis.models.base import days_within_bounds


class FeedTokenQuerySet(QuerySet[Any]):
    """`for_user`: one's own."""

    def for_user(self, user: Any) -> Self:
        return self.filter(user=user.pk)

    def active(self, on: date) -> Self:
        return self.filter(revoked_at=None, ends_on__gte=on)


class FeedToken(models.Model):
    """The key in the address of somebody's own calendar. SECURITY: the hash alone is stored; the address is shown once.
    It counts until and including ends_on, as long as the holder's post does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    ends_on = models.DateField()
    last_read_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = FeedTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "pk"]
        default_permissions = ()
        constraints = [
            days_within_bounds("ends_on", name="feed_token_dates_within_bounds"),
            models.UniqueConstraint(fields=["user"], condition=Q(revoked_at=None), name="feed_token_one_per_user"),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("created_at")), name="feed_token_revoked_later"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
