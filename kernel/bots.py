"""Ringing along in group chats through Apprise: a row in the transaction of the act, sent at least once, undelivered
until it was. Group bots hear that something waits, never a name and never a word of it."""

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from apprise import Apprise
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, override

from kernel import jobs
from kernel.delivery import ATTEMPTS, Clock, absolute, wait_after
from kernel.models import BotMessage, MailState

DELIVER = "kernel.deliver_bots"
EVERYBODY = ""
MOST_AT_ONCE = 100
# A bot that does not answer is left alone for less time than a mailbox: what it says is urgent.
LONGEST_WAIT = timedelta(minutes=9)

logger = logging.getLogger(__name__)


def is_known(url: str) -> bool:
    """Whether an address is one of a group bot that this installation allows."""
    # SECURITY: Apprise can do far more than talk to group bots; what it may do here is listed.
    return url.partition("://")[0].lower() in settings.BOT_SCHEMES and Apprise.instantiate(url) is not None


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
    bot = Apprise()
    if is_known(message.url) and bot.add(message.url) and bot.notify(body=body):
        BotMessage.objects.filter(pk=message.pk).update(state=MailState.SENT, next_at=None)
        return True
    # SECURITY: the address is the bot's password and stays out of the log.
    logger.warning("group message %s, attempt %s: not delivered", message.pk, message.attempts)
    if message.attempts >= ATTEMPTS:
        BotMessage.objects.filter(pk=message.pk).update(state=MailState.FAILED, next_at=None)
    return False
