from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from kernel import audit
from kernel.models import AuditEvent, AuditLink
from network.models import User

AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def test_an_event_says_who_did_what_to_what(user: User) -> None:
    audit.record(action="report.file", by=user, at=AT, obj=user, unit="MD-01", detail={"on": date(2026, 11, 23)})
    event = AuditEvent.objects.get()
    assert (event.at, event.action, event.unit) == (AT, "report.file", "MD-01")
    assert (event.actor_id, event.actor) == (str(user.pk), "王老师 (T90001)")
    assert (event.object_type, event.object_id) == ("network.user", str(user.pk))
    assert event.detail == {"on": "2026-11-23"}
    assert "report.file" in str(event)


def test_the_system_acts_without_a_name(db: None) -> None:
    audit.record(action="cycle.open", by=None, at=AT)
    event = AuditEvent.objects.get()
    assert (event.actor, event.actor_id, event.object_type, event.object_id, event.unit) == ("", "", "", "", "")


def test_many_events_are_written_at_once(user: User, django_assert_num_queries: object) -> None:
    events = [audit.event(action="student.read", by=user, at=AT, detail={"n": n}) for n in range(400)]
    # SQLite takes fewer rows in a statement, and is told the links from here.
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 8):  # type: ignore[operator]
        audit.record_many(events)
    assert AuditEvent.objects.newest_first().count() == 400


def test_the_events_of_one_object_are_found(user: User) -> None:
    audit.record(action="a", by=user, at=AT, obj=user)
    audit.record(action="b", by=user, at=AT, obj=user)
    audit.record(action="c", by=user, at=AT)
    assert [event.action for event in AuditEvent.objects.about("network.user", user.pk)] == ["b", "a"]


def test_an_act_that_is_undone_leaves_no_event(user: User) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        audit.record(action="report.file", by=user, at=AT)
        raise RuntimeError
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_auditevent SET actor = ''",
        "DELETE FROM kernel_auditevent",
        "DELETE FROM kernel_auditevent WHERE action = 'report.file'",
    ],
)
def test_the_database_refuses_to_change_or_delete_events(user: User, statement: str) -> None:
    audit.record(action="report.file", by=user, at=AT)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.get().actor == "王老师 (T90001)"


def test_the_database_refuses_to_empty_the_log(user: User) -> None:
    audit.record(action="report.file", by=user, at=AT)
    # What waits for COMMIT would refuse it for a reason of its own.
    connection.check_constraints()
    empty = "TRUNCATE kernel_auditevent" if connection.vendor == "postgresql" else "DELETE FROM kernel_auditevent"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(empty)
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize("statement", ["UPDATE kernel_auditlink SET hash = ''", "DELETE FROM kernel_auditlink"])
def test_the_database_refuses_to_change_or_delete_links(user: User, statement: str) -> None:
    audit.record(action="report.file", by=user, at=AT)
    connection.check_constraints()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditLink.objects.count() == 1


def test_an_event_tells_whose_data_was_read_as_what_and_what_for(user: User) -> None:
    audit.record(action="student.read", by=user, at=AT, subject="s1", role="fudaoyuan", purpose="care")
    event = AuditEvent.objects.get()
    assert (event.subject, event.role, event.purpose) == ("s1", "fudaoyuan", "care")


def test_no_events_are_no_work(db: None, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        audit.record_many([])


def test_a_saved_event_cannot_be_saved_again(user: User) -> None:
    audit.record(action="report.file", by=user, at=AT)
    event = AuditEvent.objects.get()
    event.actor = "somebody else"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        event.delete()


def test_querysets_do_not_even_ask_the_database(db: None) -> None:
    with pytest.raises(TypeError):
        AuditEvent.objects.update(actor="")
    with pytest.raises(TypeError):
        AuditEvent.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_a_test_database_can_be_emptied_and_is_guarded_again() -> None:
    audit.record(action="cycle.open", by=None, at=AT)
    assert AuditEvent.objects.count() == 1
