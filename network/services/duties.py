"""Duties are owed and settled; reminders go out before, on and after the due day, then to those above."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import notices
from kernel.errors import Refused
from network.models import Duty, Post, Unit, User
from network.models.bounds import FIRST_MOMENT, LAST_MOMENT
from network.models.duties import DutyQuerySet
from network.rules import Level, Role, Stage, chain_above, stage_at
from network.services.terms import exceptions_of

BATCH = 500
LONGEST_HOLIDAY = timedelta(days=15)
# How far back of today the working day before an open due time is looked for.
PLANNED_BACK = timedelta(days=90)
# The third reminder goes out the day after the due day, at nine; the task runs every ten minutes.
REMINDED_WITHIN = timedelta(days=2)

logger = logging.getLogger(__name__)

REMINDER_TITLES = {
    Stage.BEFORE: gettext_noop("Due soon: %(what)s"),
    Stage.DUE_DAY: gettext_noop("Due today: %(what)s"),
    Stage.OVERDUE: gettext_noop("Overdue, still possible: %(what)s"),
}
ESCALATION_TITLE = gettext_noop("%(count)s overdue in your care: %(what)s and others. A word from you may help.")


class Owed(NamedTuple):
    """What `owe` writes down: a role at a unit, or one person, owes something by a time; with `post` the person owes it
    until that post ends, and the role from then on."""

    kind: str
    key: str
    unit: Unit
    title: str
    params: Mapping[str, str]
    link: str
    due_at: datetime
    role: str = ""
    owner: User | None = None
    post: Post | None = None


def vacancy_key(unit_id: int, role: Role) -> str:
    """The key of the duty to find somebody for a post."""
    return f"vacancy:{unit_id}:{role}"


def owe(*, duties: Iterable[Owed]) -> None:
    """Write duties down; a key that is there already gets the new due time and keeps the rest. Refused for a due time
    outside of all reach."""
    rows = [Duty(**duty._asdict()) for duty in duties]
    if not all(FIRST_MOMENT <= row.due_at <= LAST_MOMENT for row in rows):
        raise Refused(_("Choose a time between the years 2000 and 2099."), code="out-of-reach")
    with transaction.atomic(savepoint=False):
        Duty.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["due_at", "title", "params", "link"],
        )


def settle(*, keys: Iterable[str], at: datetime) -> int:
    """Mark duties as done; from then on nobody is reminded. Returns how many were open."""
    return Duty.objects.unsettled().filter(key__in=list(keys)).update(settled_at=at)


def reopen(*, keys: Iterable[str]) -> int:
    """What was settled is owed again, from its old due time on."""
    return Duty.objects.filter(key__in=list(keys)).exclude(settled_at=None).update(settled_at=None)


def withdraw(*, keys: Iterable[str]) -> int:
    """Duties that nobody owes any more."""
    return Duty.objects.filter(key__in=list(keys)).delete()[0]


class RemindersFailed(Exception):
    """Some reminders could not be sent; all others were."""


def remind(*, at: datetime, exceptions: Mapping[date, bool] | None = None) -> int:
    """Send each reminder that has come due, once; returns how many people were told. Each school and each row stands
    for itself: what fails is logged, all others are reminded, and at the end RemindersFailed is raised. `exceptions`:
    day → works, instead of the school's planned dates."""
    open_duties = _to_remind(at)
    schools = Unit.objects.schools().filter(Q(duties__in=open_duties) | Q(pk__in=open_duties.values("unit__school")))
    recipients, failed = 0, 0
    for school in schools.order_by("pk").distinct():
        try:
            with transaction.atomic():
                days = _planned_days(school, at) if exceptions is None else exceptions
                done, bad_rows = _remind_school(school, at=at, exceptions=days)
            recipients, failed = recipients + done, failed + bad_rows
        except Exception:  # the other schools are reminded whatever is wrong with this one
            logger.exception("reminders of school %s failed", school.pk)
            failed += 1
    if failed:
        raise RemindersFailed(f"{failed} reminders failed; the log before this names the rows")
    return recipients


def reminders_behind(*, at: datetime) -> DutyQuerySet:
    """Duties that should have been reminded of a day ago at the latest; there are none while the task does its work."""
    behind: DutyQuerySet = Duty.objects.overdue(at - REMINDED_WITHIN).filter(reminded_stage__lt=Stage.OVERDUE)
    return behind


def _to_remind(at: datetime) -> DutyQuerySet:
    open_duties: DutyQuerySet = Duty.objects.unsettled().filter(
        reminded_stage__lt=Stage.ESCALATED_TWICE, due_at__gte=FIRST_MOMENT, due_at__lte=at + LONGEST_HOLIDAY
    )
    return open_duties


def _planned_days(school: Unit, at: datetime) -> dict[date, bool]:
    """What the school's calendar says of the days between which the first reminder of an open duty can move."""
    on = localdate(at)
    return exceptions_of(school, first=on - PLANNED_BACK, last=on + LONGEST_HOLIDAY)


def _remind_school(school: Unit, *, at: datetime, exceptions: Mapping[date, bool]) -> tuple[int, int]:
    """How many people were told, and how many rows failed. The rows are locked, so that two beats send one reminder."""
    duties = _to_remind(at).filter(Q(unit=school) | Q(unit__school=school))
    locked = duties.select_for_update(of=("self",), skip_locked=True).select_related("unit", "owner", "post")
    behind: dict[Stage, list[Duty]] = defaultdict(list)
    for duty in locked.order_by("due_at", "pk"):
        stage = stage_at(duty.due_at, at, exceptions)
        if stage > duty.reminded_stage:
            behind[stage].append(duty)
    recipients, failed = 0, 0
    for stage, rows in sorted(behind.items()):
        done, bad_rows = _remind_stage(stage, rows, at=at)
        recipients, failed = recipients + done, failed + bad_rows
    return recipients, failed


def _remind_stage(stage: Stage, rows: list[Duty], *, at: datetime) -> tuple[int, int]:
    """All rows at once; if that fails, each row alone, so that a bad one stops no other."""
    try:
        return _remind_rows(stage, rows, at=at), 0
    except Exception:  # a bad row is found below
        logger.exception("reminders of stage %s failed together; sending them one by one", stage.name)
    recipients, failed = 0, 0
    for row in rows:
        try:
            recipients += _remind_rows(stage, [row], at=at)
        except Exception:  # the other rows are reminded whatever is wrong with this one
            logger.exception("the reminder of duty %s failed", row.pk)
            failed += 1
    return recipients, failed


@transaction.atomic
def _remind_rows(stage: Stage, rows: list[Duty], *, at: datetime) -> int:
    recipients = _tell(stage, rows, at=at)
    Duty.objects.filter(pk__in=[duty.pk for duty in rows]).update(reminded_stage=stage)
    return recipients


def _tell(stage: Stage, duties: list[Duty], *, at: datetime) -> int:
    steps = stage - Stage.OVERDUE
    recipients = _owners(duties, at) if steps < 1 else _chain(duties, steps, at)
    for (recipient, kind), rows in recipients.items():
        first = rows[0]
        notices.post(
            to=recipient,
            kind=f"duty.{kind}",
            title=ESCALATION_TITLE if steps >= 1 else REMINDER_TITLES[stage],
            params={"what": first.text(), "count": len(rows)},
            link=first.link if len(rows) == 1 else "/",
            at=at,
            key=f"{stage}:{kind}:{min(row.pk for row in rows)}",
        )
    return len(recipients)


def _owners(duties: list[Duty], at: datetime) -> dict[tuple[User, str], list[Duty]]:
    recipients: dict[tuple[User, str], list[Duty]] = defaultdict(list)
    left = {duty.pk for duty in duties if _is_orphaned(duty, localdate(at))}
    holders = _holders({(duty.unit_id, duty.role) for duty in duties if duty.pk in left}, at)
    for duty in duties:
        people = holders.get((duty.unit_id, duty.role), []) if duty.pk in left or not duty.owner else [duty.owner]
        for person in people:
            recipients[person, duty.kind].append(duty)
    return recipients


def _is_orphaned(duty: Duty, on: date) -> bool:
    """The same as `querysets.orphaned`, for a row at hand."""
    if duty.owner is None or not duty.role:
        return duty.owner is None
    post = duty.post
    lasting = post is not None and post.starts_on <= on and (post.ends_on is None or post.ends_on > on)
    return not lasting or not duty.owner.is_active


def _chain(duties: list[Duty], steps: int, at: datetime) -> dict[tuple[User, str], list[Duty]]:
    recipients: dict[tuple[User, str], list[Duty]] = defaultdict(list)
    asked: dict[tuple[int, str], list[Duty]] = defaultdict(list)
    for duty in duties:
        level, roles = chain_above(Level(duty.unit.level), steps)
        above = {Level.CLASS: duty.unit.parent_id, Level.COLLEGE: duty.unit.college_id, Level.SCHOOL: duty.unit.root_id}
        unit_id = above[level] or duty.unit.root_id
        for role in roles:
            asked[unit_id, role.value].append(duty)
    holders = _holders(set(asked), at)
    for place, rows in asked.items():
        for person in holders.get(place, []):
            for duty in rows:
                recipients[person, duty.kind].append(duty)
    return recipients


def _holders(places: set[tuple[int, str]], at: datetime) -> dict[tuple[int, str], list[User]]:
    """Who holds each role at each unit on that day."""
    holders: dict[tuple[int, str], list[User]] = defaultdict(list)
    units = {unit for unit, _role in places}
    roles = {Role(role) for _unit, role in places if role}
    posts = Post.objects.active(localdate(at)).filter(Q(unit__in=units), role__in=roles).select_related("holder")
    for post in posts:
        if (post.unit_id, post.role) in places and post.holder.is_active:
            holders[post.unit_id, post.role].append(post.holder)
    return holders
