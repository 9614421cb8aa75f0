"""Guards inside the database: append-only tables, intervals that never overlap, and the chain of audit events.

A guarded table takes new rows and refuses UPDATE, DELETE and TRUNCATE. On PostgreSQL a deferred trigger links each
audit event at COMMIT. So an event in a long transaction blocks nobody, and the lock on the chain is the last lock
taken. SQLite has one writer at a time and no such trigger: there `chain.append` links."""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS = "kernel_auditevent"
LINKS = "kernel_auditlink"
AUDIT_TABLES = (EVENTS, LINKS)

GUARD = {
    "sqlite": [
        "CREATE TRIGGER {table}_append_only_{verb} BEFORE {verb} ON {table}"
        " BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
    ],
    "postgresql": [
        "CREATE OR REPLACE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION kernel_append_only()",
    ],
}
UNGUARD = {
    "sqlite": ["DROP TRIGGER IF EXISTS {table}_append_only_{verb}"],
    "postgresql": ["DROP TRIGGER IF EXISTS {table}_append_only ON {table}"],
}
VERBS = ("UPDATE", "DELETE")

# Two rows of one owner whose half-open spans overlap. On SQLite moments are texts that sort as the moments do.
OVERLAP = (
    "(SELECT 1 FROM {table} WHERE owner = NEW.owner AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at{other})"
)
SEPARATE = {
    "sqlite": [
        "CREATE TRIGGER {table}_no_overlap_insert BEFORE INSERT ON {table} WHEN EXISTS "
        + OVERLAP.replace("{other}", "")
        + " BEGIN SELECT RAISE(ABORT, '{table}_no_overlap'); END",
        "CREATE TRIGGER {table}_no_overlap_update BEFORE UPDATE ON {table} WHEN EXISTS "
        + OVERLAP.replace("{other}", " AND id <> OLD.id")
        + " BEGIN SELECT RAISE(ABORT, '{table}_no_overlap'); END",
    ],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE {table} ADD CONSTRAINT {table}_no_overlap"
        " EXCLUDE USING gist (owner WITH =, tstzrange(starts_at, ends_at) WITH &&)",
    ],
}
JOIN = {
    "sqlite": [
        "DROP TRIGGER IF EXISTS {table}_no_overlap_insert",
        "DROP TRIGGER IF EXISTS {table}_no_overlap_update",
    ],
    "postgresql": ["ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {table}_no_overlap"],
}

# Computes the same as digests.link. Nothing else in this database takes this lock. The head is read after the lock, in
# a statement of its own, so that it is the newest.
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
    f"CREATE CONSTRAINT TRIGGER {EVENTS}_link AFTER INSERT ON {EVENTS} DEFERRABLE INITIALLY DEFERRED"
    " FOR EACH ROW EXECUTE FUNCTION kernel_link_audit()"
)


# A kept row is never changed, but for its sealed text being put under another key; it is deleted only with a tombstone.
KEEP_FUNCTION = """
CREATE OR REPLACE FUNCTION kernel_kept() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  buried boolean;
  sealed text := TG_ARGV[1];
BEGIN
  IF TG_OP = 'DELETE' THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I WHERE row_id = $1)', TG_ARGV[0]) INTO buried USING OLD.id;
    IF buried THEN RETURN OLD; END IF;
  ELSIF to_jsonb(NEW) - sealed = to_jsonb(OLD) - sealed
    AND split_part(to_jsonb(NEW) ->> sealed, ':', 1) <> split_part(to_jsonb(OLD) ->> sealed, ':', 1) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$"""
KEY_OF = "substr({row}.{sealed}, 1, instr({row}.{sealed}, ':'))"


def keep(connection: BaseDatabaseWrapper, table: str, *, tombs: str, sealed: str, columns: Iterable[str]) -> None:
    """Make the database refuse changes of a row, but for a change of the key of its `sealed` column, and deletions
    without a row in `tombs` (column row_id). `columns`: all others of the table."""
    release(connection, table)
    if connection.vendor == "postgresql":
        guarding = [
            KEEP_FUNCTION,
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW"
            f" EXECUTE FUNCTION kernel_kept('{tombs}', '{sealed}')",
            f"CREATE TRIGGER {table}_whole BEFORE TRUNCATE ON {table} FOR EACH STATEMENT"
            " EXECUTE FUNCTION kernel_append_only()",
        ]
    else:
        keys = " <> ".join(KEY_OF.format(row=row, sealed=sealed) for row in ("NEW", "OLD"))
        same = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in columns)
        refusal = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        buried = f"EXISTS (SELECT 1 FROM {tombs} WHERE row_id = OLD.id)"  # noqa: S608 (names of tables alone)
        guarding = [
            f"CREATE TRIGGER {table}_kept_update BEFORE UPDATE ON {table} WHEN NOT ({keys} AND {same}) {refusal}",
            f"CREATE TRIGGER {table}_kept_delete BEFORE DELETE ON {table} WHEN NOT {buried} {refusal}",
        ]
    with connection.cursor() as cursor:
        for statement in guarding:
            cursor.execute(statement)


def release(connection: BaseDatabaseWrapper, table: str) -> None:
    """Undo `keep`."""
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in ("kept", "whole", "kept_update", "kept_delete"):
            cursor.execute(f"DROP TRIGGER IF EXISTS {table}_{name}{on}")


def guard(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Make the database refuse every change of a row of these tables."""
    _execute(connection, GUARD, tables, _verbs(connection))


def unguard(connection: BaseDatabaseWrapper, tables: Iterable[str]) -> None:
    """Remove the guard: to undo a migration, and to let a test database empty itself between tests."""
    _execute(connection, UNGUARD, tables, _verbs(connection))


def refuse_overlaps(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make the database refuse two rows of one `owner` whose spans starts_at ≤ t < ends_at overlap. Django's own
    ExclusionConstraint would migrate on SQLite and guard nothing. A migration that rebuilds the table on SQLite drops
    the triggers and must call this again."""
    _execute(connection, SEPARATE, [table], VERBS[:1])


def allow_overlaps(connection: BaseDatabaseWrapper, table: str) -> None:
    """Undo `refuse_overlaps`."""
    _execute(connection, JOIN, [table], VERBS[:1])


def guard_audit(connection: BaseDatabaseWrapper) -> None:
    """Guard the audit tables, and link each event that is written from now on."""
    guard(connection, AUDIT_TABLES)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(LINK_FUNCTION)
            cursor.execute(LINK_TRIGGER)


def unguard_audit(connection: BaseDatabaseWrapper) -> None:
    """Remove what `guard_audit` made."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TRIGGER IF EXISTS {EVENTS}_link ON {EVENTS}")
    unguard(connection, AUDIT_TABLES)


def _verbs(connection: BaseDatabaseWrapper) -> Iterable[str]:
    return VERBS if connection.vendor == "sqlite" else VERBS[:1]


def _execute(
    connection: BaseDatabaseWrapper,
    statements: dict[str, list[str]],
    tables: Iterable[str],
    verbs: Iterable[str],
) -> None:
    with connection.cursor() as cursor:
        for table in tables:
            for statement in statements[connection.vendor]:
                for verb in verbs:
                    cursor.execute(statement.replace("{table}", table).replace("{verb}", verb))
