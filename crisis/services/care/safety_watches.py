"""Safety watches: the roster, the hand-overs, the gaps and the warnings about them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis.models import Case, CaseEvent, SafetyWatch, WatchShift
from crisis.rules.dates import WATCH as WATCH_REACH
from crisis.rules.first_hours import FirstDuty
from crisis.rules.safety_watches import AHEAD, Gap, gaps, is_to_warn, next_gap
from crisis.services.cases.care_duties import WATCH, owe_care_duty
from crisis.services.cases.first_hours import settle_first
from crisis.services.cases.locking import lock, lock_to_manage
from crisis.services.cases.recipients import center_on_duty, holders_of
from crisis.services.cases.timeline import write_event
from crisis.services.dates import check_date
from crisis.services.scheduled import for_each
from kernel import audit, notices
from kernel.errors import Refused
from network.models import Duty, User
from network.rules import Role
from network.services import settle

LONGEST_TURN = timedelta(hours=24)
DUTY = gettext_noop("The safety watch of case %(number)s needs people")
SOON = gettext_noop("The watch in case %(number)s has too few people soon. Please open the portal.")
NOW = gettext_noop("The watch in case %(number)s has too few people now. Please open the portal.")


@dataclass(frozen=True)
class Turn:
    """Who is there from when to when: people of the portal, and others by name, "name phone"."""

    starts_at: datetime
    ends_at: datetime
    people: list[User] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


@transaction.atomic
def start_watch(*, case: Case, place: str, instructions: str, turn: Turn, by: User, at: datetime) -> SafetyWatch:
    """Begin a watch with its first turn. Refused for a closed case and while one goes on. Fewer than two people are
    accepted, because one is better than none: the page shows the gap, and the owner of the case owes the second."""
    case = lock_to_manage(case, by=by)
    if case.watches.filter(ended_at=None).exists():
        raise Refused(_("Somebody watches already. Add a turn there."), code="watch-goes-on")
    _check_turn(turn, at=at)
    watch = SafetyWatch.objects.create(
        case=case, place=place, instructions=instructions, starts_at=turn.starts_at, started_by=by
    )
    _add(watch, turn)
    _tell(case, watch, gettext_noop("Safety watch begun"), text=instructions, by=by, at=at)
    _renew(case, watch, at=at)
    settle_first(case=case, duty=FirstDuty.WATCH, at=at)
    audit.record(action="watch.start", by=by, at=at, obj=watch)
    return watch


@transaction.atomic
def add_turn(*, watch: SafetyWatch, turn: Turn, by: User, at: datetime) -> list[WatchShift]:
    """Put people on the roster. Refused when the watch has ended and for a turn that is over."""
    case, watch = _go_on(watch, by=by)
    _check_turn(turn, at=at)
    if turn.ends_at <= at:
        raise Refused(_("This turn is over already. Write into the story who was there."), code="turn-over")
    added = _add(watch, turn)
    _renew(case, watch, at=at)
    audit.record(action="watch.shift", by=by, at=at, obj=watch, detail={"people": len(added)})
    return added


@transaction.atomic
def hand_over(*, shift: WatchShift, handover: str, by: User, at: datetime) -> WatchShift:
    """Somebody's turn ends with what the next one must know. Refused twice and before the turn has begun."""
    case, watch = _go_on(shift.watch, by=by)
    shift = WatchShift.objects.select_for_update(of=("self",)).get(pk=shift.pk)
    if shift.handed_over_at is not None:
        raise Refused(_("This turn is handed over already."), code="handed-over")
    if shift.starts_at > at:
        raise Refused(_("This turn has not begun. Take it off the roster instead."), code="not-begun")
    shift.handover, shift.handed_over_at = handover, at
    shift.save(update_fields=["handover", "handed_over_at"])
    title = gettext_noop("%(name)s hands over the watch")
    _tell(case, watch, title, params={"name": shift.who}, text=handover, by=by, at=at)
    _renew(case, watch, at=at)
    audit.record(action="watch.hand_over", by=by, at=at, obj=watch)
    return shift


@transaction.atomic
def cancel_turn(*, shift: WatchShift, by: User, at: datetime) -> None:
    """Take a turn off the roster that has not begun; one that has begun is handed over."""
    case, watch = _go_on(shift.watch, by=by)
    if shift.starts_at <= at:
        raise Refused(_("This turn has begun. Hand it over instead."), code="begun")
    title, params = gettext_noop("%(name)s is taken off the watch"), {"name": shift.who}
    shift.delete()
    _tell(case, watch, title, params=params, by=by, at=at)
    _renew(case, watch, at=at)
    audit.record(action="watch.cancel", by=by, at=at, obj=watch)


@transaction.atomic
def end_watch(*, watch: SafetyWatch, handed_to: str, by: User, at: datetime) -> SafetyWatch:
    """The watch ends when the student was handed over to family or hospital, also in a case that was closed."""
    case, watch = _go_on(watch, by=by)
    watch.ended_at, watch.ended_by, watch.handed_to = max(at, watch.starts_at), by, handed_to
    watch.save(update_fields=["ended_at", "ended_by", "handed_to"])
    settle(keys=[_key(watch)], at=at)
    _tell(case, watch, gettext_noop("Safety watch ended, handed over"), text=handed_to, by=by, at=at)
    audit.record(action="watch.end", by=by, at=at, obj=watch)
    return watch


def gaps_of(watch: SafetyWatch, *, at: datetime) -> list[Gap]:
    """The gaps from the beginning of the watch to a day ahead, or to its end."""
    spans = [shift.span for shift in watch.shifts.all()]
    until = watch.ended_at or max(at, watch.starts_at) + AHEAD
    return gaps(spans, since=watch.starts_at, until=until, least=watch.least)


def warn_of_gaps(*, at: datetime) -> int:
    """Tell of gaps before they begin, once, and again when they have begun; returns how many watches have one near.
    The row of the case is locked, so that parallel workers warn once."""
    rows = list(SafetyWatch.objects.filter(ended_at=None).order_by("pk").values_list("pk", "case"))
    return for_each(rows, lambda row: _warn_if_near(*row, at=at), task="warn_of_watch_gaps", at=at)


def _warn_if_near(pk: UUID, case: UUID, *, at: datetime) -> int:
    held = lock(Case(pk=case))
    return int(_warn(held, SafetyWatch.objects.prefetch_related("shifts__person").get(pk=pk), at=at))


def _warn(case: Case, watch: SafetyWatch, *, at: datetime) -> bool:
    gap = _next(watch, at)
    if not Duty.objects.unsettled().filter(key=_key(watch), due_at=gap.starts).exists():
        _renew(case, watch, at=at)
    if watch.ended_at is not None or not is_to_warn(gap, at):
        return False
    begun = gap.starts <= at
    present = [shift.person for shift in watch.shifts.all() if shift.span[0] <= at < shift.span[1]]
    people = [case.owner, case.deputy, *present]
    if begun:
        people += center_on_duty(case.school_id, at)
        people += holders_of(roles=[Role.CENTER_DIRECTOR], units=[case.school_id], at=at)
    notices.post(
        to=[person for person in people if person is not None and person.is_active],
        kind="watch",
        title=NOW if begun else SOON,
        params={"number": case.number},
        link=_link(case, watch),
        at=at,
        key=f"{_key(watch)}:{gap.starts:%m%d%H%M}:{'now' if begun else 'soon'}",
        urgent=True,
    )
    return True


def _go_on(watch: SafetyWatch, *, by: User) -> tuple[Case, SafetyWatch]:
    case = lock_to_manage(watch.case, by=by, even_closed=True)
    watch = SafetyWatch.objects.select_for_update(of=("self",)).get(pk=watch.pk)
    if watch.ended_at is not None:
        raise Refused(_("This watch has ended. Begin another one if it is needed."), code="watch-ended")
    return case, watch


def _check_turn(turn: Turn, *, at: datetime) -> None:
    check_date(turn.starts_at, WATCH_REACH, at=at)
    if not timedelta(0) < turn.ends_at - turn.starts_at <= LONGEST_TURN:
        raise Refused(_("A turn ends after it begins, and lasts a day at most."), code="length")


def _add(watch: SafetyWatch, turn: Turn) -> list[WatchShift]:
    when = {"watch": watch, "starts_at": turn.starts_at, "ends_at": turn.ends_at}
    there = watch.shifts.filter(handed_over_at=None, starts_at__lt=turn.ends_at, ends_at__gt=turn.starts_at)
    twice = there.filter(person__in=turn.people).select_related("person").first()
    if twice is not None:
        # One person counts once; a second entry would hide a gap.
        raise Refused(_("%(name)s is on the roster at that time already.") % {"name": twice.who}, code="twice")
    shifts = [WatchShift(person=person, **when) for person in turn.people]
    for line in turn.others:
        name, _space, phone = line.partition(" ")
        shifts.append(WatchShift(name=name[:40], phone=phone.strip()[:30], **when))
    if not shifts:
        raise Refused(_("Name the people who are there, if possible two."), code="nobody")
    return WatchShift.objects.bulk_create(shifts)


def _next(watch: SafetyWatch, at: datetime) -> Gap:
    spans = [shift.span for shift in watch.shifts.all()]
    return next_gap(spans, since=watch.starts_at, at=at, least=watch.least)


def _renew(case: Case, watch: SafetyWatch, *, at: datetime) -> None:
    due_at = _next(watch, at).starts
    owe_care_duty(case=case, kind=WATCH, key=_key(watch), title=DUTY, link=_link(case, watch), due_at=due_at, at=at)


def _key(watch: SafetyWatch) -> str:
    return f"watch:{watch.pk}"


def _link(case: Case, watch: SafetyWatch) -> str:
    return f"/cases/{case.pk}/watch/{watch.pk}/"


def _tell(case: Case, watch: SafetyWatch, title: str, **details: Any) -> None:
    write_event(case=case, kind=CaseEvent.Kind.WATCH, title=title, link=_link(case, watch), **details)
