"""A plan is written: steps are added and taken away, until it is confirmed or discarded."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network import policies
from network.models import Rollover, RolloverStep, Unit, User
from network.models.bounds import FIRST_DAY, LAST_DAY
from network.rules.rollover_plans import MOST_STEPS, Bad, Problem, StepKind, check_date, clean, read_day, read_step
from network.services.rollover.wording import message

State = Rollover.State
PLAN_KEYS = frozenset({"school", "title", "effective_on", "in_open_month", "steps"})
LONGEST_TITLE = 80


def check_by(by: User, school: Unit) -> None:
    """Refused when `by` may not write the roster of the school."""
    if not policies.may_import_roster(by, school):
        raise Refused(_("You may not import rosters at this school."), code="may-not-import")


@transaction.atomic
def create_rollover(*, school: Unit, title: str, effective_on: date, by: User | None, at: datetime) -> Rollover:
    """A new plan without steps. Refused for a day in the past or too far ahead."""
    if by is not None:
        check_by(by, school)
    _check_day(effective_on, at)
    rollover = Rollover.objects.create(
        school=school, title=clean(title)[:LONGEST_TITLE], effective_on=effective_on, created_by=by, created_at=at
    )
    audit.record(action="rollover.plan", by=by, at=at, obj=rollover, unit=school.code)
    return rollover


@transaction.atomic
def change_plan(
    *, rollover: Rollover, title: str, effective_on: date, in_open_month: bool, by: User, at: datetime
) -> Rollover:
    """Another name, day or way with an open month. Refused as creating it is, and once it is confirmed."""
    row = _planned(rollover, by)
    _check_day(effective_on, at)
    row.title, row.effective_on, row.in_open_month = clean(title)[:LONGEST_TITLE], effective_on, in_open_month
    row.save(update_fields=["title", "effective_on", "in_open_month"])
    audit.record(action="rollover.plan", by=by, at=at, obj=row, unit=row.school.code)
    return row


@transaction.atomic
def add_step(
    *, rollover: Rollover, kind: StepKind, params: Mapping[str, Any], by: User | None, at: datetime
) -> RolloverStep:
    """Put a step at the end of the plan. Refused when it cannot be read; whether the school allows it, the page of the
    plan says."""
    row = _planned(rollover, by)
    try:
        read_step(kind, params, localdate(at))
    except Bad as bad:
        raise Refused(message(Problem(bad.code, 0, bad.row, bad.value)), code=bad.code.value) from None
    last = row.steps.order_by("-position").first()
    if row.steps.count() >= MOST_STEPS:
        raise Refused(
            _("A plan takes up to %(n)d steps. Begin another one.") % {"n": MOST_STEPS}, code="too-many-steps"
        )
    step = RolloverStep.objects.create(
        rollover=row,
        position=last.position + 1 if last else 1,
        kind=kind.value,
        params=json.dumps(params, ensure_ascii=False),
        listed=_listed(params),
    )
    audit.record(action="rollover.plan", by=by, at=at, obj=row, unit=row.school.code, detail={"added": kind.value})
    return step


def _listed(params: Mapping[str, Any]) -> int:
    parts = params.get("into")
    lists = [part.get("students", []) for part in parts] if isinstance(parts, list) else [params.get("students", [])]
    return sum(len(entries) for entries in lists if isinstance(entries, list))


@transaction.atomic
def drop_step(*, rollover: Rollover, step: RolloverStep, by: User, at: datetime) -> None:
    """Take a step out of the plan."""
    row = _planned(rollover, by)
    row.steps.filter(pk=step.pk).delete()
    audit.record(action="rollover.plan", by=by, at=at, obj=row, unit=row.school.code, detail={"dropped": step.kind})


@transaction.atomic
def discard_rollover(*, rollover: Rollover, by: User, at: datetime) -> None:
    """Forget a plan that is not to be applied, with its lists."""
    check_by(by, rollover.school)
    row = locked(rollover.pk)
    if row.state not in (State.PLANNED, State.SCHEDULED):
        return
    row.steps.filter(listed__gt=0).update(params="")
    row.state, row.difference = State.DISCARDED, ""
    row.save(update_fields=["state", "difference"])
    audit.record(action="rollover.discard", by=by, at=at, obj=row, unit=row.school.code)


@transaction.atomic
def load_plan(*, school: Unit, content: object, by: User | None, at: datetime) -> Rollover:
    """A plan from its documented JSON form. Its steps are kept as they are: what is wrong with them, comparing tells.
    Refused when it is no plan at all."""
    if not isinstance(content, dict) or not isinstance(content.get("steps"), list) or set(content) - PLAN_KEYS:
        raise Refused(_("This is not a plan. Take its form from the guide."), code="plan-malformed")
    day = read_day(content.get("effective_on"))
    if day is None or not FIRST_DAY <= day <= LAST_DAY:
        raise Refused(_("“effective_on” is not a day. Write it as 2026-07-01."), code="date-impossible")
    title = content.get("title", "")
    rollover = Rollover.objects.create(
        school=school,
        title=clean(title)[:LONGEST_TITLE] if isinstance(title, str) else "",
        effective_on=day,
        in_open_month=content.get("in_open_month") is True,
        created_by=by,
        created_at=at,
    )
    RolloverStep.objects.bulk_create(_steps(rollover, content["steps"]))
    audit.record(action="rollover.plan", by=by, at=at, obj=rollover, unit=school.code)
    return rollover


def _steps(rollover: Rollover, steps: Sequence[object]) -> list[RolloverStep]:
    rows = []
    for position, step in enumerate(steps[: MOST_STEPS + 1], start=1):
        params = dict(step) if isinstance(step, dict) else {"": step}
        kind = str(params.pop("kind", ""))[:10]
        content = json.dumps(params, ensure_ascii=False)
        rows.append(
            RolloverStep(rollover=rollover, position=position, kind=kind, params=content, listed=_listed(params))
        )
    return rows


def locked(pk: Any) -> Rollover:
    """The plan, kept from others until the transaction ends."""
    row: Rollover = Rollover.objects.select_for_update(of=("self",)).select_related("school").get(pk=pk)
    return row


def _planned(rollover: Rollover, by: User | None) -> Rollover:
    if by is not None:
        check_by(by, rollover.school)
    row = locked(rollover.pk)
    if row.state != State.PLANNED:
        raise Refused(_("This plan is confirmed already. Take the confirmation back to change it."), code="not-planned")
    return row


def _check_day(day: date, at: datetime) -> None:
    for problem in check_date(day, localdate(at)):
        raise Refused(message(problem), code=problem.code.value)
