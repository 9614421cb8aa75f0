"""Complete journeys through a questionnaire, beside a plain Django project.

A journey opens the paper, sends all answers with the last request and is told that it is done. The portal scores, seals
and audits; the floor (tests.bench.floor) scores and inserts. Both run under the same gunicorn, in turn.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg2

from tests import services
from tests.bench.stages import fresh_database
from tests.bench.tables import Section, met

CLIENTS = (1, 8, 32)
ITEMS = {20: "cesd", 90: "scl90"}
ROUNDS = 3
PROCESSES, THREADS = 2, 4
SHARE, LONGEST = 0.8, 1.0
INSERTS = 2000
HOW = (
    "A journey opens the paper, sends all answers with the last request and is told that it is done. The portal "
    "scores, seals, audits and invites one in eight to a talk; the floor is a plain Django project with the same page, "
    "session, score and three inserts through the ORM. Both run under the same gunicorn (2 workers, 4 threads), in "
    "turn: medians of 3. The ceiling is three raw inserts a transaction on one connection."
)
# As on a server.
SERVED = {"DEBUG": "0", "LOG_LEVEL": "ERROR", "REDIS_URL": ""}
HEADS = ("what", "aim", "a second", "floor", "of the floor", "of the ceiling", "p95", "outcome")
Papers = list[dict[str, Any]]


@dataclass
class Desk:
    """One client: a kept-alive connection and the papers it has to write."""

    address: str
    papers: Papers
    items: int

    def run(self, start: Barrier, times: list[float]) -> None:
        line = HTTPConnection(urlsplit(self.address).netloc, timeout=120)
        start.wait()
        times.extend(self._write(line, paper) for paper in self.papers)
        line.close()

    def _write(self, line: HTTPConnection, paper: dict[str, Any]) -> float:
        began = time.perf_counter()
        heads = {"Cookie": f"sessionid={paper['session']}; csrftoken={paper['token']}"}
        _ask(line, "GET", paper["open"], None, heads, expected=200)
        given = [
            {"item": str(n), "value": value, "seconds": 4}
            for n, value in enumerate(paper.get("values", [1] * self.items), start=1)
        ]
        body = urlencode({"message": json.dumps({"device": "d", "number": 1, "given": given})})
        heads |= {"X-CSRFToken": paper["token"], "Content-Type": "application/x-www-form-urlencoded"}
        _ask(line, "POST", paper["submit"], body, heads, expected=302)
        return time.perf_counter() - began


def _ask(line: HTTPConnection, verb: str, path: str, body: str | None, heads: dict[str, str], *, expected: int) -> None:
    line.request(verb, path, body, heads)
    answer = line.getresponse()
    text = answer.read()
    assert answer.status == expected, f"{verb} {path}: {answer.status} {text[:300]!r}"


def measure(address: str, papers: Papers, *, clients: int, items: int) -> tuple[float, float]:
    """Journeys a second and their 95th percentile in seconds."""
    start = Barrier(clients + 1)
    times: list[list[float]] = [[] for _ in range(clients)]
    desks = [Desk(address, papers[n::clients], items) for n in range(clients)]
    threads = [Thread(target=desk.run, args=(start, own)) for desk, own in zip(desks, times, strict=True)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    every = [one for own in times for one in own]
    if len(every) != len(papers):
        raise RuntimeError("a journey failed; see above")
    return len(every) / seconds, quantiles(every, n=20)[-1]


@contextmanager
def serving(application: str, folder: Path, url: str) -> Iterator[str]:
    port = services.free_port()
    address = f"http://{services.HOST}:{port}"
    options = ["--bind", f"{services.HOST}:{port}", "--workers", str(PROCESSES), "--threads", str(THREADS)]
    command = [sys.executable, "-m", "gunicorn", application, *options, "--no-control-socket", "--log-level", "error"]
    env = os.environ | SERVED | {"DATABASE_URL": url, "PORTAL_URL": address}
    log = folder / f"{application}.log"
    with services.running(command, is_ready=lambda: _listens(port), log=log, env=env):
        yield address


def _listens(port: int) -> bool:
    try:
        HTTPConnection(services.HOST, port, timeout=5).connect()
    except OSError:
        return False
    return True


def prepared(url: str, statement: str) -> Any:
    """What a process of its own has made in the database."""
    env = os.environ | SERVED | {"DATABASE_URL": url}
    done = subprocess.run([sys.executable, "-c", statement], env=env, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def ceiling(url: str) -> float:
    """Raw transactions a second that insert three rows, from one connection."""
    line = psycopg2.connect(url)
    with line.cursor() as cursor:
        cursor.execute("CREATE TABLE raw (id bigserial PRIMARY KEY, words text)")
        line.commit()
        began = time.perf_counter()
        for _ in range(INSERTS):
            for _row in range(3):
                cursor.execute("INSERT INTO raw (words) VALUES (%s)", ["x" * 600])
            line.commit()
        seconds = time.perf_counter() - began
        cursor.execute("DROP TABLE raw")
        line.commit()
    line.close()
    return INSERTS / seconds


def compare(url: str, folder: Path, journeys: int) -> Iterator[Section]:
    """One section for each length of paper."""
    raw = ceiling(url)
    for items in ITEMS:
        yield _compare(url, folder, items, journeys, raw)


def _compare(url: str, folder: Path, items: int, journeys: int, raw: float) -> Section:
    people = journeys * len(CLIENTS) * ROUNDS
    seats = f"import json; from tests.bench import seats; print(json.dumps(seats.build({people}, {ITEMS[items]!r})))"
    floor = f"import json; from tests.bench import floor; print(json.dumps(floor.prepare({journeys}, {items})))"
    section = Section(f"An evening of screening, {items} items", HOW, HEADS)
    section.rows.append(("ceiling", "", f"{raw:.0f}", "", "", "", "", ""))
    name = f"shouwang_evening_{os.getpid()}"
    with ExitStack() as stack:
        portal_url = stack.enter_context(fresh_database(url, name))
        floor_url = stack.enter_context(fresh_database(url, f"{name}_floor", tables=False))
        papers, others = prepared(portal_url, seats), prepared(floor_url, floor)
        portal = stack.enter_context(serving("portal.wsgi", folder, portal_url))
        plain = stack.enter_context(serving("tests.bench.floor", folder, floor_url))
        for clients in CLIENTS:
            rounds = []
            for _ in range(ROUNDS):
                mine, papers = papers[:journeys], papers[journeys:]
                below = measure(plain, others, clients=clients, items=items)
                above = measure(portal, mine, clients=clients, items=items)
                rounds.append((above[0] / below[0], above[0], below[0], above[1]))
            section.rows.append(_row(clients, raw, *(median(column) for column in zip(*rounds, strict=True))))
    return section


def _row(clients: int, raw: float, share: float, rate: float, base: float, p95: float) -> Sequence[str]:
    aim, outcome = "", ""
    if clients == max(CLIENTS):
        aim = f"≥ {SHARE:.0%} of the floor, p95 < {LONGEST:.0f} s"
        outcome = met(share >= SHARE and p95 < LONGEST)
    figures = (f"{rate:.1f}", f"{base:.1f}", f"{share:.0%}", f"{rate / raw:.1%}", f"{p95:.2f} s")
    return (f"{clients} clients", aim, *figures, outcome)
