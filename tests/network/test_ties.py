from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from network.models import DualRelation
from network.rules import Role
from network.services import relieve, tied
from tests.conftest import World

pytestmark = pytest.mark.usefixtures("november")


def test_posts_around_the_student_tie_and_others_do_not(world: World, at: datetime) -> None:
    student, on = world.students["own"][2], at.date()
    near = {
        world.holder(Role.CLASS_ADVISER), world.holder(Role.FUDAOYUAN), world.holder(Role.COLLEGE_COORDINATOR),
        world.holder(Role.DEPUTY_SECRETARY), world.holder(Role.DORM_HEAD), world.holder(Role.CLASS_COMMITTEE_MEMBER),
    }  # fmt: skip
    far = {
        world.holder(Role.CLASS_ADVISER, world.arts1), world.holder(Role.COLLEGE_COORDINATOR, world.arts),
        world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.CENTER_DIRECTOR),
    }  # fmt: skip
    people = [person.pk for person in near | far]
    assert tied(student, people, on) == {person.pk for person in near}
    assert tied(student, [], on) == frozenset()
    adviser = world.holder(Role.CLASS_ADVISER)
    relieve(post=adviser.posts.get(), by=None, at=at)
    assert adviser.pk not in tied(student, people, on + timedelta(days=1))


def test_a_recorded_tie_and_oneself(world: World, at: datetime) -> None:
    student, counselor = world.students["own"][2], world.holder(Role.FULL_TIME_COUNSELOR)
    people = [counselor.pk, student.user_id]
    assert tied(student, people, at.date()) == {student.user_id}
    DualRelation.objects.create(counselor=counselor, unit=world.arts, recorded_by=counselor, recorded_at=at)
    assert counselor.pk not in tied(student, people, at.date())
    DualRelation.objects.create(counselor=counselor, unit=world.it, recorded_by=counselor, recorded_at=at)
    assert tied(student, people, at.date()) == set(people)
    assert counselor.pk in tied(world.roomless, people, at.date())


@pytest.mark.django_db(transaction=True)
def test_the_move_from_screening_keeps_every_tie(world: World, at: datetime) -> None:
    """Backwards with two ties, forwards again: the same ties."""
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    for unit in (world.it, world.arts1):
        DualRelation.objects.create(counselor=counselor, unit=unit, recorded_by=counselor, recorded_at=at)
    migrate("0001_initial")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM screening_dualrelation")
        assert cursor.fetchone() == (2,)
    assert not DualRelation.objects.exists()
    migrate("0002_dual_relations_live_in_network")
    assert set(DualRelation.objects.values_list("counselor", "unit")) == {
        (counselor.pk, world.it.pk),
        (counselor.pk, world.arts1.pk),
    }


def migrate(name: str) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([("screening", name)])
