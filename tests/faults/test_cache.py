from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from kernel import cache as portal_cache
from kernel.models import CacheEntry
from kernel.outages import Outage
from kernel.periods import TZ
from kernel.tasks import forget_cache
from tests import factories
from tests.factories import PASSWORD
from tests.services import HOST, free_port, running_redis

# It has servers of its own, whatever database the run is on.
pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.one_database(vendor="postgresql")]


@pytest.fixture
def outage(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A fresh memory and a clock in the hand of the test."""
    now = [1000.0]
    monkeypatch.setattr(portal_cache, "_outage", Outage(clock=lambda: now[0]))
    yield now
    portal_cache._outage.begin()
    cache.clear()


def use_redis(settings: Any, port: int) -> None:
    url = f"redis://{HOST}:{port}/0"
    settings.CACHES = {"default": {"BACKEND": "kernel.cache.SteadyCache", "LOCATION": url}}


def test_the_memory_steps_in_and_redis_is_asked_again_after_a_pause(settings: Any, outage: list[float]) -> None:
    port = free_port()
    use_redis(settings, port)
    assert (cache.add("seen", 1), cache.get("seen"), cache.touch("seen"), cache.has_key("seen")) == (
        True,
        1,
        True,
        True,
    )
    with running_redis(port=port):
        assert cache.get("seen") == 1
        outage[0] += 30
        assert cache.get("seen") is None
        cache.set("seen", 2)
        assert (cache.incr("seen"), cache.get_many(["seen", "unseen"])) == (3, {"seen": 3})
        assert (cache.add("seen", 4), cache.delete("seen"), cache.delete("seen")) == (False, True, False)


def test_without_redis_a_table_keeps_the_entries_until_their_time(settings: Any, db: None) -> None:
    settings.CACHES = {"default": {"BACKEND": "kernel.cache.TableCache"}}
    with time_machine.travel(datetime(2026, 11, 10, 9, 0, tzinfo=TZ), tick=False) as clock:
        assert (cache.add("seen", [1, {"a": None}], 60), cache.add("seen", 2)) == (True, False)
        assert cache.get("seen") == [1, {"a": None}]
        cache.set("forever", True, None)
        clock.shift(30)
        assert (cache.touch("seen", 60), cache.touch("unseen")) == (True, False)
        clock.shift(59)
        assert cache.has_key("seen")
        clock.shift(1)
        assert (cache.get("seen", 7), cache.touch("seen"), cache.add("seen", 3)) == (7, False, True)
        assert (cache.incr("seen"), cache.delete("seen"), cache.delete("seen")) == (4, True, False)
        clock.shift(10**9)
        forget_cache()
        assert cache.get("forever") is True
        cache.clear()
        assert not CacheEntry.objects.exists()


def test_five_wrong_passwords_close_the_door_without_redis_too(
    settings: Any, outage: list[float], db: None, client: Client
) -> None:
    use_redis(settings, free_port())
    user = factories.make_user()
    for word in ["wrong"] * 5:
        client.post(reverse("account_login"), {"login": user.number, "password": word})
    page = client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
    assert "Too many attempts." in page.content.decode()
    outage[0] += 1
    client.get(reverse("account_login"))
    assert client.get(reverse("home")).status_code == 302
