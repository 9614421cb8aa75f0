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

    scale: definitions.Scale
    wording: dict[str, Any]
    codes: tuple[str, ...]
    optional: tuple[str, ...]

    def words(self, language: str) -> dict[str, Any]:
        """The text in that language, or in the first one there is."""
        found: dict[str, Any] = self.wording.get(language) or next(iter(self.wording.values()), {})
        return found

    @property
    def has_text(self) -> bool:
        """Whether every question has words in some language."""
        return any(set(self.codes) <= set(words.get("items", {})) for words in self.wording.values())


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


def usable(scales: Iterable[Scale]) -> list[Scale]:
    """Those that students can be asked with: in use, and with a text."""
    return [scale for scale in scales if scale.state == Scale.State.PUBLISHED and instrument_of(scale).has_text]


def title_of(scale: Scale) -> str:
    """The scale's name in the reader's language."""
    title: str = instrument_of(scale).words(get_language() or "").get("title", scale.key)
    return title
