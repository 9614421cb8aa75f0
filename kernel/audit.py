"""The audit log: who did or read what. One row per act, in the transaction of the act."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model

from kernel import aliases, chain, digests
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
    discreet: bool = False,
    own: bool = False,
) -> AuditEvent:
    """An event not written yet, for record_many. `subject`: id of the person whose data it is; `role` and `purpose`: of
    the reader, in one word each. `detail` never holds clinical text.

    `discreet`: an event of counseling. Aliases stand for the subject and the object, so that nobody who reads the log
    learns who comes; `unit` is the code of the school then, and `detail` holds yes, no and numbers alone. `own`: the
    subject did it; the alias stands for the actor too, and is another one for each event, so that the events of one
    client cannot be put together and compared with the times of sign-ins."""
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
    if discreet:
        values |= _disguised(values, own=own)
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
    discreet: bool = False,
    own: bool = False,
) -> None:
    """Write one event; if it cannot be written, the act fails with it. The parameters are those of `event`."""
    told: dict[str, Any] = {"subject": subject, "role": role, "purpose": purpose, "discreet": discreet, "own": own}
    chain.append([event(action=action, by=by, at=at, obj=obj, unit=unit, detail=detail, **told)])


def salt_of(action: str, at: datetime) -> str:
    """What makes the alias of somebody's own act another one for each event."""
    return f"{action} {at.astimezone(UTC).isoformat(timespec='microseconds')}"


def record_many(events: Iterable[AuditEvent]) -> None:
    """Write many events, all or none."""
    written = list(events)
    if written:
        chain.append(written)


def _disguised(values: Mapping[str, Any], *, own: bool) -> dict[str, Any]:
    """What stands in a discreet event instead of the person and the object."""
    if not all(isinstance(value, bool | int) for value in values["detail"].values()):
        raise ValueError(f"the detail of {values['action']} could say who it is about")
    if not values["subject"]:
        raise ValueError(f"{values['action']} is discreet and needs the id of the person")
    alias = aliases.alias_of(values["subject"], salt=salt_of(values["action"], values["at"]) if own else "")
    row = f"{values['object_type']}:{values['object_id']}"
    disguised = {"subject": alias, "object_id": values["object_id"] and aliases.alias_of(row)}
    return disguised | ({"actor_id": alias, "actor": alias, "role": ""} if own else {})
