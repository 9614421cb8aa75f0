"""Complete journeys through a questionnaire, beside the same portal without shortcuts and a plain Django project.

A journey reads the consent, agrees, opens the paper, hands in all answers and reads the page of thanks. The portal
seals, scores and audits; `tests.bench.plain` is the same code with the ORM's query and nothing kept; the floor
(`tests.bench.floor`) scores and inserts. All three run under the same gunicorn, in turn.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from threading import Barrier, Thread
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg2

from tests import services
from tests.bench.stages import fresh_database
from tests.bench.tables import Section, met

MOST = 32
# How many clients, and whether they agree first or have done so before.
RUNS = ((1, True), (8, True), (MOST, True), (MOST, False))
ITEMS = {20: "cesd", 90: "scl90"}
ROUNDS = 3
PROCESSES, THREADS = 2, 4
TIMES, SHARE, LONGEST = 2.2, 0.6, 1.0
INSERTS = 2000
# Sent as cookie and as header; any text of this length is a token.
TOKEN = "a" * 32
HOW = (
    "A journey is five requests: read the consent, agree, open the paper, hand in all answers, read the page of "
    "thanks. “From the paper on” is the last three of them, all having agreed before. The portal seals, scores, audits "
    "and invites one in eight to a talk. The plain portal is the same code with the ORM's query for a paper and "
    "without the page cache. The floor is a Django project with three such pages, a session, a score and six rows "
    "written through the ORM. All run under the same gunicorn (2 workers, 4 threads), in turn: medians of 3. The "
    "ceiling is three raw inserts a transaction on one connection."
)
# As on a server.
SERVED = {"DEBUG": "0", "LOG_LEVEL": "ERROR", "REDIS_URL": ""}
HEADS = ("what", "aim", "a second", "plain", "× plain", "floor", "of the floor", "of the ceiling", "p95", "outcome")
Seats = list[dict[str, Any]]


class Client:
    """One kept-alive connection and the seats at which it sits down, one after the other."""

    def __init__(self, address: str, seats: Seats) -> None:
        self.line = HTTPConnection(urlsplit(address).netloc, timeout=120)
        self.seats = seats

    def run(self, start: Barrier, times: list[float], *, whole: bool) -> None:
        papers = [None if whole else self._agree(seat) for seat in self.seats]
        # A connection that waits for the others would be closed by the server.
        self.line.close()
        start.wait()
        times.extend(self._sit(seat, paper) for seat, paper in zip(self.seats, papers, strict=True))
        self.line.close()

    def _agree(self, seat: dict[str, Any]) -> str:
        """Where the paper is."""
        headers = _headers(seat)
        self._ask("GET", seat["open"], headers, expected=200)
        return self._ask("POST", seat["open"], headers, seat["agree"], expected=302)

    def _sit(self, seat: dict[str, Any], paper: str | None) -> float:
        began = time.perf_counter()
        paper = paper or self._agree(seat)
        headers = _headers(seat)
        self._ask("GET", paper, headers, expected=200)
        given = [{"item": str(n), "value": value, "seconds": 4} for n, value in enumerate(seat["values"], start=1)]
        message = json.dumps({"device": "d", "number": 1, "given": given})
        thanks = self._ask("POST", f"{paper}submit/", headers, {"message": message}, expected=302)
        self._ask("GET", thanks, headers, expected=200)
        return time.perf_counter() - began

    def _ask(
        self, method: str, path: str, headers: dict[str, str], form: dict[str, Any] | None = None, *, expected: int
    ) -> str:
        """Where the answer leads to, if it leads on."""
        if form:
            headers = headers | {"X-CSRFToken": TOKEN, "Content-Type": "application/x-www-form-urlencoded"}
        self.line.request(method, path, urlencode(form) if form else None, headers)
        answer = self.line.getresponse()
        text = answer.read()
        if answer.status != expected:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")
        return answer.headers.get("Location", "")


def _headers(seat: dict[str, Any]) -> dict[str, str]:
    return {"Cookie": f"sessionid={seat['session']}; csrftoken={TOKEN}"}


def measure(address: str, seats: Seats, *, clients: int, whole: bool = True) -> tuple[float, float]:
    """Journeys a second and their 95th percentile in seconds; unless `whole`, all have agreed before."""
    start = Barrier(clients + 1)
    times: list[list[float]] = [[] for _ in range(clients)]
    people = [Client(address, seats[n::clients]) for n in range(clients)]
    threads = [
        Thread(target=client.run, args=(start, own), kwargs={"whole": whole})
        for client, own in zip(people, times, strict=True)
    ]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - began
    every = [journey for own in times for journey in own]
    if len(every) != len(seats):
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


def built(url: str, statement: str) -> Any:
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
    people = 2 * journeys * len(RUNS) * ROUNDS
    seats = f"import json; from tests.bench import seats; print(json.dumps(seats.build({people}, {ITEMS[items]!r})))"
    floor = f"import json; from tests.bench import floor; print(json.dumps(floor.prepare({journeys}, {items})))"
    section = Section(f"An evening of screening, {items} items", HOW, HEADS)
    section.rows.append(("ceiling", "", f"{raw:.0f}", *[""] * 7))
    name = f"shouwang_evening_{os.getpid()}"
    with ExitStack() as stack:
        portal_url = stack.enter_context(fresh_database(url, name))
        floor_url = stack.enter_context(fresh_database(url, f"{name}_floor", tables=False))
        waiting, again = iter(built(portal_url, seats)), built(floor_url, floor)
        servers = {
            name: stack.enter_context(serving(application, folder, database))
            for name, application, database in (
                ("floor", "tests.bench.floor", floor_url),
                ("plain", "tests.bench.plain", portal_url),
                ("portal", "portal.wsgi", portal_url),
            )
        }
        for clients, whole in RUNS:
            rounds = [
                {
                    # The floor lets the same people agree as often as they like.
                    name: measure(
                        address,
                        again if name == "floor" else list(islice(waiting, journeys)),
                        clients=clients,
                        whole=whole,
                    )
                    for name, address in servers.items()
                }
                for _ in range(ROUNDS)
            ]
            what = f"{clients} clients, {'whole journey' if whole else 'from the paper on'}"
            section.rows.append(_row(what, raw, rounds, is_aim=clients == MOST))
    return section


def _row(what: str, raw: float, rounds: Sequence[dict[str, tuple[float, float]]], *, is_aim: bool) -> Sequence[str]:
    rates = {name: median(outcomes[name][0] for outcomes in rounds) for name in rounds[0]}
    times = median(outcomes["portal"][0] / outcomes["plain"][0] for outcomes in rounds)
    share = median(outcomes["portal"][0] / outcomes["floor"][0] for outcomes in rounds)
    p95 = median(outcomes["portal"][1] for outcomes in rounds)
    aim, outcome = "", ""
    if is_aim:
        aim = f"≥ {TIMES} × plain, ≥ {SHARE:.0%} of the floor, p95 < {LONGEST:.0f} s"
        outcome = met(times >= TIMES and share >= SHARE and p95 < LONGEST)
    rate, plain, floor = (f"{rates[name]:.1f}" for name in ("portal", "plain", "floor"))
    figures = (rate, plain, f"{times:.1f}", floor, f"{share:.0%}", f"{rates['portal'] / raw:.1%}", f"{p95:.2f} s")
    return (what, aim, *figures, outcome)
