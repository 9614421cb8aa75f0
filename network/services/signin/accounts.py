"""Passwords, and the slips with which people sign in for the first time."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from kernel import audit
from network.hashers import first_code
from network.models import Unit, User
from network.services.signin.identity import doubt_identity, tell_of_reset
from network.services.signin.sessions import end_sessions


class FirstPassword(NamedTuple):
    """What is handed to a person on paper."""

    number: str
    name: str
    code: str


@transaction.atomic
def set_password(*, user: User, password: str, at: datetime, keep: str = "") -> None:
    """The user's own new password; the first one ends the code of the slip. Every session ends but that with the key
    `keep`, in which the password was chosen."""
    user.set_password(password)
    user.must_change_password = False
    user.joined_at = user.joined_at or at
    user.save(update_fields=["password", "must_change_password", "joined_at"])
    audit.record(action="user.set_password", by=user, at=at, obj=user)
    end_sessions(users=[user], by=user, at=at, keep=keep)


@transaction.atomic
def issue_first_passwords(*, users: Iterable[User], unit: Unit, by: User | None, at: datetime) -> list[FirstPassword]:
    """New first sign-in codes for those who have not set a password yet; earlier codes of theirs end. Who has been
    here before, by the university's own sign-in, is treated as after a reset."""
    waiting = [user for user in users if user.must_change_password and user.is_active]
    known = [user for user in waiting if user.last_login is not None]
    for user in known:
        doubt_identity(user=user, by=by, at=at)
    slips = []
    for user in waiting:
        code, user.password = first_code()
        slips.append(FirstPassword(user.number, user.name, code))
    User.objects.bulk_update(waiting, ["password"], batch_size=500)
    User.objects.bulk_update(known, ["reset_at", "reset_by"], batch_size=500)
    audit.record(action="user.issue_slips", by=by, at=at, obj=unit, unit=unit.code, detail={"count": len(slips)})
    return slips


@transaction.atomic
def reset_password(*, user: User, by: User, at: datetime) -> FirstPassword:
    """A new code for somebody who forgot the password; the old one ends, and with it every session. The person and
    somebody else are told, and until the person has proved who they are, sealed pages stay shut."""
    code, user.password = first_code()
    user.must_change_password = True
    doubt_identity(user=user, by=by, at=at)
    user.save(update_fields=["password", "must_change_password", "reset_at", "reset_by"])
    audit.record(action="user.reset_password", by=by, at=at, obj=user)
    end_sessions(users=[user], by=by, at=at)
    tell_of_reset(user=user, by=by, at=at)
    return FirstPassword(user.number, user.name, code)
