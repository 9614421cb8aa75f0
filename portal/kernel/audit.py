"""The audit log: who did or read what. One row per act, in the transaction of the act."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.db.models import Model

from portal.kernel.models import AuditEvent

BATCH = 500


def event(
    *,
    action: str,
    by: AbstractBaseUser | None,
    at: datetime,
    obj: Model | None = None,
    unit: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """An event not written yet, for record_many. `detail` never holds clinical text."""
    return AuditEvent(
        at=at,
        actor_id="" if by is None else str(by.pk),
        actor="" if by is None else f"{by} ({by.get_username()})"[:120],
        action=action,
        object_type="" if obj is None else obj._meta.label_lower,
        object_id="" if obj is None else str(obj.pk),
        unit=unit,
        detail=dict(detail or {}),
    )


def record(
    *,
    action: str,
    by: AbstractBaseUser | None,
    at: datetime,
    obj: Model | None = None,
    unit: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one event; if it cannot be written, the act fails with it."""
    event(action=action, by=by, at=at, obj=obj, unit=unit, detail=detail).save(force_insert=True)


def record_many(events: Iterable[AuditEvent]) -> None:
    """Write many events, all or none."""
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)
