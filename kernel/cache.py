"""The cache: Redis while it answers, the memory of this process while it does not."""

from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

from kernel.outages import Outage

# SECURITY: a full memory forgets entries, and with them how often somebody has guessed.
MOST_ENTRIES = 20_000

_outage = Outage()


class SteadyCache(BaseCache):
    """No page breaks without Redis, and sign-in stays limited: meanwhile every process counts for itself."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._redis = RedisCache(location, params)
        self._memory = LocMemCache("outage", {**params, "OPTIONS": {"MAX_ENTRIES": MOST_ENTRIES}})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout=timeout, version=version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default=default, version=version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout=timeout, version=version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout=timeout, version=version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version=version))

    def clear(self) -> None:
        self._ask("clear")

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if not _outage.lasts():
            try:
                return getattr(self._redis, method)(*args, **kwargs)
            except RedisError:
                _outage.begin()
        return getattr(self._memory, method)(*args, **kwargs)
