"""Take a rollover back, while nothing later stands on it."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from network.models import Duty, Placement, Post, Student, Unit, User
from network.rules import PEER_ROLES
from network.services.posts import restore_posts
from network.services.rollover.applying import Progress, chunks
from network.services.rollover.log import RolloverLog, Standing
from network.services.rollover.obstacles import follow_rollover
from network.services.signin.sessions import end_sessions

NAMED = 10


@transaction.atomic
def take_back(*, log: RolloverLog, school: Unit, by: User | None, at: datetime, progress: Progress) -> None:
    """Restore what was changed and remove what was created. Refused, with names, when somebody has changed it since or
    something new rests on it."""
    work = _Undoing(log, school, by, at)
    steps: tuple[Callable[[], None], ...] = (
        work.check,
        work.restore_units,
        work.restore_students,
        work.restore_placements,
        work.restore_posts,
        work.restore_duties,
        work.remove_classes,
    )
    for done, step in enumerate(steps):
        progress(done, len(steps))
        step()
    progress(len(steps), len(steps))


class _Undoing:
    def __init__(self, log: RolloverLog, school: Unit, by: User | None, at: datetime) -> None:
        self.log, self.school, self.by, self.at = log, school, by, at

    def check(self) -> None:
        """Everything must be as the rollover left it."""
        names = [*self._changed_students(), *self._changed_units(), *self._changed_posts()]
        refuse_changed(names)

    def _changed_students(self) -> Iterator[str]:
        for keys in chunks(self.log.students):
            rows = Student.objects.filter(pk__in=keys).order_by("number")
            values = rows.values_list("pk", "name", "school_class_id", "college_id", "enrollment_status")
            for pk, name, *standing in values:
                if standing != list(self.log.students[str(pk)][1]):
                    yield name
        for keys in chunks(self.log.placements_made):
            ended = Placement.objects.filter(pk__in=keys).exclude(ends_on=None)
            yield from ended.order_by("student__number").values_list("student__name", flat=True)

    def _changed_units(self) -> Iterator[str]:
        for keys in chunks(self.log.changed_units):
            for unit in Unit.objects.filter(pk__in=keys).order_by("code"):
                pairs = self.log.changed_units[str(unit.pk)]
                if any(getattr(unit, name) != after for name, (_before, after) in pairs.items()):
                    yield unit.name

    def _changed_posts(self) -> Iterator[str]:
        """Posts that somebody else has got since, and those that the rollover gave and that were ended since."""
        mine = set(self.log.posts_given)
        for keys in chunks(pk for pk, _day in self.log.posts_ended):
            ended = list(Post.objects.filter(pk__in=keys).select_related("holder", "unit").order_by("pk"))
            units = {post.unit_id for post in ended}
            standing = Post.objects.filter(unit__in=units, ends_on=None, pk__gt=self.log.last_post)
            by_place: dict[tuple[int, str], list[Post]] = defaultdict(list)
            for post in standing.select_related("holder").order_by("pk"):
                if post.pk not in mine:
                    by_place[post.unit_id, post.role].append(post)
            for post in ended:
                for other in by_place[post.unit_id, post.role]:
                    if post.role in PEER_ROLES or other.holder_id == post.holder_id:
                        yield f"{other.holder.name} ({post.unit.name})"
        for keys in chunks(mine):
            over = Post.objects.filter(pk__in=keys).exclude(ends_on=None).select_related("holder", "unit")
            yield from (f"{post.holder.name} ({post.unit.name})" for post in over.order_by("pk"))

    def restore_units(self) -> None:
        for keys in chunks(self.log.changed_units):
            units = list(Unit.objects.filter(pk__in=keys).order_by("pk"))
            for unit in units:
                for name, (before, _after) in self.log.changed_units[str(unit.pk)].items():
                    setattr(unit, name, before)
            Unit.objects.bulk_update(units, ["name", "parent", "college", "campus", "is_active"], batch_size=500)

    def restore_students(self) -> None:
        groups: dict[Standing, list[str]] = defaultdict(list)
        for pk, (before, _after) in self.log.students.items():
            groups[tuple(before)].append(pk)  # type: ignore[index]
        for (school_class, college, status), members in groups.items():
            for keys in chunks(members):
                Student.objects.filter(pk__in=keys).update(
                    school_class_id=school_class, college_id=college, enrollment_status=status
                )

    def restore_placements(self) -> None:
        for keys in chunks(self.log.placements_made):
            Placement.objects.filter(pk__in=keys).delete()
        for keys in chunks(self.log.placements_closed):
            Placement.objects.filter(pk__in=keys).update(ends_on=None)
        for rows in chunks(self.log.placements_replaced):
            Placement.objects.bulk_create(Placement(**values) for values in rows)

    def restore_posts(self) -> None:
        given = Post.objects.filter(pk__in=self.log.posts_given)
        holders = list(User.objects.filter(posts__in=given).only("pk").order_by("pk"))
        given.delete()
        end_sessions(users=holders, by=self.by, at=self.at)
        last_days = {pk: date.fromisoformat(day) if day else None for pk, day in self.log.posts_ended}
        posts: list[Post] = []
        for keys in chunks(last_days):
            posts += Post.objects.filter(pk__in=keys).select_related("unit", "holder").order_by("pk")
        for post in posts:
            post.ends_on = last_days[post.pk]
        restore_posts(posts=posts, by=self.by, at=self.at)

    def restore_duties(self) -> None:
        Duty.objects.filter(pk__in=self.log.duties_settled).update(settled_at=None)

    def remove_classes(self) -> None:
        """After the apps have taken what they keep of units that owe nothing any more."""
        follow_rollover(self.school.pk, self.at)
        try:
            with transaction.atomic():
                Unit.objects.filter(pk__in=self.log.units).delete()
        except ProtectedError as error:
            refuse_changed(sorted({_name(row) for row in error.protected_objects}))


def _name(row: Any) -> str:
    """What a person calls a row that rests on a class; of reports, alarms and cases no more than their class."""
    if isinstance(row, Student | Unit):
        return row.name
    school_class = getattr(row, "school_class", None) or getattr(row, "unit", None)
    return getattr(school_class, "name", "") or str(row._meta.verbose_name)


def refuse_changed(names: list[str]) -> None:
    """Refused when there are names: what was changed since, or what rests on it."""
    if not names:
        return
    shown = list(dict.fromkeys(names))
    more = len(shown) - NAMED
    listed = "、".join(shown[:NAMED])
    if more > 0:
        raise Refused(
            _(
                "This rollover can no longer be undone: since then, %(names)s and %(more)d more have been changed, or "
                "new records rest on them. Put single rows right instead."
            )
            % {"names": listed, "more": more},
            code="changed-since",
        )
    raise Refused(
        _(
            "This rollover can no longer be undone: since then, %(names)s have been changed, or new records rest on "
            "them. Put single rows right instead."
        )
        % {"names": listed},
        code="changed-since",
    )
