"""The answers of a paper while it is written: saved one by one, in order, each once. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

LONGEST_PAUSE = 3600.0
DEVICES_KEPT = 8


class Fault(Exception):
    """An answer that cannot be taken; `place` names the item, `code` says why in one word."""

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code} {place}")
        self.code = code
        self.place = place


class SentAnswer(NamedTuple):
    """One answer as it arrives: the item, what was chosen, and how long it took in seconds."""

    item: str
    value: Any
    seconds: float = 0.0


@dataclass
class Sheet:
    """What has been answered so far, the last number heard from each device, and whether an answer has called help."""

    answers: dict[str, Any] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    rang: bool = False

    @classmethod
    def read(cls, text: str) -> Sheet:
        if not text:
            return cls()
        kept = json.loads(text)
        return cls(**kept)

    def write(self) -> str:
        kept = {"answers": self.answers, "seconds": self.seconds, "heard": self.heard, "rang": self.rang}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    def has_heard(self, device: str, number: int) -> bool:
        """Whether this message has had its effect already."""
        return bool(device) and self.heard.get(device, 0) >= number

    def hear(self, device: str, number: int) -> None:
        """Remember a message; of a paper wandering from device to device, the last few are kept."""
        if not device:
            return
        self.heard.pop(device, None)
        self.heard[device] = number
        while len(self.heard) > DEVICES_KEPT:
            del self.heard[next(iter(self.heard))]

    def gaps(self, items: Sequence[str]) -> list[str]:
        return [item for item in items if item not in self.answers]

    def take(self, sent: Iterable[SentAnswer], items: Sequence[str], open_items: Sequence[str]) -> list[str]:
        """Put answers in, the whole or none; returns the items that changed. `items`: all of the scale in order;
        `open_items`: those that may be left empty. A Fault names an item that is unknown, sent twice, or too far."""
        arrived = list(sent)
        _check_once(arrived, set(items))
        answers = dict(self.answers)
        answers.update({answer.item: answer.value for answer in arrived})
        _check_order(arrived, answers, items, frozenset(open_items))
        changed = [answer.item for answer in arrived if self.answers.get(answer.item) != answer.value]
        self.answers = answers
        self.seconds.update({answer.item: _bounded(answer.seconds) for answer in arrived})
        return changed


def _check_once(arrived: Sequence[SentAnswer], known: set[str]) -> None:
    seen: set[str] = set()
    for answer in arrived:
        if answer.item not in known:
            raise Fault("unknown-item", answer.item)
        if answer.item in seen:
            raise Fault("answered-twice", answer.item)
        seen.add(answer.item)


def _check_order(
    arrived: Sequence[SentAnswer], answers: dict[str, Any], items: Sequence[str], free: frozenset[str]
) -> None:
    """Nobody jumps ahead: what lies before a new answer is answered."""
    first_gap = next((item for item in items if item not in answers and item not in free), None)
    if first_gap is None:
        return
    order = {item: n for n, item in enumerate(items)}
    for answer in arrived:
        if order[answer.item] > order[first_gap]:
            raise Fault("jumped-ahead", first_gap)


def _bounded(seconds: float) -> float:
    return round(min(max(float(seconds), 0.0), LONGEST_PAUSE), 1)
