"""Students answer while PostgreSQL crashes and gunicorn's processes are killed: what was acknowledged is there."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from tests.faults.browser import Browser
from tests.faults.servers import running_web, until
from tests.faults.test_postgres import crash, query
from tests.services import ROOT, running_postgres
from tests.sizes import size

# It has a PostgreSQL of its own, whatever database the run is on.
pytestmark = [pytest.mark.xdist_group("faults"), pytest.mark.one_database(vendor="postgresql")]

STUDENTS = size(quick=6, full=2000)
AT_ONCE = 12
ITEMS = 9
# Every third answers in a way that calls.
CALLS_EVERY = 3


@dataclass
class Writer:
    """A student who sends each answer again until it is acknowledged, and then hands the paper in."""

    browser: Browser
    number: str
    paper: str
    calls: bool
    acknowledged: dict[str, int] = field(default_factory=dict)
    errors: int = 0
    refused: str = ""
    is_done: bool = False

    def write(self) -> None:
        until(lambda: self._open() == 302, "a sign-in", seconds=60)
        for item in range(1, ITEMS + 1):
            value = 2 if self.calls and item == ITEMS else item % 3 if item < ITEMS else 0
            until(lambda: self._save(item, value), "an acknowledgement", seconds=60)  # noqa: B023
        until(self._submit, "a paper handed in", seconds=60)

    def _open(self) -> int:
        try:
            return self.browser.sign_in(self.number)
        except OSError:
            return 0

    def _save(self, item: int, value: int) -> bool:
        message = {"device": "d", "number": item, "given": [{"item": str(item), "value": value, "seconds": 3}]}
        status = self._send(f"/screening/papers/{self.paper}/save/", message)
        if status == 200:
            self.acknowledged[str(item)] = value
        return status < 500

    def _submit(self) -> bool:
        status = self._send(f"/screening/papers/{self.paper}/submit/", None)
        self.is_done = status == 302
        return status < 500

    def _send(self, path: str, message: dict[str, Any] | None) -> int:
        try:
            status, page = self.browser.send(path, message) if message else self.browser.post(path, {})
        except OSError:
            status, page = 503, ""
        if status >= 500:
            self.errors += 1
        elif status not in (200, 302):
            self.refused = f"{status} {page[:200]}"
        return status


def hall(url: str, *arguments: str) -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.hall", *arguments],
        env=os.environ | {"DATABASE_URL": url, "REDIS_URL": ""},
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def evening() -> Iterator[tuple[str, list[dict[str, str]]]]:
    with running_postgres() as url:
        query(url, "ALTER DATABASE postgres SET synchronous_commit = on")
        yield url, hall(url, "build", str(STUDENTS))


def kill_a_child(folder: Path) -> None:
    """Kill one of gunicorn's processes without a warning; the parent starts another."""
    log = (folder / "web.log").read_text()
    pids = [int(line.rsplit(" ", 1)[-1]) for line in log.splitlines() if "Booting worker with pid" in line]
    for pid in reversed(pids):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        return


def test_no_acknowledged_answer_is_lost_and_each_paper_has_one_result(
    evening: tuple[str, list[dict[str, str]]], tmp_path: Path
) -> None:
    url, people = evening
    with running_web(tmp_path, processes=2, DATABASE_URL=url, REDIS_URL="") as address:
        writers = [Writer(Browser(address), calls=n % CALLS_EVERY == 0, **one) for n, one in enumerate(people)]
        for start in range(0, len(writers), AT_ONCE):
            group = writers[start : start + AT_ONCE]
            threads = [Thread(target=writer.write) for writer in group]
            for thread in threads:
                thread.start()
            until(lambda group=group: answers_of(group) >= len(group) * 3, "answers")
            crash(url)
            until(lambda group=group: answers_of(group) >= len(group) * 6, "answers")
            kill_a_child(tmp_path)
            for thread in threads:
                thread.join()
    assert [(writer.is_done, writer.refused) for writer in writers] == [(True, "")] * len(writers)
    assert sum(writer.errors for writer in writers) >= 1
    found = hall(url, "read")
    for writer in writers:
        stored = found[writer.paper]
        assert stored["answers"] == writer.acknowledged
        assert (stored["results"], stored["alarms"]) == (1, int(writer.calls))


def answers_of(writers: list[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)
