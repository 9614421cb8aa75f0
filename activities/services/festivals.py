"""Festivals and brands; and a festival that comes again next year with its activities as drafts."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Activity, Brand, Festival, Occasion
from activities.rules.activities import ONE_YEAR_ON, ActivityState, a_year_on
from activities.services.planning import new_secret
from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User


@dataclass(frozen=True)
class FestivalPlan:
    """What a festival is called and when it is."""

    name: str
    theme: str
    starts_on: date
    ends_on: date


@transaction.atomic
def plan_festival(*, school: Unit, plan: FestivalPlan, by: User, at: datetime) -> Festival:
    """Open a festival, under which units plan activities. Refused for a name that is there on the same day."""
    _check(school, by=by)
    if plan.ends_on < plan.starts_on:
        raise Refused(_("It ends before it starts. Change one of the two days."), code="ends-early")
    if Festival.objects.filter(school=school, name=plan.name, starts_on=plan.starts_on).exists():
        raise Refused(_("A festival of this name begins on that day already."), code="festival-twice")
    festival = Festival.objects.create(
        school=school,
        name=plan.name,
        theme=plan.theme,
        starts_on=plan.starts_on,
        ends_on=plan.ends_on,
        made_by=by,
        made_at=at,
    )
    audit.record(action="festival.plan", by=by, at=at, obj=festival, unit=school.code)
    return festival


@transaction.atomic
def copy_festival(*, festival: Festival, by: User, at: datetime) -> Festival:
    """The same festival 364 days later, its activities as drafts of the copier, without people and with new secrets.
    Asked again it answers with the copy that is there and adds only what is missing."""
    festival = Festival.objects.select_for_update(of=("self",)).select_related("school").get(pk=festival.pk)
    _check(festival.school, by=by)
    starts_on = festival.starts_on + ONE_YEAR_ON
    copy, made = Festival.objects.get_or_create(
        copied_from=festival,
        starts_on=starts_on,
        defaults={
            "school": festival.school,
            "name": festival.name,
            "theme": festival.theme,
            "ends_on": festival.ends_on + ONE_YEAR_ON,
            "made_by": by,
            "made_at": at,
        },
    )
    done = set(Activity.objects.filter(festival=copy).values_list("copied_from", flat=True))
    rows = Activity.objects.filter(festival=festival).exclude(state=ActivityState.CANCELLED.value)
    missing = [
        row for row in rows.select_related("unit", "planned_by").prefetch_related("occasions") if row.pk not in done
    ]
    for activity in missing:
        _copy(activity, copy, by=by, at=at)
    if made or missing:
        audit.record(
            action="festival.copy",
            by=by,
            at=at,
            obj=copy,
            unit=festival.school.code,
            detail={"activities": len(missing)},
        )
    return copy


@transaction.atomic
def add_brand(*, school: Unit, name: str, description: str, by: User, at: datetime) -> Brand:
    """Name a series. Refused for a name that is there."""
    _check(school, by=by)
    if Brand.objects.filter(school=school, name=name).exists():
        raise Refused(_("There is a series of this name already."), code="brand-twice")
    brand = Brand.objects.create(school=school, name=name, description=description)
    audit.record(action="brand.add", by=by, at=at, obj=brand, unit=school.code)
    return brand


def _check(school: Unit, *, by: User) -> None:
    if not policies.may_plan_festival(by, school):
        raise Refused(_("The center plans festivals and series."), code="may-not-plan")


def _copy(activity: Activity, festival: Festival, *, by: User, at: datetime) -> None:
    # Whoever planned it before goes on with it, if they still may; then the copier may approve it.
    planner = activity.planned_by if policies.may_plan_activity(activity.planned_by, activity.unit) else by
    copy = Activity.objects.create(
        unit_id=activity.unit_id,
        school_id=activity.school_id,
        college_id=activity.college_id,
        school_class_id=activity.school_class_id,
        title=activity.title,
        kind=activity.kind,
        description=activity.description,
        festival=festival,
        brand_id=activity.brand_id,
        copied_from=activity,
        capacity=activity.capacity,
        admission=activity.admission,
        audience=activity.audience,
        # A grade of this year is another grade next year.
        grade=None if activity.grade is None else activity.grade + 1,
        enrol_from=a_year_on(activity.enrol_from),
        enrol_until=a_year_on(activity.enrol_until),
        starts_at=a_year_on(activity.starts_at),
        ends_at=a_year_on(activity.ends_at),
        is_discreet=activity.is_discreet,
        is_public=activity.is_public,
        planned_by=planner,
        planned_at=at,
        edited_by=planner,
        edited_at=at,
    )
    _copy_occasions(activity, copy)


def _copy_occasions(activity: Activity, copy: Activity) -> None:
    Occasion.objects.bulk_create(
        Occasion(
            activity=copy,
            starts_at=a_year_on(row.starts_at),
            ends_at=a_year_on(row.ends_at),
            place=row.place,
            hours=row.hours,
            secret=new_secret(),
        )
        for row in activity.occasions.all()
    )
