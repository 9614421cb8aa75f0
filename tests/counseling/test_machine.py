"""Whatever students, counselors and the clock do: no overlap, and no lost place."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from counseling.models import Booking, Closure, Offer, Opening, Session, Slot, WaitingEntry
from counseling.rules.kinds import BookingState, OpeningState, SessionState
from counseling.services.changes import cancel_booking, move_booking, move_key
from counseling.services.closures import close_days
from counseling.services.offers import accept_offer, decline_offer, offer_openings
from counseling.services.upkeep import keep_moves
from counseling.services.waiting import Wishes, join_waiting_list
from kernel.errors import Refused
from network.models import Duty, Student
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, clients, days, make_center, moment, overlaps
from tests.sizes import size

RUNS = size(quick=6, full=300)
STEPS = size(quick=20, full=50)
START = moment(MONDAY, 8)
HOURS = st.integers(9, 16)
DAYS = st.integers(0, 3)
WHO = st.integers(0, 3)


class Rollback(Exception):
    pass


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing stays."""
    try:
        with transaction.atomic():
            yield
            raise Rollback
    except Rollback:
        pass


class Weeks(RuleBasedStateMachine):
    """Two counselors, one room and four students. The center is given from outside."""

    center: Center
    students: list[Student]

    @initialize()
    def begin(self) -> None:
        self.undoing = undone()
        self.undoing.__enter__()
        self.at: datetime = START - timedelta(days=3)

    def teardown(self) -> None:
        self.undoing.__exit__(None, None, None)

    def try_to(self, act: Any) -> None:
        """Refusals are answers; whatever was refused has changed nothing, which the invariants see."""
        try:
            with transaction.atomic():
                act()
        except Refused:
            pass

    @rule(who=WHO, counselor=st.integers(0, 1), day=DAYS, hour=HOURS, minute=st.sampled_from([0, 15, 30]))
    def book(self, who: int, counselor: int, day: int, hour: int, minute: int) -> None:
        start = moment(MONDAY + days(day), hour, minute)
        self.try_to(lambda: book(self.students[who], self.center.counselors[counselor], start, at=self.at))

    @rule(place=st.integers(0, 9), counselor=st.integers(0, 1), day=DAYS, hour=HOURS)
    def move(self, place: int, counselor: int, day: int, hour: int) -> None:
        booking = self.pick(Booking.objects.booked(), place)
        if booking is not None:
            start = moment(MONDAY + days(day), hour)
            person = self.center.counselors[counselor]
            by = booking.student.user
            self.try_to(lambda: move_booking(booking=booking, starts_at=start, counselor=person, by=by, at=self.at))

    @rule(place=st.integers(0, 9), by_center=st.booleans())
    def cancel(self, place: int, by_center: bool) -> None:
        booking = self.pick(Booking.objects.booked(), place)
        if booking is not None:
            by = self.center.director if by_center else booking.student.user
            self.try_to(lambda: cancel_booking(booking=booking, by=by, at=self.at))

    @rule(counselor=st.integers(0, 1), day=DAYS, hour=HOURS)
    def close(self, counselor: int, day: int, hour: int) -> None:
        begins = moment(MONDAY + days(day), hour)
        span = {"starts_at": begins, "ends_at": begins + timedelta(hours=2)}
        person = self.center.counselors[counselor]
        school = self.center.school
        self.try_to(lambda: close_days(school=school, counselor=person, by=person.user, at=self.at, **span))

    @rule(who=WHO, short=st.booleans())
    def wait(self, who: int, short: bool) -> None:
        student = self.students[who]
        wishes = Wishes(short_notice=short)
        self.try_to(
            lambda: join_waiting_list(student=student, wishes=wishes, client_id=uuid4(), by=student.user, at=self.at)
        )

    @rule()
    def offer(self) -> None:
        offer_openings(at=self.at)

    @rule(place=st.integers(0, 9), accepts=st.booleans())
    def answer(self, place: int, accepts: bool) -> None:
        offer = self.pick(Offer.objects.all(), place)
        if offer is not None:
            act = accept_offer if accepts else decline_offer
            self.try_to(lambda: act(offer=offer, by=offer.entry.student.user, at=self.at))

    @rule(hours=st.sampled_from([1, 3, 12]))
    def pass_time(self, hours: int) -> None:
        self.at += timedelta(hours=hours)

    def pick(self, rows: Any, place: int) -> Any:
        found = list(rows.order_by("pk"))
        return found[place % len(found)] if found else None

    @invariant()
    def nothing_overlaps(self) -> None:
        if hasattr(self, "at"):
            assert overlaps() == []

    @invariant()
    def every_booking_has_its_time_and_nobody_else_has_any(self) -> None:
        if not hasattr(self, "at"):
            return
        for booking in Booking.objects.select_related("session"):
            session = booking.session
            owners = set(Slot.objects.filter(session=session).values_list("owner", flat=True))
            if booking.state == BookingState.BOOKED:
                assert owners == {session.counselor_id, session.room_id, booking.student_id}
                assert session.state == SessionState.PLANNED
            else:
                assert owners == set()
        assert not Slot.objects.filter(session=None).exclude(opening__state=OpeningState.OPEN.value).exists()
        for opening in Opening.objects.open():
            assert opening.slots.filter(owner=opening.counselor_id).exists()
        assert Slot.objects.exclude(session=None).count() == 3 * Booking.objects.booked().count()
        assert Session.objects.planned().count() == Booking.objects.booked().count()

    @invariant()
    def no_place_is_lost(self) -> None:
        if not hasattr(self, "at"):
            return
        for entry in WaitingEntry.objects.filter(ended_at=None):
            assert entry.state in ("waiting", "paused")
        served = WaitingEntry.objects.filter(state="served").values_list("student", flat=True)
        assert all(Booking.objects.filter(student=student).exists() for student in served)

    @invariant()
    def what_lies_in_a_closure_is_owed_a_move(self) -> None:
        if not hasattr(self, "at"):
            return
        for closure in Closure.objects.all():
            inside = Booking.objects.booked().filter(
                session__counselor=closure.counselor_id,
                session__starts_at__lt=closure.ends_at,
                session__ends_at__gt=closure.starts_at,
                session__starts_at__gt=self.at,
            )
            keys = [move_key(row) for row in inside]
            assert Duty.objects.unsettled().filter(key__in=keys).count() == len(keys)


@pytest.mark.django_db
def test_no_overlap_and_no_lost_place(world: World) -> None:
    center = make_center(world.school, world.holder(Role.CENTER_DIRECTOR), at=world.at, counselors=2, rooms=1)
    people = clients(center, world.it2, 4)

    class OfThisWorld(Weeks):
        pass

    OfThisWorld.center, OfThisWorld.students = center, people
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    run_state_machine_as_test(
        OfThisWorld,
        settings=settings(
            max_examples=RUNS, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks, database=None
        ),
    )
    assert keep_moves(at=START) >= 0
