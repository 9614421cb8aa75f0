"""Duties are owed and settled; reminders go out before, on and after, then climb the chain."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from kernel import notices
from network.models import Duty, Post, Unit, User
from network.rules import Level, Role, Stage, chain_above, stage_at

BATCH = 500
LONGEST_HOLIDAY = timedelta(days=15)

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


@transaction.atomic(savepoint=False)
def owe(*, duties: Iterable[Owed]) -> None:
    """Write duties down; a key that is there already gets the new due time and keeps the rest."""
    Duty.objects.bulk_create(
        (Duty(**one._asdict()) for one in duties),
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


@transaction.atomic
def remind(*, at: datetime, exceptions: Mapping[date, bool] | None = None) -> int:
    """Send each reminder that has come due, once; returns how many people were told.
    The rows are locked, so that two beats send one reminder."""
    near = at + LONGEST_HOLIDAY
    duties = Duty.objects.unsettled().filter(reminded_stage__lt=Stage.ESCALATED_TWICE, due_at__lte=near)
    told = 0
    behind: dict[Stage, list[Duty]] = defaultdict(list)
    for duty in duties.select_for_update(of=("self",), skip_locked=True).select_related("unit", "owner", "post"):
        stage = stage_at(duty.due_at, at, exceptions or {})
        if stage > duty.reminded_stage:
            behind[stage].append(duty)
    for stage, rows in sorted(behind.items()):
        told += _tell(stage, rows, at=at)
        Duty.objects.filter(pk__in=[duty.pk for duty in rows]).update(reminded_stage=stage)
    return told


def _tell(stage: Stage, duties: list[Duty], *, at: datetime) -> int:
    steps = stage - Stage.OVERDUE
    heard = _owners(duties, at) if steps < 1 else _chain(duties, steps, at)
    for (recipient, kind), rows in heard.items():
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
    return len(heard)


def _owners(duties: list[Duty], at: datetime) -> dict[tuple[User, str], list[Duty]]:
    heard: dict[tuple[User, str], list[Duty]] = defaultdict(list)
    left = {duty.pk for duty in duties if _is_orphaned(duty, localdate(at))}
    holders = _holders({(duty.unit_id, duty.role) for duty in duties if duty.pk in left}, at)
    for duty in duties:
        people = holders.get((duty.unit_id, duty.role), []) if duty.pk in left or not duty.owner else [duty.owner]
        for person in people:
            heard[person, duty.kind].append(duty)
    return heard


def _is_orphaned(duty: Duty, on: date) -> bool:
    """The same as `querysets.orphaned`, for a row at hand."""
    if duty.owner is None or not duty.role:
        return duty.owner is None
    post = duty.post
    lasting = post is not None and post.starts_on <= on and (post.ends_on is None or post.ends_on > on)
    return not lasting or not duty.owner.is_active


def _chain(duties: list[Duty], steps: int, at: datetime) -> dict[tuple[User, str], list[Duty]]:
    heard: dict[tuple[User, str], list[Duty]] = defaultdict(list)
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
                heard[person, duty.kind].append(duty)
    return heard


def _holders(places: set[tuple[int, str]], at: datetime) -> dict[tuple[int, str], list[User]]:
    """Who holds each role at each unit on that day."""
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    units = {unit for unit, _role in places}
    roles = {Role(role) for _unit, role in places if role}
    posts = Post.objects.active(localdate(at)).filter(Q(unit__in=units), role__in=roles).select_related("holder")
    for post in posts:
        if (post.unit_id, post.role) in places and post.holder.is_active:
            found[post.unit_id, post.role].append(post.holder)
    return found
