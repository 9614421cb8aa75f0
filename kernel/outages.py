"""Remembers that a server does not answer, so that one request waits for it and the next ones do not."""

import time
from collections.abc import Callable

PAUSE = 30.0


class Outage:
    """What this process knows of one server's silence; `pause` in seconds."""

    def __init__(self, pause: float = PAUSE, clock: Callable[[], float] = time.monotonic) -> None:
        self._pause = pause
        self._clock = clock
        self._ends_at = float("-inf")

    def begin(self) -> None:
        self._ends_at = self._clock() + self._pause

    def lasts(self) -> bool:
        return self._clock() < self._ends_at
