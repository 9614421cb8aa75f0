"""Tombstones as a file that is kept apart from the backups: a line of JSON each, and a last line that closes it."""

import hashlib
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from network.models import Tombstone


def write_tombstones(tombstones: Iterable[Tombstone]) -> str:
    """The file's text; the last line carries the count and a SHA-256 of all lines before it."""
    lines = [json.dumps(_row(tombstone), sort_keys=True) for tombstone in tombstones]
    close = {"count": len(lines), "sha256": _sum(lines)}
    return "\n".join([*lines, json.dumps(close, sort_keys=True)]) + "\n"


def read_tombstones(text: str) -> list[Tombstone]:
    """What the file holds, not stored. Refused when it is cut off, changed or no such file."""
    try:
        *lines, last = text.split("\n")[:-1]
        close = json.loads(last)
        whole = close["count"] == len(lines) and close["sha256"] == _sum(lines)
        tombstones = [_read(json.loads(line)) for line in lines]
    except (ValueError, TypeError, KeyError, AttributeError):
        whole, tombstones = False, []
    if not whole:
        raise Refused(_("This file of tombstones is damaged or cut off. Take another copy."), code="file-damaged")
    return tombstones


def _row(tombstone: Tombstone) -> dict[str, Any]:
    return {
        "subject": str(tombstone.subject),
        "digest": tombstone.digest,
        "school": tombstone.school_code,
        "kinds": tombstone.kinds,
        "erased_at": tombstone.erased_at.isoformat(),
    }


def _read(row: dict[str, Any]) -> Tombstone:
    erased_at = parse_datetime(row["erased_at"])
    if erased_at is None:
        raise ValueError("no time")
    return Tombstone(
        subject=UUID(row["subject"]),
        digest=row["digest"],
        school_code=row["school"],
        kinds=row["kinds"],
        erased_at=erased_at,
    )


def _sum(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
