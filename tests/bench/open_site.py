"""Requests a second of a page of the public site, over HTTP: python -m tests.bench.open_site URL [SECONDS [CLIENTS]]

The server runs apart, by the production command. Each client keeps its connection and asks for the page anew."""

import json
import sys
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

OK = 200


class Reader(threading.Thread):
    """One client: how often the page came, how long each took, in seconds, and what failed."""

    def __init__(self, url: str, until: float) -> None:
        super().__init__(daemon=True)
        self.parts, self.until = urlsplit(url), until
        self.times: list[float] = []
        self.errors = 0
        self.bytes = 0

    def run(self) -> None:
        connection = HTTPConnection(self.parts.hostname or "localhost", self.parts.port, timeout=10)
        while time.monotonic() < self.until:
            began = time.monotonic()
            connection.request("GET", self.parts.path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            self.bytes = len(answer.read())
            self.errors += answer.status != OK
            self.times.append(time.monotonic() - began)


def measure(url: str, seconds: float, clients: int) -> dict[str, float]:
    readers = [Reader(url, time.monotonic() + seconds) for _number in range(clients)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    times = sorted(took for reader in readers for took in reader.times)
    return {
        "requests_per_second": round(len(times) / seconds, 1),
        "p95_ms": round(times[len(times) * 95 // 100] * 1000, 1),
        "errors": sum(reader.errors for reader in readers),
        "bytes": readers[0].bytes,
    }


if __name__ == "__main__":
    given = sys.argv[1:]
    figures = measure(given[0], float(given[1]) if len(given) > 1 else 10, int(given[2]) if len(given) > 2 else 8)
    sys.stdout.write(json.dumps(figures) + "\n")
