"""Codes that change every 15 seconds, and the ticket that a valid scan gives. Pure.

The code of a time slot is HMAC-SHA-256(secret, slot number) in base32; six digits come from the same HMAC. The current
slot and the two before it are taken, so that a slow phone gets in and a forwarded photo does not."""

import hmac
from base64 import b32encode
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

SLOT_SECONDS = 15
SLOTS_BEFORE = 2
CODE_LENGTH = 16
DIGITS = 6
# A valid scan is worth this long, so that somebody who has to sign in first still counts.
TICKET_LASTS = timedelta(minutes=5)
OPENS_BEFORE = timedelta(minutes=15)
CLOSES_AFTER = timedelta(minutes=30)
# By hand and from an offline list presence is recorded for this long after the end.
LATE_RECORDS = timedelta(days=14)


class Source(StrEnum):
    SCAN = "scan"
    CODE = "code"
    HAND = "hand"
    OFFLINE = "offline"


class Window(StrEnum):
    BEFORE = "before"
    OPEN = "open"
    OVER = "over"


def slot_of(at: datetime) -> int:
    return int(at.timestamp()) // SLOT_SECONDS


def code_of(secret: str, slot: int) -> str:
    """The code in the address of the QR picture."""
    return b32encode(_digest(secret, slot)).decode()[:CODE_LENGTH]


def digits_of(secret: str, slot: int) -> str:
    """Six digits to read out, for phones without a camera."""
    return str(int.from_bytes(_digest(secret, slot, b"digits")[:8]) % 10**DIGITS).zfill(DIGITS)


def is_valid_code(secret: str, code: str, at: datetime) -> bool:
    """Whether the code is of the current slot or one of the two before."""
    return _matches(code.upper(), [code_of(secret, slot) for slot in _slots(at)])


def is_valid_digits(secret: str, digits: str, at: datetime) -> bool:
    return _matches(digits, [digits_of(secret, slot) for slot in _slots(at)])


def seconds_left(at: datetime) -> int:
    """Until the next code is shown."""
    return SLOT_SECONDS - int(at.timestamp()) % SLOT_SECONDS


def opens_at(starts_at: datetime) -> datetime:
    return starts_at - OPENS_BEFORE


def window(*, starts_at: datetime, ends_at: datetime, at: datetime) -> Window:
    """Whether people check themselves in now."""
    if at < opens_at(starts_at):
        return Window.BEFORE
    return Window.OPEN if at <= ends_at + CLOSES_AFTER else Window.OVER


def ticket_counts(scanned_at: datetime, at: datetime) -> bool:
    return timedelta(0) <= at - scanned_at <= TICKET_LASTS


def _slots(at: datetime) -> range:
    now = slot_of(at)
    return range(now - SLOTS_BEFORE, now + 1)


def _digest(secret: str, slot: int, purpose: bytes = b"code") -> bytes:
    return hmac.new(secret.encode(), purpose + b":" + str(slot).encode(), sha256).digest()


def _matches(text: str, valid: list[str]) -> bool:
    if not text.isascii():
        return False
    return any(hmac.compare_digest(text, known) for known in valid)
