"""The database itself refuses to change or empty the audit log, and links each event into the chain.

On PostgreSQL a deferred trigger links at COMMIT: whoever writes an event in the middle of a long transaction holds up
nobody, and the lock on the chain is taken when all rows are locked already. SQLite has one writer at a time and no such
trigger: there `chain.append` links."""

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS = "kernel_auditevent"
LINKS = "kernel_auditlink"
TABLES = (EVENTS, LINKS)
LINKING = f"{EVENTS}_link"

GUARD_FUNCTION = (
    "CREATE OR REPLACE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    " RAISE EXCEPTION 'the audit log is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
# Says what digests.link says. The lock is a number that nothing else in this database takes; the head is read after it,
# in a statement of its own, so that it is the newest.
LINK_FUNCTION = """
CREATE OR REPLACE FUNCTION kernel_link_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  number bigint;
  previous text;
BEGIN
  PERFORM pg_advisory_xact_lock(7263418155);
  SELECT sequence, hash INTO number, previous FROM kernel_auditlink ORDER BY sequence DESC LIMIT 1;
  number := coalesce(number, 0) + 1;
  INSERT INTO kernel_auditlink (sequence, event_id, hash) VALUES (number, NEW.id, encode(sha256(convert_to(
    number || ':' || NEW.id || ':' || coalesce(previous, '') || ':' || NEW.digest, 'UTF8')), 'hex'));
  RETURN NULL;
END $$"""
LINK_TRIGGER = (
    f"CREATE CONSTRAINT TRIGGER {LINKING} AFTER INSERT ON {EVENTS} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION kernel_link_audit()"
)


def create(connection: BaseDatabaseWrapper) -> None:
    """Guard both tables, and link what is written from now on."""
    for table in TABLES:
        guard(connection, table)
    if connection.vendor == "postgresql":
        _execute(connection, [LINK_FUNCTION, LINK_TRIGGER])


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take it all away: for undoing a migration, and for a test database that empties itself between tests."""
    if connection.vendor == "postgresql":
        _execute(connection, [f"DROP TRIGGER IF EXISTS {LINKING} ON {EVENTS}"])
    for table in TABLES:
        unguard(connection, table)


def guard(connection: BaseDatabaseWrapper, table: str) -> None:
    """Refuse to change, delete or empty the rows of one table."""
    if connection.vendor == "postgresql":
        verbs = f"BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        trigger = f"CREATE TRIGGER {table}_append_only {verbs} FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only()"
        _execute(connection, [GUARD_FUNCTION, trigger])
        return
    refusal = "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    _execute(
        connection,
        [f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {refusal}" for verb in ("UPDATE", "DELETE")],
    )


def unguard(connection: BaseDatabaseWrapper, table: str) -> None:
    """Take the guard of one table away."""
    if connection.vendor == "postgresql":
        _execute(connection, [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}"])
        return
    _execute(connection, [f"DROP TRIGGER IF EXISTS {table}_no_{verb}" for verb in ("UPDATE", "DELETE")])


def _execute(connection: BaseDatabaseWrapper, statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
