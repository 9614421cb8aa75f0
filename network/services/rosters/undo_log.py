"""What an import wrote, kept so that it can be taken back."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

Pairs = dict[str, list[Any]]


@dataclass(slots=True)
class UndoLog:
    """Ids of what was created, and before and after of what was changed."""

    units: list[int] = field(default_factory=list)
    students: list[str] = field(default_factory=list)
    users: list[int] = field(default_factory=list)
    posts_given: list[int] = field(default_factory=list)
    # Post id and the last day it had.
    posts_ended: list[tuple[int, str | None]] = field(default_factory=list)
    # Id → attribute → before and after.
    changed_students: dict[str, Pairs] = field(default_factory=dict)
    changed_users: dict[str, Pairs] = field(default_factory=dict)
    # Unit id, its name before and after.
    renamed: list[tuple[int, str, str]] = field(default_factory=list)
    # Units that were closed before.
    reopened: list[int] = field(default_factory=list)
    # Values of the placements that stood open.
    placements: list[dict[str, Any]] = field(default_factory=list)
    # Dorm id, home class id, college id.
    homes: list[tuple[int, int, int | None]] = field(default_factory=list)

    def dump(self) -> str:
        return json.dumps(asdict(self), cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, text: str) -> "UndoLog":
        return cls(**json.loads(text))
