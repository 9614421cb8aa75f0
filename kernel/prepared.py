"""What is read or written with every page: put into SQL once per process, planned once per connection by PostgreSQL.

Django builds and compiles a query anew each time, and PostgreSQL plans it anew: for a query of five tables that takes
ten times as long as the answer. A `Prepared` finds what its queryset would find; `save_together` writes rows as `save`
would, in one message to the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import count
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql.compiler import SQLCompiler

NUMBERS = count(1)


class Place(models.Expression):
    """Stands in a query for a value that is given later, and is adapted as values of its field are."""

    def __init__(self, position: int, field: models.Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.position = position

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self,)


class Statement:
    """SQL with its parameters; a Place among them is a value still to come."""

    def __init__(self, verb: str, model: type[models.Model], sql: str, parameters: Sequence[Any]) -> None:
        self.sql = sql
        self.parameters = parameters
        # As it stands in the log of the server.
        self.name = f"{verb}_{model._meta.db_table}_{next(NUMBERS)}"

    def with_values(self, connection: Any, values: Sequence[Any]) -> tuple[str, list[Any]]:
        """As a cursor of this connection takes it."""
        # A pool that lends one connection to many users is told by the same setting to keep no cursors.
        if connection.vendor != "postgresql" or connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            return self.sql, [values[one.position] if isinstance(one, Place) else one for one in self.parameters]
        known = _known_to(connection)
        if self.name not in known:
            self._plan(connection)
            known.add(self.name)
        return f"EXECUTE {self.name} ({', '.join(['%s'] * len(values))})", list(values)

    def _plan(self, connection: Any) -> None:
        with connection.cursor() as wrapper:
            # Past the wrapper: this is no query of the page.
            cursor = wrapper.cursor
            written = (
                f"${one.position + 1}" if isinstance(one, Place) else cursor.mogrify("%s", [one]).decode()
                for one in self.parameters
            )
            cursor.execute(f"PREPARE {self.name} AS {self.sql % tuple(written)}")


class Reader(NamedTuple):
    """How the rows of a query become instances."""

    statement: Statement
    model: type[models.Model]
    names: Sequence[str]
    columns: slice
    converters: Sequence[tuple[int, tuple[Sequence[Callable[..., Any]], Any]]]
    populators: Sequence[Any]
    annotations: Sequence[tuple[str, int]]

    def read(self, row: list[Any], connection: Any) -> Any:
        for column, (steps, expression) in self.converters:
            for step in steps:
                row[column] = step(row[column], expression, connection)
        found = self.model.from_db(DEFAULT_DB_ALIAS, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, found)
        for name, column in self.annotations:
            setattr(found, name, row[column])
        return found


class Prepared:
    """A queryset of instances that is compiled when it is first asked. `build` is given a Place for each of `fields`
    and must not depend on anything else that changes while the process runs, such as the time or the user."""

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *fields: models.Field[Any, Any]) -> None:
        self._build = build
        self._fields = fields
        self._reader: Reader | None = None

    def fetch(self, *values: Any) -> list[Any]:
        """What the queryset finds with these values in its places."""
        # A connection belongs to its thread.
        connection = connections[DEFAULT_DB_ALIAS]
        reader = self._reader or self._compile()
        given = [one.get_db_prep_value(value, connection) for one, value in zip(self._fields, values, strict=True)]
        asked = reader.statement.with_values(connection, given)
        with connection.cursor() as cursor:
            cursor.execute(*asked)
            rows = cursor.fetchall()
        return [reader.read(list(row), connection) for row in rows]

    def _compile(self) -> Reader:
        queryset = self._build(*(Place(n, field) for n, field in enumerate(self._fields)))
        compiler = queryset.query.get_compiler(DEFAULT_DB_ALIAS)
        statement = Statement("select", queryset.model, *compiler.as_sql())
        # What ModelIterable works out for each query.
        select, shape = compiler.select, compiler.klass_info
        first, last = shape["select_fields"][0], shape["select_fields"][-1] + 1
        self._reader = Reader(
            statement,
            shape["model"],
            [column[0].target.attname for column in select[first:last]],
            slice(first, last),
            list(compiler.get_converters([column[0] for column in select]).items()),
            get_related_populators(shape, select, DEFAULT_DB_ALIAS),  # type: ignore[call-arg]
            list(compiler.annotation_col_map.items()),
        )
        return self._reader


# A new row, or a row that the caller has locked with the names of the fields that have changed.
Change = models.Model | tuple[models.Model, Sequence[str]]


def save_together(*changes: Change) -> None:
    """Write rows within the caller's transaction. No signals are sent, and keys that the database draws are not read
    back."""
    connection = connections[DEFAULT_DB_ALIAS]
    if not changes:
        return
    asked = [statement.with_values(connection, values) for statement, values in _written(changes, connection)]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("; ".join(sql for sql, _values in asked), [one for _sql, values in asked for one in values])
            return
        for sql, values in asked:
            cursor.execute(sql, values)


def _written(changes: Sequence[Change], connection: Any) -> Iterator[tuple[Statement, list[Any]]]:
    for change in changes:
        row, names = change if isinstance(change, tuple) else (change, None)
        statement, fields = _insert(type(row)) if names is None else _update(type(row), tuple(names))
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        yield statement, [field.get_db_prep_save(field.pre_save(row, names is None), connection) for field in fields]


@cache
def _insert(model: type[models.Model]) -> tuple[Statement, Sequence[Any]]:
    fields = [one for one in model._meta.concrete_fields if one is not model._meta.auto_field]
    columns = ", ".join(f'"{one.column}"' for one in fields)
    places = [Place(n, one) for n, one in enumerate(fields)]
    sql = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({", ".join(["%s"] * len(fields))})'  # noqa: S608
    return Statement("insert", model, sql, places), fields


@cache
def _update(model: type[models.Model], names: tuple[str, ...]) -> tuple[Statement, Sequence[Any]]:
    fields: list[Any] = [*(model._meta.get_field(name) for name in names), model._meta.pk]
    changed = ", ".join(f'"{one.column}" = %s' for one in fields[:-1])
    places = [Place(n, one) for n, one in enumerate(fields)]
    sql = f'UPDATE "{model._meta.db_table}" SET {changed} WHERE "{fields[-1].column}" = %s'  # noqa: S608
    return Statement("update", model, sql, places), fields


def _known_to(connection: Any) -> set[str]:
    """The names that this connection to the server has planned."""
    connection.ensure_connection()
    line, known = getattr(connection, "prepared", (None, set()))
    if line is not connection.connection:
        known = set()
        connection.prepared = connection.connection, known
    return known
