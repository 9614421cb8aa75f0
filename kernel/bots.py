"""Messages to group chats through Apprise. The transaction of the act writes a row; the row is sent at least once and
counts as undelivered until then. A message says that something waits, with no name and none of its text."""

import logging
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from apprise import Apprise, NotifyBase
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from kernel import jobs
from kernel.delivery import ATTEMPTS, Clock, absolute, wait_after
from kernel.models import BotMessage, MailState

DELIVER = "kernel.deliver_bots"
EVERYBODY = ""
MOST_AT_ONCE = 100
# Group messages are urgent: the longest pause between two attempts is shorter than for mail.
LONGEST_WAIT = timedelta(minutes=9)
SEPARATORS = re.compile(r"[\s,]")

logger = logging.getLogger(__name__)


def is_known(url: str) -> bool:
    """Whether an address is one of a group bot that this installation allows."""
    return _bot_of(url) is not None


def _bot_of(url: str) -> NotifyBase | None:
    # SECURITY: Apprise can do far more than talk to group bots; the schemes that it may use are listed. It reads a
    # comma or a space as the start of another address, which could have any scheme: one address makes one object.
    if SEPARATORS.search(url) or url.partition("://")[0].lower() not in settings.BOT_SCHEMES:
        return None
    return Apprise.instantiate(url)


@transaction.atomic
def post(
    *, urls: Iterable[str], title: str, params: Mapping[str, str | int], link: str, at: datetime, key: str
) -> None:
    """Say something in the groups behind `urls`; once per address and `key`. `title` is a message id."""
    title % dict(params)  # a missing parameter is found here
    for number, url in enumerate(dict.fromkeys(urls)):
        BotMessage.objects.get_or_create(
            key=f"{key}:{number}",
            defaults={
                "url": url,
                "title": title,
                "params": dict(params),
                "link": link,
                "created_at": at,
                "next_at": at,
                "state": MailState.PENDING,
            },
        )
        if not settings.CELERY_TASK_ALWAYS_EAGER:
            jobs.enqueue(DELIVER, EVERYBODY)


def deliver(*, clock: Clock) -> int:
    """Send what is due; returns how much was sent."""
    sent = 0
    for _ in range(MOST_AT_ONCE):
        message = _claim(at=clock())
        if message is None:
            break
        sent += _send(message)
    return sent


@transaction.atomic
def _claim(*, at: datetime) -> BotMessage | None:
    due = BotMessage.objects.to_send(at).select_for_update(skip_locked=True)
    message: BotMessage | None = due.first()
    if message is None:
        return None
    message.attempts += 1
    message.next_at = at + min(wait_after(message.attempts), LONGEST_WAIT)
    message.save(update_fields=["attempts", "next_at"])
    return message


def _send(message: BotMessage) -> bool:
    with override(settings.LANGUAGE_CODE):
        body = f"【守望】{gettext(message.title) % message.params}\n{absolute(message.link)}"
    bot = _bot_of(message.url)
    sender = Apprise()
    if bot is not None and sender.add(bot) and sender.notify(body=body):
        BotMessage.objects.filter(pk=message.pk).update(state=MailState.SENT, next_at=None)
        return True
    # SECURITY: the address is the bot's password and stays out of the log.
    logger.warning("group message %s, attempt %s: not delivered", message.pk, message.attempts)
    if message.attempts >= ATTEMPTS:
        BotMessage.objects.filter(pk=message.pk).update(state=MailState.FAILED, next_at=None)
    return False
