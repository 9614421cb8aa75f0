"""The tables of the kernel: audit log, notices, group messages, jobs and cache."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any, Never, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.fields import EncryptedTextField


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


class AuditEvent(models.Model):
    """Who did or read what, when. Text only: it outlives every row that it speaks of, and is never changed."""

    at = models.DateTimeField(_("time"))
    actor_id = models.CharField(max_length=40, blank=True)
    actor = models.CharField(_("who"), max_length=120, blank=True)
    action = models.CharField(_("action"), max_length=80)
    object_type = models.CharField(max_length=80, blank=True)
    object_id = models.CharField(max_length=40, blank=True)
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    # Whose data it was, in what role and for what purpose it was read.
    subject = models.CharField(max_length=40, blank=True)
    role = models.CharField(_("role"), max_length=30, blank=True)
    purpose = models.CharField(_("purpose"), max_length=20, blank=True)
    detail = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    digest = models.CharField(max_length=64, editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["-at", "-id"], name="audit_by_time"),
            models.Index(fields=["object_type", "object_id", "-at"], name="audit_by_object"),
            models.Index(fields=["actor_id", "-at"], name="audit_by_actor"),
            models.Index(fields=["subject", "-at"], condition=~Q(subject=""), name="audit_by_subject"),
            models.Index(fields=["purpose", "-at"], condition=~Q(purpose=""), name="audit_by_purpose"),
            models.Index(fields=["role", "-at"], condition=~Q(role=""), name="audit_by_role"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.actor} {self.action} {self.object_type} {self.object_id}"


class AuditLink(models.Model):
    """An event's place in the chain: its hash covers the event and the link before, and so all that came earlier."""

    sequence = models.BigIntegerField(primary_key=True)
    # No constraint: the audit log must tell that an event is gone, not depend on it.
    event = models.OneToOneField(AuditEvent, models.DO_NOTHING, db_constraint=False, related_name="link")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class AliasKey(models.Model):
    """The key of the aliases in the audit log; one row, drawn at the first alias and never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # SECURITY: without it nobody can tell whom an alias stands for; with it everybody can.
    key = EncryptedTextField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.pk)


class MailState(models.TextChoices):
    NONE = "none", _("not mailed")
    PENDING = "pending", _("mail on its way")
    SENT = "sent", _("mailed")
    FAILED = "failed", _("mail failed")


class NoticeQuerySet(QuerySet[Any]):
    """The notices of people."""

    def for_user(self, user: AbstractBaseUser) -> Self:
        """One person's notices: urgent unread ones first, then the newest."""
        return self.filter(recipient_id=user.pk).order_by("-urgent", "-created_at", "pk")

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def to_mail(self, at: datetime) -> Self:
        """Whose mail is due by now, urgent ones first."""
        return self.filter(mail_state="pending", mail_next_at__lte=at).order_by("-urgent", "mail_next_at", "pk")


class Notice(models.Model):
    """A sentence to one person, kept here and mailed from here. Never clinical text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=255)
    params = models.JSONField(default=dict, blank=True)
    link = models.CharField(max_length=300, blank=True)
    urgent = models.BooleanField(default=False)
    # SECURITY: the mail of a discreet notice says that there is something to read, and nothing of what.
    discreet = models.BooleanField(default=False)
    key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mail_state = models.CharField(max_length=8, choices=MailState, default=MailState.NONE)
    mail_attempts = models.PositiveSmallIntegerField(default=0)
    mail_next_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["recipient", "key"], condition=~Q(key=""), name="notice_once_per_key"),
            models.CheckConstraint(
                condition=~Q(mail_state="pending") | Q(mail_next_at__isnull=False),
                name="notice_pending_mail_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-created_at"], name="notice_by_recipient"),
            models.Index(fields=["recipient"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["mail_next_at"], condition=Q(mail_state="pending"), name="notice_to_mail"),
        ]

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self) -> str:
        """The title in the reader's language, its parameters filled in."""
        return gettext(self.title) % {name: spoken(value) for name, value in self.params.items()}


class BotMessageQuerySet(QuerySet[Any]):
    """The messages to group chats."""

    def to_send(self, at: datetime) -> Self:
        """What is due by now, the oldest first."""
        return self.filter(state="pending", next_at__lte=at).order_by("next_at", "created_at", "pk")

    def undelivered(self) -> Self:
        return self.filter(state__in=["pending", "failed"])


class BotMessage(models.Model):
    """A sentence to a group chat. Never a name, never clinical text."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=140, unique=True)
    # SECURITY: the address of a bot is its password.
    url = EncryptedTextField()
    title = models.CharField(max_length=255)
    params = models.JSONField(default=dict, blank=True)
    link = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=MailState, default=MailState.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    objects = BotMessageQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="pending") | Q(next_at__isnull=False), name="bot_message_pending_has_a_time"
            )
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="pending"), name="bot_message_to_send")]

    def __str__(self) -> str:
        return self.key


class JobState(models.TextChoices):
    QUEUED = "queued", _("waiting")
    RUNNING = "running", _("at work")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")


class JobQuerySet(QuerySet[Any]):
    """Long pieces of work."""

    def started_by(self, user: AbstractBaseUser) -> Self:
        """One person's jobs, newest first."""
        return self.filter(by_id=user.pk).order_by("-created_at", "pk")

    def unfinished(self) -> Self:
        return self.filter(state__in=[JobState.QUEUED, JobState.RUNNING])

    def stuck(self, at: datetime, *, queued_for: timedelta, silent_for: timedelta) -> Self:
        """Jobs that nobody took up, or whose worker has gone silent."""
        lost = Q(state="queued", heartbeat_at__lte=at - queued_for)
        silent = Q(state="running", heartbeat_at__lte=at - silent_for)
        return self.filter(lost | silent).order_by("created_at", "pk")


class Job(models.Model):
    """A long piece of work that somebody started and can watch; it may run again after a failure."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=80)
    argument = models.JSONField(null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=JobState, default=JobState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    message = models.CharField(max_length=500, blank=True)
    params = models.JSONField(default=dict, blank=True)
    result_link = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempts_allowed = models.PositiveSmallIntegerField(default=3)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="jobs")
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["done", "failed"], finished_at__isnull=False)
                | Q(state__in=["queued", "running"], finished_at__isnull=True),
                name="job_finished_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-created_at"], name="job_by_person"),
            models.Index(fields=["heartbeat_at"], condition=Q(state__in=["queued", "running"]), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"

    def sentence(self) -> str:
        """What there is to say about it, in the reader's language; empty while all goes well."""
        if not self.message:
            return ""
        return gettext(self.message) % self.params if self.params else gettext(self.message)

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


class PrintedFileQuerySet(QuerySet[Any]):
    def for_user(self, user: AbstractBaseUser, *, since: datetime) -> Self:
        """One's own files that were made after `since`; nobody else opens them."""
        return self.filter(made_by=user.pk, made_at__gt=since)

    def made_before(self, at: datetime) -> Self:
        return self.filter(made_at__lte=at)


class PrintedFile(models.Model):
    """A document that a job printed for somebody; kept encrypted, as base64, for a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    # What the document is about: keys and dates, as the job was asked.
    about = models.JSONField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    made_at = models.DateTimeField()
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    content = EncryptedTextField()

    objects = PrintedFileQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "pk"]
        default_permissions = ()
        indexes = [models.Index(fields=["made_by", "-made_at"], name="printed_file_by_person")]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("printed-file", args=[self.pk])


class CacheEntryQuerySet(QuerySet[Any]):
    """Cache entries by their time."""

    def current(self, at: datetime) -> Self:
        return self.filter(expires_at__gt=at)

    def expired(self, at: datetime) -> Self:
        return self.filter(expires_at__lte=at)


class CacheEntry(models.Model):
    """A value of the cache, where there is no Redis."""

    key = models.CharField(primary_key=True, max_length=255)
    value = models.JSONField()
    expires_at = models.DateTimeField(db_index=True)

    objects = CacheEntryQuerySet.as_manager()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key


class FieldKey(models.Model):
    """What a key of FIELD_KEYS was when it first wrote: its name and a digest, never the key."""

    key_id = models.CharField(primary_key=True, max_length=40)
    fingerprint = models.CharField(max_length=64)
    first_used_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.key_id


class Operation(models.Model):
    """When a backup or a restore drill last succeeded; one row for each kind."""

    name = models.CharField(primary_key=True, max_length=40)
    finished_at = models.DateTimeField()
    detail = models.JSONField(default=dict)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.name


def spoken(value: Any) -> Any:
    """A stored parameter as it is said: {"date": "2026-11-23"} becomes a date in the reader's format."""
    if not isinstance(value, dict):
        return value
    moment: date | None = parse_datetime(value["date"]) if "T" in value["date"] else parse_date(value["date"])
    if isinstance(moment, datetime):
        return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
    return formats.date_format(moment, "DATE_FORMAT") if moment else value["date"]
