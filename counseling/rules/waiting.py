"""Whom a freed time suits. Pure."""

from collections.abc import Collection, Hashable
from dataclasses import dataclass
from datetime import datetime

from counseling.rules.free_times import serves
from kernel.periods import TZ

NOON, EVENING = 12, 18
PARTS = frozenset(f"{weekday}{part}" for weekday in range(1, 8) for part in ("am", "pm", "eve"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody who waits asked for; what is empty does not matter to them."""

    kind: str
    counselor: Hashable | None = None
    channels: Collection[str] = ()
    parts: Collection[str] = ()
    campus: str = ""


@dataclass(frozen=True, slots=True)
class Freed:
    """A time that was given back."""

    counselor: Hashable
    channel: str
    use: str
    starts_at: datetime
    campus: str = ""
    kinds: Collection[str] = ()


def part_of(moment: datetime) -> str:
    """The part of the week of a moment: "1am", "1pm" or "1eve" for Monday, to "7eve"."""
    local = moment.astimezone(TZ)
    part = "am" if local.hour < NOON else "pm" if local.hour < EVENING else "eve"
    return f"{local.isoweekday()}{part}"


def suits(wish: Wish, freed: Freed) -> bool:
    """Whether the time is one that they asked for."""
    if not serves(freed.use, wish.kind, freed.channel) or (freed.kinds and wish.kind not in freed.kinds):
        return False
    if wish.counselor is not None and wish.counselor != freed.counselor:
        return False
    if wish.channels and freed.channel not in wish.channels:
        return False
    if wish.parts and part_of(freed.starts_at) not in wish.parts:
        return False
    return not (wish.campus and freed.campus and wish.campus != freed.campus)
