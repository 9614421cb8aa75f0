"""The cache backends: Redis with the memory of the process as a stand-in, or a table where there is no Redis."""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.utils.timezone import now
from redis import RedisError

from kernel.models import CacheEntry
from kernel.outages import Outage

# SECURITY: a full memory forgets entries, and with them how often somebody has guessed.
MOST_ENTRIES = 20_000
NEVER = datetime(9999, 1, 1, tzinfo=UTC)

_outage = Outage()


class JSONSerializer:
    """Values as JSON text; what is no JSON counts as missing."""

    # SECURITY: Django's own serializer unpickles, so whoever can write to Redis could run code in the web process.
    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        try:
            return json.loads(data)
        except (ValueError, RecursionError):
            return None


class SteadyCache(BaseCache):
    """Redis while it answers. Otherwise each process uses its own memory, so pages and sign-in limits still work."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = {**params.get("OPTIONS", {}), "serializer": JSONSerializer}
        self._redis = RedisCache(location, {**params, "OPTIONS": options})
        self._memory = LocMemCache("outage", {**params, "OPTIONS": {"MAX_ENTRIES": MOST_ENTRIES}})

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout=timeout, version=version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        value = self._ask("get", key, version=version)
        return default if value is None else value

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


class TableCache(BaseCache):
    """Rows of CacheEntry, as JSON. Django's own database cache unpickles what it reads."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        key = self.make_and_validate_key(key, version=version)
        CacheEntry.objects.expired(now()).filter(key=key).delete()
        values = {"value": value, "expires_at": self._end(timeout)}
        return CacheEntry.objects.get_or_create(key=key, defaults=values)[1]

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        key = self.make_and_validate_key(key, version=version)
        entry = CacheEntry.objects.current(now()).filter(key=key).first()
        return entry.value if entry else default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        key = self.make_and_validate_key(key, version=version)
        entry = CacheEntry(key=key, value=value, expires_at=self._end(timeout))
        CacheEntry.objects.bulk_create(
            [entry], update_conflicts=True, unique_fields=["key"], update_fields=["value", "expires_at"]
        )

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        key = self.make_and_validate_key(key, version=version)
        return bool(CacheEntry.objects.current(now()).filter(key=key).update(expires_at=self._end(timeout)))

    def delete(self, key: Any, version: int | None = None) -> bool:
        key = self.make_and_validate_key(key, version=version)
        return bool(CacheEntry.objects.filter(key=key).delete()[0])

    def clear(self) -> None:
        CacheEntry.objects.all().delete()

    def _end(self, timeout: Any) -> datetime:
        end = self.get_backend_timeout(timeout)
        return NEVER if end is None else datetime.fromtimestamp(end, tz=UTC)
