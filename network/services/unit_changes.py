"""Units that somebody opens, renames and closes by hand. A plan for the turn of the year moves a class."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from kernel.folding import fold
from network import policies
from network.models import Duty, Post, Student, Unit, User
from network.models.units import UnitQuerySet
from network.rules import Level
from network.rules.roster_columns import EXPECTED, dorm_name
from network.services.posts import relieve_many
from network.services.units import add_unit

A_DAY = timedelta(days=1)
# A day that was forgotten, and the end of the coming year.
BACK, AHEAD = timedelta(days=31), timedelta(days=400)
BELOW = {Level.SCHOOL: Level.COLLEGE, Level.COLLEGE: Level.CLASS, Level.CLASS: Level.DORM}
STUDENT_KEY = {Level.COLLEGE: "college", Level.CLASS: "school_class", Level.DORM: "dorm"}


@transaction.atomic
def open_unit(
    *,
    parent: Unit,
    name: str = "",
    major: str = "",
    grade: int | None = None,
    campus: str = "",
    building: str = "",
    room: str = "",
    by: User,
    at: datetime,
) -> Unit:
    """A new college of a school, class of a college, or dorm of a class. Refused when there is one of that name."""
    school = parent.school or parent
    _check(school, by)
    level = BELOW.get(Level(parent.level))
    if level is None or not parent.is_active:
        raise Refused(_("Nothing can be opened here."), code="no-parent")
    fields: dict[str, object] = {"major": major, "grade": grade} if level == Level.CLASS else {}
    if level == Level.DORM:
        if not (building and room):
            raise Refused(_("A dorm needs its building and its room number."), code="no-room")
        name = dorm_name((campus, building, room))
        fields = {"campus": campus, "building": building, "room": room}
    elif not name:
        raise Refused(_("Enter the name."), code="no-name")
    _check_free(school, parent, level, name, campus=campus)
    return add_unit(level=level, name=name, parent=parent, by=by, at=at, **fields)


@transaction.atomic
def rename_unit(*, unit: Unit, name: str, by: User, at: datetime) -> Unit:
    """Give a college or class another name; history and posts stay. Refused when there is one of that name."""
    school = unit.school or unit
    _check(school, by)
    unit = Unit.objects.select_for_update(of=("self",)).select_related("parent").get(pk=unit.pk)
    if unit.level not in (Level.COLLEGE, Level.CLASS):
        raise Refused(_("A room is called by its building and number."), code="not-named")
    if unit.name == name:
        return unit
    assert unit.parent is not None
    _check_free(school, unit.parent, Level(unit.level), name, but=unit)
    before, unit.name = unit.name, name
    unit.save(update_fields=["name"])
    audit.record(action="unit.rename", by=by, at=at, obj=unit, unit=unit.code, detail={"from": before, "to": name})
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, last_day: date, by: User, at: datetime) -> Unit:
    """Let a unit end with a day: then its posts end, its open duties are withdrawn, and its history stays. Refused
    while somebody lives or studies there, or something below it is open."""
    _check(unit.school or unit, by)
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if unit.level == Level.SCHOOL or not unit.is_active:
        raise Refused(_("This unit cannot be closed, or is closed already."), code="not-open")
    today = localdate(at)
    if not today - BACK <= last_day <= today + AHEAD:
        raise Refused(_("The last day lies within the last month or the coming year."), code="out-of-reach")
    _check_empty(unit)
    unit.last_day = last_day
    unit.save(update_fields=["last_day"])
    posts = Post.objects.filter(unit=unit, starts_on__lte=last_day).exclude(ends_on__lte=last_day)
    posts.update(ends_on=max(last_day + A_DAY, today))
    audit.record(action="unit.close", by=by, at=at, obj=unit, unit=unit.code, detail={"last_day": last_day})
    if last_day < today:
        _end(unit, by=by, at=at)
    return unit


@transaction.atomic
def keep_unit(*, unit: Unit, by: User, at: datetime) -> Unit:
    """Open a closed unit again, or take back that it will close. Its posts are given anew."""
    _check(unit.school or unit, by)
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    unit.last_day, unit.is_active = None, True
    unit.save(update_fields=["last_day", "is_active"])
    audit.record(action="unit.keep", by=by, at=at, obj=unit, unit=unit.code)
    return unit


@transaction.atomic
def end_closed_units(*, at: datetime) -> int:
    """Close the units whose last day has passed; returns how many. One where somebody has come to live stays open."""
    ended = 0
    over: UnitQuerySet = Unit.objects.active().filter(last_day__lt=localdate(at))
    for unit in over.select_for_update(of=("self",)).order_by("pk"):
        if not _people(unit).exists() and not _open_below(unit).exists():
            _end(unit, by=None, at=at)
            ended += 1
    return ended


def _end(unit: Unit, *, by: User | None, at: datetime) -> None:
    unit.is_active = False
    unit.save(update_fields=["is_active"])
    today = localdate(at)
    posts = Post.objects.filter(unit=unit).exclude(ends_on__lt=today).select_related("holder", "unit")
    relieve_many(posts=[post for post in posts if post.starts_on <= today], by=by, at=at)
    posts.filter(starts_on__gt=today).delete()
    Duty.objects.unsettled().filter(unit=unit).delete()


def _check(school: Unit, by: User) -> None:
    if not policies.may_configure(by, school):
        raise Refused(_("You may not change the units of this school."), code="may-not-configure")
    Unit.objects.select_for_update(of=("self",)).get(pk=school.pk)


def _check_free(
    school: Unit, parent: Unit, level: Level, name: str, *, campus: str = "", but: Unit | None = None
) -> None:
    """Two offices type one name differently, so the names are compared folded. A closed unit keeps its name too."""
    others: Iterable[Unit] = Unit.objects.filter(school=school, level=level).order_by("pk")
    for other in others:
        same_place = fold(other.campus) == fold(campus) if level == Level.DORM else other.parent_id == parent.pk
        if other.pk != (but.pk if but else None) and same_place and fold(other.name) == fold(name):
            raise Refused(
                _("There is “%(name)s” already (%(code)s).") % {"name": other.name, "code": other.code},
                code="name-taken",
            )


def _check_empty(unit: Unit) -> None:
    count = _people(unit).count()
    if count:
        raise Refused(
            _("%(n)d students still live or study here. Move them first, by a roster or a plan for the new year.")
            % {"n": count},
            code="inhabited",
        )
    below = _open_below(unit).first()
    if below is not None:
        raise Refused(
            _("“%(name)s” below it is still open. Close that first.") % {"name": below.name}, code="open-below"
        )


def _people(unit: Unit) -> QuerySet[Student]:
    return Student.objects.filter(
        enrollment_status__in=[status.value for status in EXPECTED], **{STUDENT_KEY[Level(unit.level)]: unit}
    )


def _open_below(unit: Unit) -> UnitQuerySet:
    below: UnitQuerySet = Unit.objects.active().filter(parent=unit).order_by("code")
    return below
