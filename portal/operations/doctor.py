"""Looks at everything that an administrator has to keep in order: one finding each, with what to do."""

import shutil
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import Error as DatabaseFailure
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis, RedisError

from crisis.services.alarms import watchdog
from kernel import anchors, key_checks
from kernel.models import Job, JobState, MailState, Notice, Operation
from portal.operations import backup, drill

OLDEST_BACKUP = timedelta(hours=26)
OLDEST_ANCHOR = timedelta(hours=26)
OLDEST_DRILL = timedelta(days=100)
CLOCKS_AGREE_WITHIN = timedelta(seconds=5)
LEAST_FREE_BYTES = 1024**3
LEAST_FREE_SHARE = 0.1
LOOKED_BACK = timedelta(days=1)
LONGEST_QUEUE = 1000
OLDEST_POSTGRESQL = 140000


@dataclass(frozen=True)
class Finding:
    """What one look found. `state`: ok, warning or trouble."""

    name: str
    state: str
    sentence: str


def examine(*, at: datetime) -> Sequence[Finding]:
    """All looks, in a fixed order. A look that breaks is trouble itself and stops no other."""
    findings = []
    for name, look in LOOKS.items():
        try:
            state, sentence = look(at)
        except (DatabaseFailure, OSError, RedisError) as error:
            state, sentence = "trouble", f"could not be looked at: {type(error).__name__}"
        findings.append(Finding(name, state, sentence))
    return findings


Answer = tuple[str, str]
OK = "ok"


def _keys(_at: datetime) -> Answer:
    wrong = key_checks.wrong_keys()
    if wrong:
        return "trouble", f"{', '.join(wrong)} in FIELD_KEYS is not the key that wrote here. Set the right one."
    lost = key_checks.missing_keys(dict(key_checks.known_keys()))
    if lost:
        return (
            "warning",
            f"{', '.join(lost)} wrote here once and is not in FIELD_KEYS. Right after rotate_keys, else not.",
        )
    return OK, "the keys are those that wrote into this database"


def _settings(_at: datetime) -> Answer:
    messages = checks.run_checks(include_deployment_checks=True)
    serious = [message for message in messages if message.level >= checks.WARNING and not message.is_silenced()]
    if serious:
        return "trouble", f"{', '.join(str(message.id) for message in serious)}: see manage.py check --deploy."
    return OK, "as on a server"


def _proxy(_at: datetime) -> Answer:
    if settings.HTTPS and not settings.BEHIND_PROXY:
        return "warning", "PORTAL_URL speaks https and BEHIND_PROXY is 0: pages redirect for ever behind a proxy."
    return OK, "fits PORTAL_URL"


def _second_factor(_at: datetime) -> Answer:
    if settings.SECOND_FACTOR == "off":
        return "trouble", "SECOND_FACTOR=off: a password alone opens other people's data. Take it away."
    return OK, "asked of whoever sees other people's data"


def _migrations(_at: datetime) -> Answer:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return "trouble", f"{len(waiting)} migrations wait. Take a backup, then run manage.py migrate."
    return OK, "none wait"


def _database(_at: datetime) -> Answer:
    if connection.vendor != "postgresql":
        return "warning", "SQLite: good for a look and a small school. Set DATABASE_URL."
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        version = int(cursor.fetchone()[0])
        cursor.execute("SHOW lock_timeout")
        waits = cursor.fetchone()[0]
    if version < OLDEST_POSTGRESQL:
        return "trouble", f"PostgreSQL {version // 10000} is too old: 14 or later."
    if waits == "0":
        return "warning", "lock_timeout is off: one locked table holds everybody. See LOCK_TIMEOUT."
    return OK, f"PostgreSQL {version // 10000}, waits for a lock for {waits} at most"


def _clock(at: datetime) -> Answer:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            apart = abs(cursor.fetchone()[0] - at)
        if apart > CLOCKS_AGREE_WITHIN:
            return "trouble", f"this machine and the database differ by {apart.total_seconds():.0f} s. Set up NTP."
    return OK, "agrees with the database"


def _alarms(at: datetime) -> Answer:
    stuck = watchdog.troubles(at=at)
    if stuck:
        return "trouble", f"{', '.join(trouble.what for trouble in stuck)}: see manage.py watch_alarms."
    return OK, "get through"


def _queue(_at: datetime) -> Answer:
    if not settings.REDIS_URL:
        return "warning", "no REDIS_URL: tasks run inside web and beat."
    with Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2) as redis:
        waiting = {queue: redis.llen(queue) for queue in settings.CELERY_TASK_QUEUES}
    words = ", ".join(f"{queue} {length}" for queue, length in waiting.items())
    if max(waiting.values()) > LONGEST_QUEUE:
        return "trouble", f"tasks pile up ({words}): look whether workers run."
    return OK, f"tasks waiting: {words}"


def _jobs(at: datetime) -> Answer:
    failed = Job.objects.filter(state=JobState.FAILED, finished_at__gt=at - LOOKED_BACK).count()
    if failed:
        return "warning", f"{failed} jobs failed within a day. Their pages say why and run them again."
    return OK, "none failed within a day"


def _mail(at: datetime) -> Answer:
    failed = Notice.objects.filter(mail_state=MailState.FAILED, created_at__gt=at - LOOKED_BACK).count()
    if failed:
        return "trouble", f"{failed} mails failed within a day. Look at EMAIL_URL and the mail server."
    if settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        with socket.create_connection((settings.EMAIL_HOST, int(settings.EMAIL_PORT)), timeout=5):
            return OK, f"{settings.EMAIL_HOST} answers"
    return "warning", "EMAIL_URL is not set: mails are only printed."


def _anchors(at: datetime) -> Answer:
    folder = Path(settings.AUDIT_ANCHOR_DIR)
    kept = anchors.kept()
    if not kept:
        return "warning", f"no anchor of the audit log in {folder} yet: beat writes one at 00:20."
    age = at.timestamp() - max(path.stat().st_mtime for path in kept)
    if age > OLDEST_ANCHOR.total_seconds():
        return (
            "trouble",
            f"the newest anchor is {age / 3600:.0f} h old: look whether beat and a worker run, and at {folder}.",
        )
    return OK, f"{len(kept)} kept, the newest {age / 3600:.0f} h old"


def _disk(_at: datetime) -> Answer:
    usage = shutil.disk_usage(settings.VAR_DIR if settings.VAR_DIR.exists() else settings.BASE_DIR)
    words = f"{usage.free / 1024**3:.1f} GiB free"
    if usage.free < LEAST_FREE_BYTES or usage.free < usage.total * LEAST_FREE_SHARE:
        return "trouble", f"{words}: make room."
    return OK, words


def _backup(at: datetime) -> Answer:
    return _age(backup.NAME, at, OLDEST_BACKUP, "manage.py backup --to DIR, every night")


def _drill(at: datetime) -> Answer:
    return _age(drill.NAME, at, OLDEST_DRILL, "manage.py restore_drill DIR, once a term")


def _age(name: str, at: datetime, oldest: timedelta, advice: str) -> Answer:
    row = Operation.objects.filter(name=name).first()
    if row is None:
        return "warning", f"never yet: {advice}."
    age = at - row.finished_at
    words = f"{age.total_seconds() / 3600:.0f} h ago"
    return (OK, words) if age <= oldest else ("trouble", f"{words}: {advice}.")


LOOKS: dict[str, Callable[[datetime], Answer]] = {
    "keys": _keys,
    "settings": _settings,
    "proxy": _proxy,
    "second factor": _second_factor,
    "migrations": _migrations,
    "database": _database,
    "clock": _clock,
    "alarms": _alarms,
    "queue": _queue,
    "jobs": _jobs,
    "mail": _mail,
    "anchors": _anchors,
    "disk": _disk,
    "backup": _backup,
    "restore drill": _drill,
}


def not_ready(*, at: datetime) -> Iterator[str]:
    """Names of the looks without which no page may be served: keys, migrations, disk."""
    for name in ("keys", "migrations", "disk"):
        state, _sentence = LOOKS[name](at)
        if state == "trouble":
            yield name
