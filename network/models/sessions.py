import uuid
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.fields import EncryptedTextField


class UserSessionQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        """The user's own sessions."""
        return self.filter(user=user.pk)

    def left_before(self, at: datetime) -> Self:
        """Sessions that nobody has used since."""
        return self.filter(seen_at__lt=at)


class UserSession(models.Model):
    """Where somebody is signed in. The row goes when the session ends; the log keeps that there was one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("network.User", models.CASCADE, related_name="sessions")
    session_key = models.CharField(max_length=40, unique=True)
    address = models.GenericIPAddressField(_("network address"), null=True, blank=True)
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("signed in"))
    seen_at = models.DateTimeField(_("last seen"))

    objects = UserSessionQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["seen_at"], name="session_seen")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.started_at:%Y-%m-%d %H:%M}"


class FactorSecret(models.Model):
    """The secret of an authenticator app or the seed of recovery codes; the authenticator's row only names this one."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey("network.User", models.CASCADE, related_name="+")
    secret = EncryptedTextField()

    class Meta:
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)
