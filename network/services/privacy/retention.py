"""Data is deleted when its time is over: planned, confirmed, then night by night in batches that survive a crash."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel import audit, personal_data
from kernel.errors import Refused
from kernel.personal_data import DataCategory
from network import policies
from network.models import LegalHold, RetentionPeriod, RetentionRun, Student, Unit, User
from network.models.base import keys_of
from network.rules.retention import in_force, months_before

BATCH = 500


@dataclass(frozen=True)
class KindState:
    """A kind of data in one school: `months` as chosen, `confirmed` as somebody saw its plan."""

    category: DataCategory
    months: int
    confirmed: int | None

    @property
    def in_force(self) -> int | None:
        """The months by which it is deleted now; None while nothing is."""
        return in_force(self.months, self.confirmed)

    @property
    def waits(self) -> bool:
        """Whether the chosen period needs somebody to confirm its plan."""
        return self.in_force != self.months


@dataclass(frozen=True)
class Planned:
    """What a period would delete now: everything older than `before`."""

    state: KindState
    before: datetime
    count: int


def kind_states(school: Unit) -> list[KindState]:
    """Each kind that has a period, as the school keeps it."""
    chosen = {row.kind: row for row in RetentionPeriod.objects.filter(school=school)}
    return [_state(category, chosen.get(category.name)) for category in personal_data.expiring()]


def _state(category: DataCategory, row: RetentionPeriod | None) -> KindState:
    assert category.period is not None
    if row is None:
        return KindState(category, category.period.months, None)
    return KindState(category, row.months, row.confirmed)


def plan(*, school: Unit, at: datetime) -> list[Planned]:
    """The dry run: how many rows of each kind the chosen periods would delete now. Deletes nothing."""
    return [_planned(school, state, at) for state in kind_states(school)]


def _planned(school: Unit, state: KindState, at: datetime) -> Planned:
    before = months_before(at, state.months)
    return Planned(state, before, _due(school, state.category, before, at).count())


def fingerprint(states: Iterable[KindState]) -> str:
    """Names the periods of a plan, so that what is confirmed is what was shown."""
    text = ";".join(f"{state.category.name}={state.months}" for state in states)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def held_students(school: Unit, at: datetime) -> QuerySet[Any]:
    """Of whom nothing may be deleted now: a legal hold, or a reason of an app such as an open alarm."""
    held = Q(pk__in=LegalHold.objects.in_force(at).filter(school=school).values("student"))
    for reason in personal_data.reasons():
        held |= Q(pk__in=reason.persons(school.pk, at))
    return Student.objects.filter(held, school=school).order_by().values("pk")


def _due(school: Unit, category: DataCategory, before: datetime, at: datetime) -> QuerySet[Any]:
    assert category.due is not None
    return category.due(school.pk, before, held_students(school, at))


@transaction.atomic
def set_period(*, school: Unit, kind: str, months: int, by: User, at: datetime) -> RetentionPeriod:
    """Choose how many months a kind is kept. Refused without the right, for an unknown kind, and outside the limits."""
    _check(by, school)
    category = personal_data.find(kind)
    if category is None or category.period is None:
        raise Refused(_("There is no such kind of data."), code="no-such-kind")
    limits = category.period
    if not limits.least <= months <= limits.most:
        message = _("Choose between %(least)s and %(most)s months.") % {"least": limits.least, "most": limits.most}
        raise Refused(message, code="period-out-of-limits")
    Unit.objects.select_for_update(of=("self",)).get(pk=school.pk)
    row = RetentionPeriod.objects.filter(school=school, kind=kind).first()
    before = _state(category, row)
    row = row or RetentionPeriod(school=school, kind=kind)
    row.months, row.set_by, row.set_at = months, by, at
    row.confirmed = in_force(months, before.confirmed)
    row.save()
    detail = {"kind": kind, "from": before.months, "to": months}
    audit.record(action="retention.set", by=by, at=at, obj=school, unit=school.code, detail=detail)
    return row


@transaction.atomic
def confirm_plan(*, school: Unit, seen: str, by: User, at: datetime) -> list[Planned]:
    """Let the chosen periods be applied from the next night on. `seen`: the fingerprint of the plan that was shown.
    Refused without the right, and when periods have changed since."""
    _check(by, school)
    Unit.objects.select_for_update(of=("self",)).get(pk=school.pk)
    shown = plan(school=school, at=at)
    if fingerprint(planned.state for planned in shown) != seen:
        raise Refused(_("The periods have changed meanwhile. Please look at the plan again."), code="plan-has-changed")
    for planned in shown:
        RetentionPeriod.objects.update_or_create(
            school=school,
            kind=planned.state.category.name,
            defaults={"months": planned.state.months, "confirmed": planned.state.months, "set_by": by, "set_at": at},
        )
    detail = {planned.state.category.name: f"{planned.state.months} months, {planned.count} rows" for planned in shown}
    audit.record(action="retention.confirm", by=by, at=at, obj=school, unit=school.code, detail=detail)
    return shown


def apply_retention(*, school: Unit, by: User | None, at: datetime) -> RetentionRun:
    """Delete what is due by the confirmed periods, in batches of their own transactions. A run that broke off is
    gone on with; the run and its counts are on record."""
    run = _open_run(school, by=by, at=at)
    for state in kind_states(school):
        if state.in_force is not None:
            _apply(run, school, state, at)
    return _finish(run, school, by=by, at=at)


@transaction.atomic
def _open_run(school: Unit, *, by: User | None, at: datetime) -> RetentionRun:
    Unit.objects.select_for_update(of=("self",)).get(pk=school.pk)
    run: RetentionRun = RetentionRun.objects.get_or_create(
        school=school, finished_at=None, defaults={"by": by, "started_at": at}
    )[0]
    return run


def _apply(run: RetentionRun, school: Unit, state: KindState, at: datetime) -> None:
    assert state.in_force is not None
    before = months_before(at, state.in_force)
    # From key to key, so that no batch looks again at what the batches before it have emptied.
    last = None
    while keys := _apply_batch(run, school, state.category, before, at, last):
        last = keys[-1]


@transaction.atomic
def _apply_batch(
    run: RetentionRun, school: Unit, category: DataCategory, before: datetime, at: datetime, last: Any
) -> list[Any]:
    assert category.expire is not None
    locked = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    # Another worker may have ended the run meanwhile.
    if locked.finished_at is not None:
        return []
    rows = _due(school, category, before, at)
    if last is not None:
        rows = rows.filter(pk__gt=last)
    keys = list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])
    if keys:
        category.expire(rows.model._base_manager.filter(pk__in=keys))
        locked.counts[category.name] = locked.counts.get(category.name, 0) + len(keys)
        locked.save(update_fields=["counts"])
    return keys


@transaction.atomic
def _finish(run: RetentionRun, school: Unit, *, by: User | None, at: datetime) -> RetentionRun:
    locked: RetentionRun = RetentionRun.objects.select_for_update(of=("self",)).get(pk=run.pk)
    if locked.finished_at is None:
        locked.finished_at = at
        locked.save(update_fields=["finished_at"])
        detail = {"rows": locked.total, **locked.counts}
        audit.record(action="retention.apply", by=by, at=at, obj=locked, unit=school.code, detail=detail)
    return locked


@transaction.atomic
def place_hold(
    *, student: Student, reason: str, ends_on: date, by: User, at: datetime, case_number: str = ""
) -> LegalHold:
    """Have nothing of a student deleted until a day. Refused without the right, or when the day is not ahead."""
    if not policies.may_decide_erasure(by, student):
        raise Refused(_("You may not place a legal hold."), code="may-not-hold")
    if ends_on <= localdate(at):
        raise Refused(_("This day is not ahead. Choose a later one."), code="day-not-ahead")
    held = LegalHold.objects.create(
        student=student,
        **keys_of(student),
        case_number=case_number,
        reason=reason,
        ends_on=ends_on,
        placed_by=by,
        placed_at=at,
    )
    detail = {"student": str(student.pk), "until": ends_on, "case": case_number}
    audit.record(action="hold.place", by=by, at=at, obj=held, unit=student.school_class.code, detail=detail)
    return held


@transaction.atomic
def lift_hold(*, hold: LegalHold, by: User, at: datetime) -> LegalHold:
    """End a hold before its day; lifting it twice changes nothing. Refused without the right."""
    locked: LegalHold = LegalHold.objects.select_for_update(of=("self",)).get(pk=hold.pk)
    if not policies.may_decide_erasure(by, locked.student):
        raise Refused(_("You may not lift this hold."), code="may-not-hold")
    if locked.lifted_at is None:
        locked.lifted_by, locked.lifted_at = by, at
        locked.save(update_fields=["lifted_by", "lifted_at"])
        audit.record(action="hold.lift", by=by, at=at, obj=locked, detail={"student": str(locked.student_id)})
    return locked


def _check(by: User, school: Unit) -> None:
    if not policies.may_manage_retention(by, school):
        raise Refused(_("You may not decide how long data is kept."), code="may-not-manage-retention")
