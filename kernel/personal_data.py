"""What the apps hold of people: how long, what an erasure takes, what the person may be handed. Each app declares its
own in its personal_data.py; who the person is, the kernel does not know."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from django.utils.functional import Promise

# The words of one row that is handed out: key for machines, label for people, value.
Fact = tuple[str, Promise | str, Any]
Record = list[Fact]
Due = Callable[[int, datetime, QuerySet[Any]], QuerySet[Any]]


@dataclass(frozen=True)
class Period:
    """For how many months something is kept: the default, and the least and most that a school may choose."""

    months: int
    least: int
    most: int


@dataclass(frozen=True, kw_only=True)
class DataCategory:
    """One kind of data about people. `due(school_id, before, held)`: the rows whose time was over before a moment,
    without those of persons in `held`; `expire(rows)` takes away what is due, so that the rows are due no more.
    `erase(person, at)`: what an erasure takes, returns how many rows; without it the kind stays, `kept` says on what
    ground. `own(person)`: the rows as the person may have them; without it `own_note` says how to ask."""

    name: str
    label: Promise
    ground: Promise
    period: Period | None = None
    due: Due | None = None
    expire: Callable[[QuerySet[Any]], int] | None = None
    erase: Callable[[Any, datetime], int] | None = None
    kept: Promise | None = None
    own: Callable[[Any], list[Record]] | None = None
    own_note: Promise | None = None

    def __post_init__(self) -> None:
        expires = (self.period is not None, self.due is not None, self.expire is not None)
        if len(set(expires)) > 1:
            raise ValueError(f"{self.name}: a period, what is due and how it expires belong together")
        if self.erase is None and self.kept is None:
            raise ValueError(f"{self.name}: what an erasure leaves needs a ground")


@dataclass(frozen=True)
class Reason:
    """Why nothing of some persons may be deleted now. `persons(school_id, at)`: their keys."""

    name: str
    label: Promise
    persons: Callable[[int, datetime], QuerySet[Any]]


_holdings: dict[str, DataCategory] = {}
_reasons: dict[str, Reason] = {}


def declare(*categories: DataCategory) -> None:
    """Called by an app's personal_data.py when the portal starts."""
    for category in categories:
        if category.name in _holdings:
            raise KeyError(f"two data categories are called {category.name}")
        _holdings[category.name] = category


def hold(reason: Reason) -> None:
    """A reason of an app's own to delete nothing, such as a case that is open."""
    if reason.name in _reasons:
        raise KeyError(f"two reasons to hold are called {reason.name}")
    _reasons[reason.name] = reason


def declared() -> list[DataCategory]:
    """All that the apps hold, in the order in which they declared it."""
    return list(_holdings.values())


def expiring() -> list[DataCategory]:
    """What has a period."""
    return [category for category in declared() if category.period is not None]


def find(name: str) -> DataCategory | None:
    """The kind of that name."""
    return _holdings.get(name)


def reasons() -> list[Reason]:
    """Why the apps may ask to delete nothing."""
    return [_reasons[name] for name in sorted(_reasons)]


def delete(rows: QuerySet[Any]) -> int:
    """Let rows expire by deleting them."""
    return rows.delete()[0]


def blank(*fields: str) -> Callable[[QuerySet[Any]], int]:
    """Let rows expire by emptying some of their texts; the rest stays for the figures."""

    def empty(rows: QuerySet[Any]) -> int:
        return rows.update(**dict.fromkeys(fields, ""))

    return empty


def with_text(rows: QuerySet[Any], fields: Iterable[str]) -> QuerySet[Any]:
    """Rows that have something in one of these texts, encrypted or not."""
    sizes = {f"{field}_size": Length(field) for field in fields}
    filled = Q()
    for name in sizes:
        filled |= Q(**{f"{name}__gt": 0})
    held: QuerySet[Any] = rows.alias(**sizes).filter(filled)
    return held
