import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kernel import guards


def test_a_guarded_table_takes_new_rows_and_keeps_the_old_ones(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shelf (word varchar(10))")
        guards.guard(connection, ["shelf"])
        cursor.execute("INSERT INTO shelf VALUES ('a')")
        for statement in ("UPDATE shelf SET word = 'b'", "DELETE FROM shelf"):
            with pytest.raises(DatabaseError, match="shelf is append-only"), transaction.atomic():
                cursor.execute(statement)
        guards.unguard(connection, ["shelf"])
        cursor.execute("UPDATE shelf SET word = 'b'")
        cursor.execute("SELECT word FROM shelf")
        assert cursor.fetchall() == [("b",)]
        cursor.execute("DROP TABLE shelf")


def test_intervals_of_one_owner_never_overlap(db: None) -> None:
    insert = "INSERT INTO shelf (id, owner, starts_at, ends_at) VALUES (%s, %s, %s, %s)"
    kind = "uuid" if connection.vendor == "postgresql" else "char(32)"
    moment = "timestamptz" if connection.vendor == "postgresql" else "datetime"
    mine, yours = "a" * 32, "b" * 32
    with connection.cursor() as cursor:
        columns = f"id integer, owner {kind}, starts_at {moment}, ends_at {moment}"
        cursor.execute(f"CREATE TABLE shelf ({columns})")
        guards.refuse_overlaps(connection, "shelf")
        cursor.execute(insert, [1, mine, "2026-11-10 10:00:00", "2026-11-10 11:00:00"])
        cursor.execute(insert, [2, mine, "2026-11-10 11:00:00", "2026-11-10 12:00:00"])
        cursor.execute(insert, [3, yours, "2026-11-10 10:30:00", "2026-11-10 11:30:00"])
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(insert, [4, mine, "2026-11-10 11:59:59.500000", "2026-11-10 12:30:00"])
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("UPDATE shelf SET ends_at = '2026-11-10 11:30:00' WHERE id = 1")
        cursor.execute("UPDATE shelf SET ends_at = '2026-11-10 10:45:00' WHERE id = 1")
        guards.allow_overlaps(connection, "shelf")
        cursor.execute(insert, [4, mine, "2026-11-10 10:00:00", "2026-11-10 12:30:00"])
        cursor.execute("DROP TABLE shelf")
