"""Instruments ready to use: read once per process, for a published scale never changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from screening.models import Scale
from screening.rules.scales import definitions


@dataclass(frozen=True, eq=False)
class Instrument:
    """A scale with its key and its words; `codes` in order, `optional` those that may stay empty."""

    row: Scale
    scale: definitions.Scale
    codes: tuple[str, ...]
    optional: tuple[str, ...]

    def words(self) -> dict[str, Any]:
        """The text in the reader's language, or in another one."""
        return self.row.words(get_language() or "")


@lru_cache(maxsize=256)
def instrument_of(scale: int) -> Instrument:
    """The instrument of a published scale, by the key of its row."""
    row = Scale.objects.get(pk=scale)
    parsed = row.parsed
    optional = tuple(item.code for item in parsed.items if item.optional)
    return Instrument(row, parsed, tuple(item.code for item in parsed.items), optional)


def usable(scales: Iterable[Scale]) -> list[Scale]:
    """Those that students can be asked with: in use, and with a text."""
    return [scale for scale in scales if scale.is_usable]


def title_of(scale: Scale) -> str:
    """The scale's name in the reader's language."""
    # A draft may still change.
    row = scale if scale.published_at is None else instrument_of(scale.pk).row
    return row.title(get_language() or "")
