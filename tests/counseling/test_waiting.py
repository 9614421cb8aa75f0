"""The waiting list: who is offered a freed time, until when, and what an answer does."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest

from counseling import tasks
from counseling.models import Booking, Counselor, Offer, Opening, Slot, WaitingEntry
from counseling.rules.kinds import Channel, EntryState, HoursUse, OfferState, OpeningState, Triage
from counseling.services.changes import cancel_booking, move_booking
from counseling.services.offers import accept_offer, decline_offer, offer_openings
from counseling.services.staff import WeeklyHours
from counseling.services.urgent import ask_for_today, call_key, record_call
from counseling.services.waiting import Wishes, join_waiting_list, place_in_line, resume_waiting
from kernel.models import Notice
from network.models import Duty, Student
from network.rules import Role
from network.services import appoint
from tests.conftest import World
from tests.counseling.centers import MONDAY, Center, book, clients, code_of, days, moment, overlaps

START = moment(MONDAY, 14)
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def wait(student: Student, *, at: datetime, **wishes: Any) -> WaitingEntry:
    return join_waiting_list(student=student, wishes=Wishes(**wishes), client_id=uuid4(), by=student.user, at=at)


def freed(student: Student, counselor: Counselor, *, at: datetime, start: datetime = START) -> Opening:
    """A booked time that its student gives back while others wait."""
    booking = book(student, counselor, start, at=at)
    cancel_booking(booking=booking, by=student.user, at=at)
    return Opening.objects.latest("made_at")


def offered(opening: Opening) -> list[Student]:
    offers = opening.offers.open().select_related("entry__student").order_by("made_at", "pk")
    return [offer.entry.student for offer in offers]


def test_a_freed_time_goes_to_the_first_in_line_and_no_passer_by_sees_it(
    center: Center, student: Student, others: list[Student], now: datetime, world: World
) -> None:
    regular, soon, passer_by = others
    wait(regular, at=now)
    wait(soon, at=now + MINUTE, triage=Triage.SOON)
    opening = freed(student, center.counselor, at=now + HOUR)
    assert opening.state == OpeningState.OPEN
    assert code_of(lambda: book(passer_by, center.counselor, START, at=now + HOUR)) == "taken"
    assert offer_openings(at=now + HOUR + 15 * SECOND) == 1
    assert offered(opening) == [soon]
    assert offer_openings(at=now + HOUR + 30 * SECOND) == 0
    assert Notice.objects.filter(recipient=soon.user, discreet=True, urgent=True).count() == 1
    booking = accept_offer(offer=opening.offers.get(), by=soon.user, at=now + 2 * HOUR)
    assert (booking.session.starts_at, booking.student) == (START, soon)
    assert accept_offer(offer=opening.offers.get(), by=soon.user, at=now + 9 * HOUR) == booking
    assert WaitingEntry.objects.get(student=soon).state == EntryState.SERVED
    assert Opening.objects.get().state == OpeningState.TAKEN
    assert Slot.objects.count() == 3
    assert overlaps() == []


def test_nobody_waits_so_the_time_is_free_at_once(center: Center, student: Student, now: datetime) -> None:
    opening = freed(student, center.counselor, at=now)
    assert (opening.state, Slot.objects.count()) == (OpeningState.RELEASED, 0)


def test_a_moment_too_late_the_place_is_kept_and_the_next_one_is_offered(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    first, second = others[:2]
    wait(first, at=now)
    wait(second, at=now + MINUTE)
    opening = freed(student, center.counselor, at=now + HOUR)
    offer_openings(at=now + HOUR)
    offer = Offer.objects.get()
    assert offer.held_until == now + 3 * HOUR
    assert code_of(lambda: accept_offer(offer=offer, by=first.user, at=offer.held_until + SECOND)) == "lapsed"
    assert WaitingEntry.objects.get(student=first).state == EntryState.WAITING
    offer_openings(at=offer.held_until)
    assert offered(opening) == [first]
    offer_openings(at=offer.held_until + SECOND)
    assert offered(opening) == [second]
    assert WaitingEntry.objects.get(student=first).lapses == 1


def test_the_night_does_not_count(center: Center, student: Student, others: list[Student], now: datetime) -> None:
    late = now.replace(hour=22, minute=40)
    wait(others[0], at=now)
    freed(student, center.counselor, at=late)
    offer_openings(at=late)
    assert Offer.objects.get().held_until == moment(now.date() + days(1), 10)
    at = moment(now.date() + days(1), 8, 30)
    assert code_of(lambda: accept_offer(offer=Offer.objects.get(), by=others[0].user, at=at)) == "done"


def test_whoever_is_tied_or_wishes_otherwise_is_passed_over_silently(
    center: Center, student: Student, now: datetime, world: World
) -> None:
    giver, morning, phone, last = clients(center, world.arts1, 4)
    adviser_of = world.students["far"][0]
    wait(adviser_of, at=now)
    wait(morning, at=now + MINUTE, parts=["1am"])
    wait(phone, at=now + MINUTE, channels=[Channel.PHONE])
    wait(last, at=now + 2 * MINUTE, parts=["1pm", "2pm"], counselor=center.counselor)
    appoint(holder=center.counselor.user, unit=world.it2, role=Role.CLASS_ADVISER, by=None, at=now)
    freed(giver, center.counselor, at=now + HOUR)
    offer_openings(at=now + HOUR)
    assert offered(Opening.objects.get()) == [last]
    assert WaitingEntry.objects.get(student=adviser_of).state == EntryState.WAITING
    assert not Notice.objects.filter(recipient=adviser_of.user).exists()


def test_what_somebody_gave_back_is_not_offered_to_them_again(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    wait(others[0], at=now)
    freed(student, center.counselor, at=now + HOUR)
    wait(student, at=now + HOUR, triage=Triage.SOON)
    offer_openings(at=now + HOUR)
    booking = accept_offer(offer=Offer.objects.get(), by=others[0].user, at=now + HOUR)
    wait(others[0], at=now + 2 * HOUR)
    cancel_booking(booking=booking, by=others[0].user, at=now + 2 * HOUR)
    offer_openings(at=now + 2 * HOUR)
    assert Offer.objects.open().count() == 0
    assert not Slot.objects.exists()


def test_declining_keeps_the_place_two_lapses_ask_and_three_pause(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    entry = wait(others[0], at=now)
    at = now
    for number in range(4):
        opening = freed(student, center.counselor, at=at, start=moment(MONDAY + days(number % 4), 10 + number // 4))
        offer_openings(at=at)
        offer = opening.offers.get()
        if number == 0:
            decline_offer(offer=offer, by=others[0].user, at=at)
            entry.refresh_from_db()
            assert (entry.state, entry.lapses) == (EntryState.WAITING, 0)
        at = max(at, offer.held_until) + SECOND
        offer_openings(at=at)
    entry.refresh_from_db()
    assert (entry.state, entry.lapses) == (EntryState.PAUSED, 3)
    titles = Notice.objects.filter(recipient=others[0].user).values_list("title", flat=True)
    assert sum(title.startswith("Two offers") for title in titles) == 1
    resume_waiting(entry=entry, by=others[0].user, at=at)
    entry.refresh_from_db()
    assert (entry.state, entry.since) == (EntryState.WAITING, now)


def test_at_short_notice_all_who_asked_for_it_hear_and_the_first_has_it(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    slow, quick, calm = others
    wait(slow, at=now, short_notice=True)
    wait(quick, at=now, short_notice=True)
    wait(calm, at=now)
    booking = book(student, center.counselor, START, at=now)
    near = START - 3 * HOUR
    cancel_booking(booking=booking, by=student.user, at=near)
    assert offer_openings(at=near) == 2
    assert {offer.to_many for offer in Offer.objects.all()} == {True}
    offers = {offer.entry.student_id: offer for offer in Offer.objects.select_related("entry")}
    accept_offer(offer=offers[quick.pk], by=quick.user, at=near + MINUTE)
    assert code_of(lambda: accept_offer(offer=offers[slow.pk], by=slow.user, at=near + MINUTE)) == "lapsed"
    entry = WaitingEntry.objects.get(student=slow)
    assert (entry.state, entry.lapses) == (EntryState.WAITING, 0)


def test_without_a_taker_the_time_is_released(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    wait(others[0], at=now, parts=["5eve"])
    opening = freed(student, center.counselor, at=now)
    offer_openings(at=now)
    opening.refresh_from_db()
    assert (opening.state, Slot.objects.count()) == (OpeningState.RELEASED, 0)
    assert code_of(lambda: book(others[1], center.counselor, START, at=now)) == "done"


def test_a_moved_booking_frees_its_old_time_for_the_list(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    wait(others[0], at=now)
    booking = book(student, center.counselor, START, at=now)
    move_booking(booking=booking, starts_at=START + days(1), by=student.user, at=now)
    offer_openings(at=now)
    opening = Opening.objects.get()
    assert (opening.starts_at, offered(opening)) == (START, [others[0]])
    assert overlaps() == []


def test_offers_answer_to_their_student_alone(
    center: Center, student: Student, others: list[Student], now: datetime
) -> None:
    wait(others[0], at=now)
    freed(student, center.counselor, at=now)
    offer_openings(at=now)
    offer = Offer.objects.get()
    for stranger in (others[1].user, center.director, center.counselor.user):
        assert code_of(lambda stranger=stranger: accept_offer(offer=offer, by=stranger, at=now)) == "not-yours"
        assert code_of(lambda stranger=stranger: decline_offer(offer=offer, by=stranger, at=now)) == "not-yours"


def test_the_task_offers_without_a_broker(
    center: Center, student: Student, others: list[Student], november: datetime
) -> None:
    wait(others[0], at=november)
    opening = freed(student, center.counselor, at=november)
    tasks.offer_openings()
    assert offered(opening) == [others[0]]


def test_the_place_is_told_as_a_range(center: Center, others: list[Student], now: datetime) -> None:
    entries = [wait(person, at=now + n * MINUTE) for n, person in enumerate(others)]
    assert [place_in_line(entry) for entry in entries] == [(1, 10)] * 3


def test_joining_twice_keeps_the_place_and_changes_the_wishes(center: Center, student: Student, now: datetime) -> None:
    first = wait(student, at=now)
    second = wait(student, at=now + HOUR, parts=["2am"])
    assert (first.pk, second.since, second.parts) == (second.pk, now, ["2am"])
    key = uuid4()
    asked: dict[str, Any] = {"student": student, "client_id": key, "by": student.user, "at": now}
    assert code_of(lambda: join_waiting_list(wishes=Wishes(parts=["9xx"]), **asked)) == "unknown-wish"


@pytest.mark.parametrize("hour", [9, 16])
def test_today_never_ends_in_no_slot(center: Center, student: Student, now: datetime, world: World, hour: int) -> None:
    urgent = [WeeklyHours(1, time(14), time(15), date(2026, 9, 1), use=HoursUse.URGENT)]
    center.add_counselor(hours=urgent)
    at = moment(MONDAY, hour)
    silent = world.students["away"][0]
    today = ask_for_today(student=silent, client_id=uuid4(), by=silent.user, at=at)
    if hour == 9:
        assert [row.starts_at.hour for row in today.times] == [14]
        return
    assert (today.times, today.call_until) == ([], at + 2 * HOUR)
    duty = Duty.objects.get(key=call_key(today.entry))
    assert (duty.unit, duty.due_at) == (center.school, at + 2 * HOUR)
    assert duty.owner == world.holder(Role.FULL_TIME_COUNSELOR)
    assert silent.name not in duty.text() + str(duty.params)
    again = ask_for_today(student=silent, client_id=uuid4(), by=silent.user, at=at + HOUR)
    assert again.call_until == at + 2 * HOUR
    record_call(entry=today.entry, by=duty.owner, at=at + HOUR)
    duty.refresh_from_db()
    assert duty.settled_at is not None


def test_booking_by_oneself_ends_the_wait(center: Center, student: Student, now: datetime) -> None:
    wait(student, at=now)
    book(student, center.counselor, START, at=now)
    assert WaitingEntry.objects.get().state == EntryState.SERVED
    assert Booking.objects.count() == 1
    assert Offer.objects.filter(state=OfferState.OPEN.value).count() == 0
