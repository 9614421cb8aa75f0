"""Races over threads, each with a connection of its own. Small in `make test`, whole in `make soak`."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError

from counseling.models import Booking, Offer, Opening, Session, Slot, WaitingEntry
from counseling.rules.kinds import OfferState, OpeningState
from counseling.services.changes import cancel_booking, move_booking
from counseling.services.closures import close_days
from counseling.services.offers import accept_offer, offer_openings
from counseling.services.waiting import Wishes, join_waiting_list
from network.models import Duty, Student
from network.rules import Role
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, clients, days, make_center, moment, overlaps, race
from tests.sizes import size

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("faults"),
    # Without a broker a freed time is offered by the clock, in the very request that frees it.
    pytest.mark.usefixtures("november"),
]

START = moment(MONDAY, 14)
SECOND = timedelta(seconds=1)
ROUNDS = size(quick=2, full=20)
CLIENTS = size(quick=10, full=50)
RACES = size(quick=6, full=300)


@pytest.fixture
def center(world: World) -> Center:
    """Six counselors and six rooms: not all can be booked at once by few clients."""
    return make_center(world.school, world.holder(Role.CENTER_DIRECTOR), at=world.at, counselors=6, rooms=6)


def booking(student: Student, center: Center, n: int, start: datetime, at: datetime) -> Callable[[], Any]:
    return lambda: book(student, center.counselors[n], start, at=at)


def test_one_time_of_one_counselor_has_one_winner(center: Center, world: World, now: datetime) -> None:
    people = clients(center, world.it2, CLIENTS)
    for n in range(ROUNDS):
        start = START + days(n)
        codes = Counter(race([booking(person, center, 0, start, now) for person in people]))
        assert codes == {"done": 1, "taken": CLIENTS - 1}
    assert (Booking.objects.count(), Slot.objects.count()) == (ROUNDS, 3 * ROUNDS)
    assert overlaps() == []


def test_six_counselors_and_six_rooms_are_all_booked_in_one_hour(center: Center, world: World, now: datetime) -> None:
    people = clients(center, world.it2, max(CLIENTS, 12))
    for n in range(ROUNDS):
        start = START + days(n)
        race([booking(person, center, i % 6, start, now) for i, person in enumerate(people)])
        assert Session.objects.filter(starts_at=start).count() == 6
    assert overlaps() == []


def test_six_counselors_and_five_rooms_book_five(center: Center, world: World, now: datetime) -> None:
    room = center.rooms[-1]
    room.is_open = False
    room.save()
    people = clients(center, world.it2, 6)
    codes = Counter(race([booking(person, center, i, START, now) for i, person in enumerate(people)]))
    assert codes == {"done": 5, "no-room": 1}


def test_a_double_click_is_one_booking(center: Center, world: World, now: datetime) -> None:
    (student,) = clients(center, world.it2, 1)
    key = uuid4()
    twice: list[Callable[[], Any]] = [lambda: book(student, center.counselor, START, client_id=key, at=now)] * 2
    assert race(twice) == ["done", "done"]
    assert Booking.objects.count() == 1
    two = [booking(student, center, n, START + days(1), now) for n in (1, 2)]
    assert Counter(race(two)) == {"done": 1, "own-time": 1}


def test_no_booking_slips_unseen_into_a_day_off(center: Center, world: World, now: datetime) -> None:
    people = clients(center, world.it2, RACES)
    unseen = 0
    for n, person in enumerate(people):
        counselor = center.counselors[n % 6]
        start = START + days(n // 6 % 4) - timedelta(hours=n // 24 % 5)
        hit: list[Booking] = []

        def close(counselor: Any = counselor, start: datetime = start, hit: list[Booking] = hit) -> None:
            span = {"starts_at": start, "ends_at": start + timedelta(minutes=50)}
            hit += close_days(school=center.school, counselor=counselor, by=center.director, at=now, **span)[1]

        race([booking(person, center, n % 6, start, now), close])
        booked = Booking.objects.booked().filter(student=person)
        unseen += booked.count() - len(hit)
    assert unseen == 0
    assert Duty.objects.filter(kind="counseling.move").count() == Booking.objects.booked().count()


def test_moves_that_swap_lose_no_place(center: Center, world: World, now: datetime) -> None:
    one, other = clients(center, world.it2, 2)
    for n in range(max(2, RACES // 10)):
        first = book(one, center.counselors[0], START + days(n % 4), at=now)
        second = book(other, center.counselors[1], START + days(n % 4), at=now)

        def move(what: Booking, to: int) -> Callable[[], Any]:
            return lambda: move_booking(
                booking=what,
                starts_at=what.session.starts_at,
                counselor=center.counselors[to],
                by=what.student.user,
                at=now,
            )

        codes = race([move(first, 1), move(second, 0)])
        assert set(codes) <= {"done", "taken"}
        assert Booking.objects.booked().count() == 2
        assert Slot.objects.count() == 6
        assert overlaps() == []
        for row in (first, second):
            cancel_booking(booking=Booking.objects.get(pk=row.pk), by=row.student.user, at=now)
        Booking.objects.all().delete()


def test_an_answer_and_a_lapse_agree(center: Center, world: World, now: datetime) -> None:
    giver, waiting = clients(center, world.it2, 2)
    for n in range(max(3, RACES // 10)):
        join_waiting_list(student=waiting, wishes=Wishes(), client_id=uuid4(), by=waiting.user, at=now)
        row = book(giver, center.counselors[n % 6], START + days(n // 6 % 4), at=now)
        cancel_booking(booking=row, by=giver.user, at=now)
        offer_openings(at=now)
        offer = Offer.objects.get()
        late = offer.held_until + (SECOND if n % 2 else timedelta())
        # The worker's clock may be a moment ahead of the student's.
        codes = race(
            [
                lambda offer=offer, late=late: accept_offer(offer=offer, by=waiting.user, at=late),
                lambda offer=offer: offer_openings(at=offer.held_until + SECOND),
            ]
        )
        # A worker that met the answer leaves the opening to the next one.
        offer_openings(at=offer.held_until + SECOND)
        offer.refresh_from_db()
        opening = Opening.objects.get()
        accepted = offer.state == OfferState.ACCEPTED
        assert codes[0] == ("done" if accepted else "lapsed")
        assert opening.state == (OpeningState.TAKEN if accepted else OpeningState.RELEASED)
        assert Slot.objects.count() == (3 if accepted else 0)
        assert Booking.objects.booked().count() == int(accepted)
        for model in (Booking, Session, Opening, WaitingEntry):
            model.objects.all().delete()


def test_many_workers_offer_each_time_once(center: Center, world: World, now: datetime) -> None:
    givers, waiting = clients(center, world.it2, 4), clients(center, world.it1, 8)
    for n, person in enumerate(waiting):
        at = now + n * SECOND
        join_waiting_list(student=person, wishes=Wishes(), client_id=uuid4(), by=person.user, at=at)
    for n, person in enumerate(givers):
        row = book(person, center.counselors[n], START, at=now)
        cancel_booking(booking=row, by=person.user, at=now)
    Offer.objects.all().delete()
    race([lambda: offer_openings(at=now + timedelta(minutes=1))] * 3)
    offer_openings(at=now + timedelta(minutes=1))
    served = set(Offer.objects.open().values_list("entry__student", flat=True))
    assert served == {person.pk for person in waiting[:4]}


def test_the_database_refuses_what_a_service_forgot(center: Center, world: World, now: datetime) -> None:
    (student,) = clients(center, world.it2, 1)
    row = book(student, center.counselor, START, at=now)
    slot = Slot.objects.filter(rank=1).get()
    with pytest.raises(IntegrityError):
        Slot.objects.create(
            session=row.session, owner=slot.owner, rank=1, starts_at=slot.starts_at, ends_at=slot.ends_at
        )
