"""Telling people something: a row in the transaction of the act, and a mail that follows. Never clinical text."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser

from kernel import jobs
from kernel.models import MailState, Notice

LONGEST_PARAMETER = 100
BATCH = 500
DELIVER = "kernel.deliver_notices"
EVERYBODY = ""

Parameter = str | int | date


def post(
    *,
    to: AbstractBaseUser | Iterable[AbstractBaseUser],
    kind: str,
    title: str,
    params: Mapping[str, Parameter],
    link: str = "",
    at: datetime,
    key: str = "",
    urgent: bool = False,
    discreet: bool = False,
) -> None:
    """Tell one or many people; once per person and `key`. `title` is a message id (gettext_noop) whose %(name)s are
    filled from `params`: names, numbers and dates of at most 100 characters, ValueError for anything longer or other.
    `link` is a path of the portal. `discreet`: the mail names neither the sentence nor the page, as for all that a
    client of counseling is told."""
    people = {person.pk: person for person in ([to] if isinstance(to, AbstractBaseUser) else to)}
    if not people:
        return
    stored = {name: _storable(name, value) for name, value in params.items()}
    _check_title(title, stored)
    rows = [
        Notice(
            recipient_id=person.pk,
            kind=kind,
            title=title,
            params=stored,
            link=link,
            urgent=urgent,
            discreet=discreet,
            key=key,
            created_at=at,
            mail_state=MailState.PENDING if _is_mailed(person, discreet=discreet) else MailState.NONE,
            mail_next_at=at if _is_mailed(person, discreet=discreet) else None,
        )
        for person in people.values()
    ]
    Notice.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=bool(key))
    # Without a broker the mails wait for beat, so that no request waits for a mail server.
    if any(row.mail_state == MailState.PENDING for row in rows) and not settings.CELERY_TASK_ALWAYS_EAGER:
        jobs.enqueue(DELIVER, rows[0].pk if len(rows) == 1 else EVERYBODY)


def mark_read(*, by: AbstractBaseUser, at: datetime, ids: Iterable[UUID] | None = None) -> int:
    """Note that somebody has read these of their own notices, or all of them; returns how many were unread."""
    own = Notice.objects.for_user(by).unread()
    return own.update(read_at=at) if ids is None else own.filter(pk__in=list(ids)).update(read_at=at)


def _storable(name: str, value: Parameter) -> Any:
    if isinstance(value, date):
        return {"date": value.isoformat()}
    if not isinstance(value, str | int):
        raise ValueError(f"parameter {name} of a notice is neither text nor a number nor a date")
    # A lazy translation is spoken now; SECURITY: long texts are what people wrote, and have no place in a mail.
    if len(str(value)) > LONGEST_PARAMETER:
        raise ValueError(f"parameter {name} of a notice is longer than {LONGEST_PARAMETER} characters")
    return value


def _check_title(title: str, params: Mapping[str, Any]) -> None:
    if not title:
        raise ValueError("a notice needs a title")
    title % params  # a missing parameter is found here, not in somebody's inbox


def _address(person: AbstractBaseUser) -> str:
    return str(getattr(person, person.get_email_field_name(), "") or "")


def _is_mailed(person: AbstractBaseUser, *, discreet: bool) -> bool:
    """Whoever shares a phone reads discreet notices in the portal alone."""
    return bool(_address(person)) and not (discreet and getattr(person, "shares_phone", False))
