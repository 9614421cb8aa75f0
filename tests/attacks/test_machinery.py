"""Attacks on what stands behind the web process: cache, queue and group bots."""

import base64
import os
import pickle
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import redis
from django.core.cache import cache
from django.db import connection

from kernel import bots
from kernel import cache as portal_cache
from kernel.models import BotMessage
from kernel.outages import Outage
from kernel.periods import TZ
from tests.services import running_redis


class Payload:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.folder),)


def test_a_pickle_in_the_cache_runs_no_code(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portal_cache, "_outage", Outage())
    folder = tmp_path / "code-ran"
    with running_redis() as url:
        settings.CACHES = {"default": {"BACKEND": "kernel.cache.SteadyCache", "LOCATION": url}}
        cache.set("counter", 3)
        assert cache.get("counter") == 3
        client = redis.Redis.from_url(url)
        for key in client.keys("*counter"):
            client.set(key, pickle.dumps(Payload(folder)))
        assert cache.get("counter", 0) == 0
    assert not folder.exists()


def test_a_pickle_in_the_table_of_the_cache_runs_no_code(settings: Any, tmp_path: Path, db: None) -> None:
    settings.CACHES = {"default": {"BACKEND": "kernel.cache.TableCache"}}
    folder = tmp_path / "code-ran"
    cache.set("counter", 3)
    text = base64.b64encode(pickle.dumps(Payload(folder))).decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_cacheentry SET value = %s", [f'"{text}"'])
    assert cache.get("counter") == text
    assert not folder.exists()


@pytest.fixture
def local_server() -> Iterator[tuple[str, list[str]]]:
    """Any service on a loopback port, and the methods that it was called with."""
    calls: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            calls.append(self.command)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_DELETE = handle_any  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"127.0.0.1:{server.server_port}", calls
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize("separator", [",", " ", ", ", "\n", ";,"])
def test_a_second_address_behind_the_one_of_a_group_bot_is_not_called(
    db: None, settings: Any, local_server: tuple[str, list[str]], separator: str
) -> None:
    host, calls = local_server
    settings.BOT_SCHEMES = ["xml"]
    url = f"xml://{host}/hook{separator}json://{host}/?method=DELETE&+X-Evil=1"
    assert not bots.is_known(url)
    at = datetime(2026, 11, 10, 9, 0, tzinfo=TZ)
    bots.post(urls=[url], title="x", params={}, link="/", at=at, key="k")
    assert BotMessage.objects.count() == 1
    bots.deliver(clock=lambda: at)
    assert calls == []
