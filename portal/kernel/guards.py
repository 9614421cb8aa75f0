"""Tables that the database itself keeps from being changed or emptied: rows are added and read, nothing else."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

CREATE = {
    "sqlite": [
        "CREATE TRIGGER {table}_keeps_{verb} BEFORE {verb} ON {table}"
        " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION kernel_keeps_rows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION kernel_keeps_rows()",
    ],
}
DROP = {
    "sqlite": ["DROP TRIGGER IF EXISTS {table}_keeps_{verb}"],
    "postgresql": ["DROP TRIGGER IF EXISTS {table}_keeps_rows ON {table}"],
}
VERBS = ("UPDATE", "DELETE")


def guard(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Have the database refuse every change of a row of these tables."""
    _execute(connection, CREATE, tables)


def unguard(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Take the guard away: for undoing a migration, and for a test database that empties itself between tests."""
    _execute(connection, DROP, tables)


def _execute(connection: BaseDatabaseWrapper, statements: dict[str, list[str]], tables: Iterable[str]) -> None:
    verbs = VERBS if connection.vendor == "sqlite" else VERBS[:1]
    with connection.cursor() as cursor:
        for table in tables:
            for statement in statements[connection.vendor]:
                for verb in verbs:
                    cursor.execute(statement.replace("{table}", table).replace("{verb}", verb))
