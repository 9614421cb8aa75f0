"""Building a world takes hundreds of statements, the same for every test. The rows that it writes are kept, and written
again with one statement a table."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db import connection, transaction

Built = TypeVar("Built")
Rows = list[tuple[Any, ...]]
# Of an audit event PostgreSQL writes the link itself.
WRITTEN_BY_TRIGGER = {"postgresql": {"kernel_auditlink"}}


@dataclass(frozen=True)
class Snapshot:
    """The rows of each table, and the objects that stand for them."""

    statements: tuple[tuple[str, list[Any]], ...]
    objects: bytes

    def restore(self) -> Any:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, values in self.statements:
                cursor.execute(sql, values)
        return pickle.loads(self.objects)


_taken: dict[Any, Snapshot] = {}


def again(build: Callable[[], Built]) -> Built:
    """What `build` makes: by itself the first time in a process, from its rows ever after."""
    foundation = _foundation()
    key = (build, foundation)
    if key in _taken:
        found: Built = _taken[key].restore()
        return found
    before = {table: set(rows) for table, (_columns, rows) in _tables().items()}
    with transaction.atomic():
        built = build()
    _taken[key] = Snapshot(tuple(_statements(before)), pickle.dumps(built))
    return built


def _foundation() -> Any:
    """What the rows stand on: they name permissions by key, and are sealed under the keys of now."""
    permissions = Permission.objects.order_by("pk").values_list("pk", "content_type", "codename")
    return tuple(permissions), tuple(settings.FIELD_KEYS)


def _tables() -> dict[str, tuple[list[str], Rows]]:
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.django_table_names(only_existing=True, include_views=False):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = [column[0] for column in cursor.description], list(map(tuple, cursor.fetchall()))
    return found


def _statements(before: dict[str, set[tuple[Any, ...]]]) -> Any:
    left_out = WRITTEN_BY_TRIGGER.get(connection.vendor, set())
    for table, (columns, rows) in _tables().items():
        new = [row for row in rows if row not in before[table]]
        if new and table not in left_out:
            names = ", ".join(f'"{column}"' for column in columns)
            row_of_places = f"({', '.join(['%s'] * len(columns))})"
            places = ", ".join([row_of_places] * len(new))
            yield f'INSERT INTO "{table}" ({names}) VALUES {places}', [value for row in new for value in row]
