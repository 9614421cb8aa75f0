import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from kernel import bots
from kernel.models import BotMessage, MailState
from kernel.periods import TZ

AT = datetime(2026, 11, 10, 9, 0, tzinfo=TZ)


class Group:
    """A group chat's server on a loopback port."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.status = 200
        group = self

        class Answer(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode("unicode_escape")
                if group.status == 200:
                    group.heard.append(body)
                self.send_response(group.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.url = f"json://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def group(settings: Any) -> Iterator[Group]:
    settings.BOT_SCHEMES = ["json"]
    group = Group()
    thread = Thread(target=group.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield group
    group.server.shutdown()
    group.server.server_close()
    thread.join()


def post(group: Group, key: str = "k") -> None:
    title = "An alarm has been waiting for %(minutes)s minutes."
    bots.post(urls=[group.url, group.url], title=title, params={"minutes": 5}, link="/alarms/", at=AT, key=key)


def test_a_group_hears_once_with_a_link_into_the_portal(db: None, group: Group) -> None:
    post(group)
    post(group)
    assert bots.deliver(clock=lambda: AT) == 1
    assert bots.deliver(clock=lambda: AT + timedelta(hours=1)) == 0
    (heard,) = group.heard
    assert "waiting for 5 minutes" in heard
    assert "http://localhost:8000/alarms/" in heard
    assert BotMessage.objects.get().state == MailState.SENT


def test_until_it_was_delivered_it_stands_as_undelivered_and_is_tried_again(
    db: None, group: Group, caplog: pytest.LogCaptureFixture
) -> None:
    group.status = 500
    post(group)
    with caplog.at_level(logging.WARNING, logger="kernel.bots"):
        assert bots.deliver(clock=lambda: AT) == 0
    message = BotMessage.objects.get()
    assert (message.state, message.attempts, message.next_at) == (MailState.PENDING, 1, AT + timedelta(minutes=1))
    assert group.url not in caplog.text
    group.status = 200
    assert bots.deliver(clock=lambda: AT + timedelta(seconds=59)) == 0
    assert bots.deliver(clock=lambda: AT + timedelta(minutes=1)) == 1
    assert len(group.heard) == 1


def test_a_bot_that_never_answers_fails_after_its_last_attempt_and_stays_in_sight(db: None, group: Group) -> None:
    group.status = 500
    post(group)
    for hour in range(bots.ATTEMPTS):
        bots.deliver(clock=lambda hour=hour: AT + timedelta(hours=hour))
    assert BotMessage.objects.get().state == MailState.FAILED
    assert BotMessage.objects.undelivered().count() == 1


@pytest.mark.parametrize("url", ["file:///etc/passwd", "mailto://a:b@example.org", "wecombot://", "nonsense"])
def test_only_group_bots_are_talked_to(db: None, settings: Any, url: str) -> None:
    settings.BOT_SCHEMES = ["wecombot", "dingtalk"]
    assert not bots.is_known(url)
    bots.post(urls=[url], title="x", params={}, link="/", at=AT, key="k")
    assert bots.deliver(clock=lambda: AT) == 0


def test_the_bots_of_the_country_are_known(settings: Any) -> None:
    assert bots.is_known("wecombot://" + "a" * 36)
    assert bots.is_known("dingtalk://" + "a" * 64)
