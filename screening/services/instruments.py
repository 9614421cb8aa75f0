"""Instruments ready to use: read once per process, for a published scale never changes."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from screening.models import Scale
from screening.rules import definitions

LANGUAGES = {"zh-hans": "zh", "en": "en"}


@dataclass(frozen=True)
class Instrument:
    """A scale with its key and its words; `codes` in order, `optional` those that may stay empty."""

    scale: definitions.Scale
    wording: dict[str, Any]
    codes: tuple[str, ...]
    optional: tuple[str, ...]

    def words(self, language: str) -> dict[str, Any]:
        """The text in that language, or in the first one there is."""
        found: dict[str, Any] = self.wording.get(language) or next(iter(self.wording.values()), {})
        return found


def instrument_of(scale: Scale) -> Instrument:
    """The instrument of a row; `definition` and `wording` may be deferred."""
    return _read(scale.pk, scale.key, scale.version, scale.published_at)


@lru_cache(maxsize=256)
def _read(pk: Any, key: str, version: int, published_at: datetime | None) -> Instrument:
    row = Scale.objects.get(pk=pk)
    parsed = row.parsed
    return Instrument(
        scale=parsed,
        wording=row.wording,
        codes=tuple(item.code for item in parsed.items),
        optional=tuple(item.code for item in parsed.items if item.optional),
    )
