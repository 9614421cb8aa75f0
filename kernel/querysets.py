"""Named filters of the kernel's tables."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Never, Self

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Q, QuerySet


class AuditEventQuerySet(QuerySet[Any]):
    """Audit events are written and read, nothing else; the database refuses the rest as well."""

    def update(self, **kwargs: Any) -> Never:
        raise TypeError("audit events are never changed")

    def delete(self) -> Never:
        raise TypeError("audit events are never deleted")

    def about(self, object_type: str, object_id: object) -> Self:
        """What happened to one object, newest first."""
        return self.filter(object_type=object_type, object_id=str(object_id)).order_by("-at", "-pk")

    def newest_first(self) -> Self:
        return self.order_by("-at", "-pk")


class NoticeQuerySet(QuerySet[Any]):
    """What people were told."""

    def for_user(self, user: AbstractBaseUser) -> Self:
        """One person's notices: urgent unread ones first, then the newest."""
        return self.filter(recipient_id=user.pk).order_by("-urgent", "-created_at", "pk")

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def to_mail(self, at: datetime) -> Self:
        """Whose mail is due by now, urgent ones first."""
        return self.filter(mail_state="pending", mail_next_at__lte=at).order_by("-urgent", "mail_next_at", "pk")


class BotMessageQuerySet(QuerySet[Any]):
    """What group chats are told."""

    def to_send(self, at: datetime) -> Self:
        """What is due by now, the oldest first."""
        return self.filter(state="pending", next_at__lte=at).order_by("next_at", "created_at", "pk")

    def undelivered(self) -> Self:
        return self.filter(state__in=["pending", "failed"])


class JobQuerySet(QuerySet[Any]):
    """Long pieces of work."""

    def started_by(self, user: AbstractBaseUser) -> Self:
        """One person's jobs, newest first."""
        return self.filter(by_id=user.pk).order_by("-created_at", "pk")

    def stuck(self, at: datetime, *, queued_for: timedelta, silent_for: timedelta) -> Self:
        """Jobs that nobody took up, or whose worker has gone silent."""
        lost = Q(state="queued", heartbeat_at__lte=at - queued_for)
        silent = Q(state="running", heartbeat_at__lte=at - silent_for)
        return self.filter(lost | silent).order_by("created_at", "pk")
