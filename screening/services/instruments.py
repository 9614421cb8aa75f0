"""Instruments ready to use: read once per process, for a published scale never changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language

from screening.models import Scale
from screening.rules import definitions


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


def instrument_of(scale: Scale) -> Instrument:
    """The instrument of a row; `definition` and `wording` may be deferred."""
    return _read(scale.pk, scale.key, scale.version, scale.published_at)


@lru_cache(maxsize=256)
def _read(pk: Any, key: str, version: int, published_at: datetime | None) -> Instrument:
    row = Scale.objects.get(pk=pk)
    parsed = row.parsed
    optional = tuple(item.code for item in parsed.items if item.optional)
    return Instrument(row, parsed, tuple(item.code for item in parsed.items), optional)


def usable(scales: Iterable[Scale]) -> list[Scale]:
    """Those that students can be asked with: in use, and with a text."""
    return [scale for scale in scales if scale.is_usable]


def title_of(scale: Scale) -> str:
    """The scale's name in the reader's language."""
    return instrument_of(scale).row.title(get_language() or "")
