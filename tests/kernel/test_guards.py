import pytest
from django.db import DatabaseError, connection, transaction

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
