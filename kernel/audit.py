"""The audit log: who did or read what. One row per act, in the transaction of the act."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from kernel import chain, digests
from kernel.models import AuditEvent


def event(
    *,
    action: str,
    by: AbstractBaseUser | None,
    at: datetime,
    obj: Model | None = None,
    unit: str = "",
    subject: str = "",
    role: str = "",
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """An event not written yet, for record_many. `subject`: id of the person whose data it is; `role` and `purpose`: of
    the reader, in one word each. `detail` never holds clinical text."""
    values: dict[str, Any] = {
        "at": at,
        "actor_id": "" if by is None else str(by.pk),
        "actor": "" if by is None else f"{by} ({by.get_username()})"[:120],
        "action": action,
        "object_type": "" if obj is None else obj._meta.label_lower,
        "object_id": "" if obj is None else str(obj.pk),
        "unit": unit,
        "subject": subject,
        "role": role,
        "purpose": purpose,
        # As the database will return it, so that the digest can be computed again.
        "detail": json.loads(json.dumps(detail, cls=DjangoJSONEncoder)) if detail else {},
    }
    return AuditEvent(**values, digest=digests.digest(**values))


def record(
    *,
    action: str,
    by: AbstractBaseUser | None,
    at: datetime,
    obj: Model | None = None,
    unit: str = "",
    subject: str = "",
    role: str = "",
    purpose: str = "",
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Write one event; if it cannot be written, the act fails with it."""
    reading = {"subject": subject, "role": role, "purpose": purpose}
    chain.append([event(action=action, by=by, at=at, obj=obj, unit=unit, detail=detail, **reading)])


def record_many(events: Iterable[AuditEvent]) -> None:
    """Write many events, all or none."""
    written = list(events)
    if written:
        chain.append(written)
