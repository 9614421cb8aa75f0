"""How often a password may be guessed: per account, per address, and in the whole portal."""

import time
from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.http import HttpRequest

from network.models import User
from network.rules.signin import ACCOUNT_LIMITS, ADDRESS_LIMIT, DEVICE_LIMITS, SHARE_LIMIT, WHOLE_LIMIT, Limit
from network.signin.allauth_internals import ratelimit
from network.signin.devices import known_device


@dataclass(frozen=True)
class Attempt:
    """A guess that may be made. It counts as wrong from the start, so that guesses made at once all count."""

    address: str
    is_known: bool
    counted: tuple[ratelimit.RateLimitUsage, ...]

    def succeed(self) -> None:
        """It was no guess: whoever knows the password uses nothing up."""
        for usage in self.counted:
            usage.rollback()

    def fail(self) -> None:
        _count(ADDRESS_LIMIT, self.address)
        if not _is_reached(SHARE_LIMIT, self.address):
            _count(SHARE_LIMIT, self.address)
            _count(WHOLE_LIMIT, _whole(self.is_known))


def begin(request: HttpRequest, *, number: str, user: User | None) -> Attempt | None:
    """An attempt to sign in as this number; None when there were too many, and nothing may be checked."""
    address = ratelimit.get_ip(request)
    device = known_device(request, user.pk) if user else ""
    if _is_reached(ADDRESS_LIMIT, address) or (not device and _is_reached(WHOLE_LIMIT, _whole(user is not None))):
        return None
    # A new password begins a new count: what was guessed against the old one is no longer of use.
    account = f"user:{user.pk}:{sha256(user.password.encode()).hexdigest()[:16]}" if user else f"none:{number}"
    counted: list[ratelimit.RateLimitUsage] = []
    for limit in DEVICE_LIMITS if device else ACCOUNT_LIMITS:
        usage = _reserve(request, limit, f"{account}:{device}")
        if usage is None:
            Attempt(address, user is not None, tuple(counted)).succeed()
            return None
        counted.append(usage)
    return Attempt(address, user is not None, tuple(counted))


def _whole(is_known: bool) -> str:
    return "known" if is_known else "unknown"


def _reserve(request: HttpRequest, limit: Limit, key: str) -> ratelimit.RateLimitUsage | None:
    config = {limit.name: f"{limit.amount}/{limit.seconds}s/key"}
    return ratelimit.consume(request, app="network", action=limit.name, config=config, key=key)


# A few lost in a race do not matter here, a lock that a whole campus waits for would.
def _is_reached(limit: Limit, key: str) -> bool:
    return int(cache.get(_window(limit, key), 0)) >= limit.amount


def _count(limit: Limit, key: str) -> None:
    window = _window(limit, key)
    cache.set(window, int(cache.get(window, 0)) + 1, limit.seconds)


def _window(limit: Limit, key: str) -> str:
    name = sha256(key.encode()).hexdigest()[:16]
    return f"attempts:{limit.name}:{name}:{int(time.time() // limit.seconds)}"
