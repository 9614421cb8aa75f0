"""What a rollover wrote, kept so that it can be taken back."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

# Class id, college id, enrollment status.
Standing = tuple[int, int | None, str]


@dataclass(slots=True)
class RolloverLog:
    """Ids of what was created or ended, and before and after of what was changed."""

    # Units that are new, and those that were changed: id → attribute → before and after.
    units: list[int] = field(default_factory=list)
    changed_units: dict[str, dict[str, list[Any]]] = field(default_factory=dict)
    # Student id → before and after.
    students: dict[str, tuple[Standing, Standing]] = field(default_factory=dict)
    # Placements that were closed, those that began the same day and were replaced (as they were), those that are new.
    placements_closed: list[int] = field(default_factory=list)
    placements_replaced: list[dict[str, Any]] = field(default_factory=list)
    placements_made: list[int] = field(default_factory=list)
    # Post id and the last day it had.
    posts_ended: list[tuple[int, str | None]] = field(default_factory=list)
    posts_given: list[int] = field(default_factory=list)
    # The newest post before: what comes after it was given since.
    last_post: int = 0
    duties_settled: list[int] = field(default_factory=list)

    def dump(self) -> str:
        return json.dumps(asdict(self), cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> "RolloverLog":
        return cls(**json.loads(text))
