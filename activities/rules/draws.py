"""A draw that anybody can compute again: places go in the order of HMAC-SHA-256(seed, enrolment id). Pure.

The SHA-256 of the seed is published when enrolment opens, the seed itself with the result. So the organizer cannot
choose a seed after seeing who enrolled, and whoever knows the list of ids finds the same order."""

import hashlib
import hmac
import secrets
from collections.abc import Iterable

SEED_BYTES = 32


def new_seed() -> str:
    """A seed as 64 hexadecimal digits."""
    return secrets.token_hex(SEED_BYTES)


def commitment(seed: str) -> str:
    """What is published at opening: the SHA-256 of the seed's text, in hexadecimal digits."""
    return hashlib.sha256(seed.encode()).hexdigest()


def rank(seed: str, key: str) -> str:
    """The place of an enrolment in the draw; the smallest comes first."""
    return hmac.new(seed.encode(), key.encode(), hashlib.sha256).hexdigest()


def order(seed: str, keys: Iterable[str]) -> list[str]:
    """The enrolment ids in the order of the draw."""
    return sorted(keys, key=lambda key: (rank(seed, key), key))
