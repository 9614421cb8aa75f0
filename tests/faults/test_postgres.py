import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import psycopg2
import pytest

from tests.faults.browser import Browser
from tests.faults.servers import running_web, until
from tests.services import ROOT, running_postgres

# It has servers of its own, whatever database the run is on.
pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.one_database(vendor="postgresql")]

CLIENTS = 8
FILINGS = 12
CRASHES_AFTER = (CLIENTS * 3, CLIENTS * 7)


@dataclass
class Head:
    """A dorm head who files again and again, and sends the same form again until the portal says yes."""

    browser: Browser
    number: str
    report: str
    filed: int = 0
    errors: int = 0
    refused: str = ""

    def file(self) -> None:
        while self.filed < FILINGS and not self.refused:
            fields = {"revision": self.filed, "client_id": uuid4()}
            until(lambda: self._send(fields), "a yes", seconds=30)  # noqa: B023

    def _send(self, fields: dict[str, Any]) -> bool:
        try:
            status, page = self.browser.post(f"/reports/{self.report}/well/", fields)
        except OSError:
            status, page = 503, ""
        if status == 302:
            self.filed += 1
        elif status >= 500:
            self.errors += 1
        else:
            self.refused = f"{status} {page}"
        return status < 500


@pytest.fixture(scope="module")
def town() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A PostgreSQL of our own that may be hurt; the address, and who files what."""
    with running_postgres() as url:
        # The servers of tests forget the last moments in a crash; this database does not.
        query(url, "ALTER DATABASE postgres SET synchronous_commit = on")
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.town", str(CLIENTS)],
            env=os.environ | {"DATABASE_URL": url, "REDIS_URL": ""},
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        yield url, json.loads(done.stdout.splitlines()[-1])


def query(url: str, sql: str) -> list[tuple[Any, ...]]:
    line = psycopg2.connect(url)
    line.autocommit = True
    try:
        with line.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []
    finally:
        line.close()


def crash(url: str) -> None:
    """Kill one server process: PostgreSQL throws everybody out, forgets its memory and recovers from its log."""
    line = psycopg2.connect(url)
    os.kill(line.info.backend_pid, signal.SIGKILL)
    line.close()


def test_a_crash_of_postgresql_loses_and_doubles_no_filing(
    town: tuple[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    url, people = town
    with running_web(tmp_path, processes=2, DATABASE_URL=url, REDIS_URL="") as address:
        heads = [Head(Browser(address), **one) for one in people]
        assert [head.browser.sign_in(head.number) for head in heads] == [302] * CLIENTS
        threads = [Thread(target=head.file) for head in heads]
        for thread in threads:
            thread.start()
        for filings in CRASHES_AFTER:
            until(lambda filings=filings: sum(head.filed for head in heads) >= filings, "filings")
            crash(url)
        for thread in threads:
            thread.join()
    assert [(head.filed, head.refused) for head in heads] == [(FILINGS, "")] * CLIENTS
    assert sum(head.errors for head in heads) >= 1
    reports = "reporting_report r WHERE r.level = 'dorm'"
    stored = query(
        url,
        "SELECT revision, (SELECT count(*) FROM reporting_filing f WHERE f.report_id = r.id),"
        " (SELECT count(*) FROM kernel_auditevent a WHERE a.action = 'report.file' AND a.object_id = r.id::text),"
        " (SELECT count(*) FROM reporting_line l WHERE l.report_id = r.id AND l.is_current)"
        f" FROM {reports}",
    )
    assert stored == [(FILINGS, FILINGS, FILINGS, 4)] * CLIENTS


def test_after_a_restart_of_postgresql_the_first_answer_of_every_thread_is_a_page(
    town: tuple[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    url, people = town
    with running_web(tmp_path, DATABASE_URL=url, REDIS_URL="") as address:
        browsers = [Browser(address) for _ in people]
        assert [browser.sign_in(person["number"]) for browser, person in zip(browsers, people, strict=True)] == [
            302
        ] * CLIENTS
        with ThreadPoolExecutor(CLIENTS) as pool:
            for _ in range(2):
                assert list(pool.map(home_of, browsers)) == [200] * CLIENTS
            crash(url)
            until(lambda: answers(url), "PostgreSQL", seconds=30)
            assert list(pool.map(home_of, browsers)) == [200] * CLIENTS


def home_of(browser: Browser) -> int:
    return browser.get("/")[0]


def answers(url: str) -> bool:
    try:
        return query(url, "SELECT 1") == [(1,)]
    except psycopg2.OperationalError:
        return False
