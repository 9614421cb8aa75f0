"""Who sees which alarms."""

from typing import Self

from network.querysets import ScopedQuerySet


class AlarmQuerySet(ScopedQuerySet):
    def unacknowledged(self) -> Self:
        return self.filter(acknowledged_at=None)
