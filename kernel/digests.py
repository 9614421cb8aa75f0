"""Fingerprints of audit events and of the links between them. Pure; the trigger of PostgreSQL says the same in SQL."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

FIRST = ""


def digest(
    *,
    at: datetime,
    actor_id: str,
    actor: str,
    action: str,
    object_type: str,
    object_id: str,
    subject: str,
    role: str,
    purpose: str,
    unit: str,
    detail: Mapping[str, Any],
) -> str:
    """SHA-256 of all parts of an event, as 64 hex digits. `detail` as the database returns it."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    parts = [moment, actor_id, actor, action, object_type, object_id, subject, role, purpose, unit, detail]
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def link(*, sequence: int, event_id: int, previous: str, digest: str) -> str:
    """SHA-256 of an event's place in the chain; `previous`: the link before, FIRST for the first one."""
    return hashlib.sha256(f"{sequence}:{event_id}:{previous}:{digest}".encode()).hexdigest()
