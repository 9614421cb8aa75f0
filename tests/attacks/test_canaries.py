"""What a thief finds who carries off the database, Redis, the logs and the mails: not one of the words written."""

import base64
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from kernel.delivery import deliver
from kernel.fields import EncryptedTextField
from kernel.management.commands.rotate_keys import encrypted_fields
from kernel.models import Notice
from network.models import User
from reporting.models import Cycle
from tests.attacks import story
from tests.conftest import World
from tests.kernel.conftest import Mailbox, mailbox

__all__ = ["mailbox"]

# Every canary carries this word; so whoever finds none of it, in any writing, has found no canary.
STEM = "夜里想不开"
WRITTEN_ANYWHERE = {"name", "origin", "bed", "building", "major", "file", "activity", "title", "description"}
# Read by everybody of the school, as the titles are.
WRITTEN_ANYWHERE |= {"activities_activitysummary.words"}


def writings() -> dict[str, bytes]:
    """The word as it might stand in a dump."""
    found = {"escaped": STEM.encode("unicode_escape"), "json": STEM.encode("unicode_escape").upper()}
    for name in ("utf-8", "gbk", "utf-16-le"):
        raw = STEM.encode(name)
        found |= {name: raw, f"hex of {name}": raw.hex().encode()}
        # Base64 writes three bytes at a time: where the word begins decides how it looks; its ends depend on others.
        for gap in range(3):
            found[f"base64 of {name} at {gap}"] = base64.b64encode(b"\0" * gap + raw)[4:-4]
    return found


def found_in(haystack: bytes) -> set[str]:
    return {name for name, needle in writings().items() if needle in haystack}


def test_the_search_finds_the_word_in_every_writing() -> None:
    for name in ("utf-8", "gbk"):
        for gap in range(3):
            written = base64.b64encode(b"x" * (gap + 6) + f"她说{STEM}，".encode(name))
            assert found_in(written), (name, gap)
        assert found_in(f"她说{STEM}。".encode(name)) == {name}


@pytest.fixture
def canaries(
    transactional_db: None,
    world: World,
    cycle: Cycle,
    at: datetime,
    november: datetime,
    caplog: pytest.LogCaptureFixture,
) -> Counter[str]:
    """Told by place: every confidential text of the month holds the word."""
    caplog.set_level("DEBUG")
    told: Counter[str] = Counter()

    def texts(place: str, most: int) -> str:
        if {place, place.rpartition(".")[2]} & WRITTEN_ANYWHERE:
            # Names of people and places are no secret of this kind.
            return f"某{sum(told.values())}"[:most]
        told[place] += 1
        return f"{sum(told.values()):04d}{STEM}"[:most]

    story.tell(world, cycle, texts, at=at)
    return told


def dump(folder: Path) -> bytes:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return b"".join(path.read_bytes() for path in Path(given["NAME"]).parent.glob(f"{Path(given['NAME']).name}*"))
    place = f"postgres://{given['USER']}@{given['HOST']}:{given['PORT']}/{given['NAME']}"
    return subprocess.run(["pg_dump", "--inserts", place], check=True, capture_output=True).stdout


def in_redis() -> Iterator[bytes]:
    """Every key and value: cache, queue, what is not acknowledged."""
    if not settings.REDIS_URL:
        return
    server = redis.Redis.from_url(settings.REDIS_URL)
    read: dict[bytes, Any] = {
        b"string": server.get,
        b"list": lambda key: server.lrange(key, 0, -1),
        b"set": server.smembers,
        b"hash": server.hgetall,
        b"zset": lambda key: server.zrange(key, 0, -1, withscores=True),
    }
    for key in server.scan_iter():
        yield key + b" " + repr(read[server.type(key)](key)).encode()


def unread(field: EncryptedTextField) -> bool:
    """Nothing has been written to the column."""
    rows = field.model._base_manager.exclude(**{f"{field.attname}__isnull": True})
    return not any(getattr(row, field.attname) for row in rows[:50])


def test_two_hundred_canaries_are_in_no_dump_log_mail_or_queue(
    canaries: Counter[str],
    mailbox: Mailbox,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert sum(canaries.values()) >= 200
    User.objects.filter(email="").update(email="somebody@example.edu.cn")
    Notice.objects.exclude(mail_state="sent").update(mail_state="pending", mail_next_at=timezone.now())
    assert deliver(clock=timezone.now) > 0
    mails = b"".join(mail.as_bytes() + mail.get_content().encode() + mail["Subject"].encode() for mail in mailbox.mails)
    assert found_in(mails) == set()
    assert found_in(caplog.text.encode() + "".join(capfd.readouterr()).encode()) == set()
    assert found_in(b"".join(in_redis())) == set()
    stolen = dump(tmp_path)
    assert b"network_student" in stolen
    assert found_in(stolen) == set()


@pytest.mark.one_database(vendor="sqlite")
def test_every_encrypted_column_has_had_a_canary(canaries: Counter[str]) -> None:
    columns = {f"{field.model._meta.db_table}.{field.column}": field for field in encrypted_fields()}
    untold = {name for name, field in columns.items() if unread(field)}
    assert untold == set(story.UNTOLD), "tell them in tests/attacks/story.py"
