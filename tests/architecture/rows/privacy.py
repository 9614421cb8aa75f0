"""Holds, requests about one's own data, and openings of what is sealed."""

from collections.abc import Iterator
from datetime import timedelta

from network.models import BreakGlass, DataRequest, LegalHold, User
from network.rules import Role
from network.rules.access_log import Sealed
from tests.architecture.rows.town import Row, Town, above, keys, kind


@kind("hold")
def hold_rows(town: Town, me: User | None) -> Iterator[Row]:
    by, ends_on = town.world.holder(Role.CENTER_DIRECTOR), town.at.date() + timedelta(days=30)
    for student in town.students():
        hold = LegalHold.objects.create(
            student=student, **keys(student), reason="town", placed_by=by, placed_at=town.at, ends_on=ends_on
        )
        yield Row(str(student.dorm), {"pk": hold.pk}, units=above(hold))


@kind("data request")
def data_request_rows(town: Town, me: User | None) -> Iterator[Row]:
    due_at = town.at + timedelta(days=15)
    for student in town.students():
        asked = DataRequest.objects.create(
            student=student, **keys(student), kind=DataRequest.Kind.CORRECTION, words="town", asked_by=student.user,
            asked_at=town.at, due_at=due_at,
        )  # fmt: skip
        yield Row(str(student.dorm), {"pk": asked.pk}, units=above(asked), shows=student.name)


@kind("sealed student")
def sealed_student_rows(town: Town, me: User | None) -> Iterator[Row]:
    for student in town.students():
        kwargs = {"pk": student.pk, "kind": Sealed.DORM_LINES.value}
        yield Row(str(student.dorm), kwargs, units=above(student))


@kind("glass opening")
def glass_opening_rows(town: Town, me: User | None) -> Iterator[Row]:
    """The director's, which falls to the school's leader; and the leader's own, which falls to nobody here."""
    world, student = town.world, town.world.students["own"][2]
    director, leader = world.holder(Role.CENTER_DIRECTOR), world.holder(Role.SCHOOL_LEADER)
    for by, owner in ((director, leader.pk), (leader, 0)):
        glass = BreakGlass.objects.create(
            student=student, **keys(student), kind=Sealed.DORM_LINES, reason="town", opened_by=by, opened_at=town.at,
            ends_at=town.at + timedelta(hours=1), review_role=Role.SCHOOL_LEADER,
            review_due_at=town.at + timedelta(days=3),
        )  # fmt: skip
        yield Row(f"opened by {by.name}", {"pk": glass.pk}, owner=owner, shows="town" if owner else "")
