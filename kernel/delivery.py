"""Sending the mails of notices: each at least once, and by one worker at a time."""

import logging
import smtplib
from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import gettext, override

from kernel.models import MailState, Notice

ATTEMPTS = 8
MOST_AT_ONCE = 500
# A claim is a lease, longer than the mail server may take (EMAIL_TIMEOUT): nobody sends the same mail meanwhile.
LONGEST_WAIT = timedelta(hours=6)

Clock = Callable[[], datetime]

logger = logging.getLogger(__name__)


class ServerDown(Exception):
    """The mail server does not answer, so the other mails need not be tried now."""


def deliver(*, clock: Clock, only: str = "") -> int:
    """Send what is due, urgent first (or one notice's mail alone); returns how many were sent."""
    sent = 0
    server = get_connection()
    try:
        for _ in range(MOST_AT_ONCE):
            notice = _claim(at=clock(), only=only)
            if notice is None:
                break
            sent += _send(notice, server)
    except ServerDown:
        logger.warning("the mail server does not answer; the mails wait")
    finally:
        _close(server)
    return sent


@transaction.atomic
def _claim(*, at: datetime, only: str) -> Notice | None:
    due = Notice.objects.to_mail(at)
    if only:
        due = due.filter(pk=only)
    notice: Notice | None = due.select_for_update(skip_locked=True, of=("self",)).select_related("recipient").first()
    if notice is None:
        return None
    notice.mail_attempts += 1
    notice.mail_next_at = at + wait_after(notice.mail_attempts)
    notice.save(update_fields=["mail_attempts", "mail_next_at"])
    return notice


def wait_after(attempts: int) -> timedelta:
    """How long to leave a mail alone after so many attempts: 1, 3, 9, 27, 81, 243 minutes, then 6 hours."""
    return min(timedelta(minutes=3 ** (attempts - 1)), LONGEST_WAIT)


def _send(notice: Notice, server: BaseEmailBackend) -> bool:
    try:
        # One session for all mails: ended after each, a garbled goodbye would undo a mail that has arrived.
        server.open()
        server.send_messages([message(notice, server)])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused, ValueError) as error:
        _give_up_if_last(notice, error)
        # The server has answered no to this one; a fresh session serves the next.
        _close(server)
        return False
    except (OSError, smtplib.SMTPException) as error:
        _give_up_if_last(notice, error)
        raise ServerDown from None
    Notice.objects.filter(pk=notice.pk).update(mail_state=MailState.SENT, mail_next_at=None)
    return True


def _give_up_if_last(notice: Notice, error: Exception) -> None:
    logger.warning("mail of notice %s, attempt %s: %s", notice.pk, notice.mail_attempts, type(error).__name__)
    if notice.mail_attempts >= ATTEMPTS:
        Notice.objects.filter(pk=notice.pk).update(mail_state=MailState.FAILED, mail_next_at=None)


def message(notice: Notice, server: BaseEmailBackend | None = None) -> EmailMessage:
    """The mail of a notice: the sentence, a link into the portal, whom to ask. Of a discreet one: that there is
    something to read, and where."""
    with override(settings.LANGUAGE_CODE):
        if notice.discreet:
            # SECURITY: whoever sees the mailbox or the phone's screen learns nothing; the same words for all of them.
            sentence = gettext("There is a message for you in the portal.")
            lines = [sentence, absolute(f"/n/{notice.pk}")]
        else:
            # SECURITY: one line, so that no parameter starts a header of its own.
            sentence = " ".join(notice.sentence().split())
            lines = [sentence, *([absolute(notice.link)] if notice.link else [])]
            lines.append(gettext("If anything is unclear, please ask your university's mental health center."))
    host = urlsplit(settings.PORTAL_URL).hostname or "localhost"
    return EmailMessage(
        subject=f"【守望】{sentence}",
        body="\n\n".join(lines) + "\n",
        to=[str(getattr(notice.recipient, notice.recipient.get_email_field_name()))],
        connection=server,
        # The same for every attempt: a mailbox that gets it twice shows it once.
        headers={"Message-ID": f"<{notice.pk.hex}@{host}>"},
    )


def absolute(link: str) -> str:
    """A path of the portal as an address that works in a mail."""
    return str(settings.PORTAL_URL).rstrip("/") + "/" + link.lstrip("/")


def _close(server: BaseEmailBackend) -> None:
    try:
        server.close()
    except (OSError, smtplib.SMTPException):
        logger.debug("the mail server hung up first")
