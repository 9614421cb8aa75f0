from datetime import datetime
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kernel.models import Notice
from kernel.prepared import Prepared, save_together
from network.models import Post, Student, User
from network.rules import Role
from tests.conftest import World
from tests.factories import make_user


def in_class(pk: Any, number: Any) -> models.QuerySet[Student]:
    """A join, two annotations, an encrypted column, a constant with a percent sign, and one place used twice."""
    leads = Post.objects.filter(role=Role.CLASS_COMMITTEE_MEMBER, unit=pk, holder=OuterRef("user"))
    return (
        Student.objects.filter(school_class=pk, number__gt=number)
        .exclude(name="100 %")
        .select_related("user", "school_class__parent")
        .defer("ethnicity")
        .annotate(leads=Exists(leads), room=models.F("dorm__room"))
    )


IN_CLASS = Prepared(in_class, models.BigAutoField(), models.CharField())


def told(rows: Any) -> list[Any]:
    read = [(one.pk, one.__dict__.keys() - {"_state"}) for one in rows]
    return [*read, *((one.phone, one.user, one.school_class.parent.name, one.leads, one.room) for one in rows)]


def test_it_finds_what_its_queryset_finds(world: World) -> None:
    for student in world.students["own"]:
        student.phone = f"138{student.number}"
        student.save()
    first = world.students["own"][0].number
    for pk, number in ((world.it1.pk, ""), (world.it1.pk, first), (str(world.it2.pk), ""), (0, "")):
        assert told(IN_CLASS.fetch(pk, number)) == told(in_class(pk, number))
    assert len(IN_CLASS.fetch(world.it1.pk, "")) == 6
    assert any(one.leads for one in IN_CLASS.fetch(world.it1.pk, ""))


def test_asking_is_one_query_and_what_comes_is_as_if_read(world: World, django_assert_num_queries: Any) -> None:
    IN_CLASS.fetch(world.it1.pk, "")
    with django_assert_num_queries(1):
        found = IN_CLASS.fetch(world.it1.pk, "")[0]
        assert found.user.name == found.name
    found.bed = "2"
    found.save()
    assert Student.objects.get(pk=found.pk).bed == "2"


def test_a_value_cannot_break_out_of_its_place(world: World) -> None:
    for number in ("'; DROP TABLE network_user; --", "%s", "$1", "') OR 1=1 --", "\\'"):
        assert told(IN_CLASS.fetch(world.it1.pk, number)) == told(in_class(world.it1.pk, number))


@pytest.mark.django_db(transaction=True)
def test_each_thread_and_each_new_connection_plans_for_itself() -> None:
    user = make_user(name="某人")
    by_key = Prepared(lambda pk: User.objects.filter(pk=pk), models.BigAutoField())
    names: list[str] = []

    def ask() -> None:
        names.extend(one.name for one in by_key.fetch(user.pk))
        connection.close()
        names.extend(one.name for one in by_key.fetch(user.pk))
        connection.close()

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == ["某人"] * 4


def test_a_plan_outlives_a_rollback(world: World) -> None:
    by_number = Prepared(lambda number: User.objects.filter(number=number), models.CharField())
    with pytest.raises(IntegrityError), transaction.atomic():
        by_number.fetch("1")
        User.objects.create(number=world.students["own"][0].number, name="again")
    assert by_number.fetch(world.students["own"][0].number) == [world.students["own"][0].user]


def test_behind_a_pool_nothing_is_planned_ahead(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with CaptureQueriesContext(connection) as asked:
        assert len(IN_CLASS.fetch(world.it1.pk, "")) == 6
    assert asked.captured_queries[0]["sql"].startswith("SELECT")


def test_rows_are_written_as_save_writes_them(world: World, django_assert_num_queries: Any) -> None:
    at = timezone.now()
    student, other = world.students["own"][:2]
    bed = student.bed
    student.phone, student.bed = "13800000000", "not told to be written"
    notice = Notice(recipient=student.user, kind="test", title="Hello %(name)s", params={"name": "某人"}, created_at=at)
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 2):
        save_together((student, ["phone"]), notice)
    kept = Notice.objects.get(pk=notice.pk)
    assert (kept.params, kept.created_at, kept.recipient_id) == ({"name": "某人"}, at, student.user_id)
    assert not notice._state.adding
    found = Student.objects.get(pk=student.pk)
    assert (found.phone, found.bed) == ("13800000000", bed)
    assert Student.objects.get(pk=other.pk).phone == other.phone
    save_together()


def test_all_rows_are_written_or_none(world: World, at: datetime) -> None:
    student = world.students["own"][0]
    student.bed = "9"
    again = User(number=student.number, name="again")
    with pytest.raises(IntegrityError), transaction.atomic():
        save_together((student, ["bed"]), again)
    assert Student.objects.get(pk=student.pk).bed != "9"
