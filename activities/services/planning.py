"""Planning an activity: written by one person, approved by another, cancelled with a reason."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from activities import policies
from activities.models import Activity, Helper, Occasion
from activities.rules.activities import ActivityState, follows
from activities.rules.draws import commitment, new_seed
from activities.services.locking import lock_activity
from activities.services.moving_up import move_up
from activities.services.plans import ActivityPlan, OccasionPlan, check_plan
from activities.services.telling import approvers_of, tell_participants
from kernel import audit, notices
from kernel.errors import Refused
from network.models import User
from network.rules import Level

SECRET_BYTES = 32
# What stays as it was announced once people could enroll.
FIXED = ("unit", "admission", "audience", "grade", "is_discreet", "enrol_from")


@transaction.atomic
def plan_activity(*, plan: ActivityPlan, copied_from: Activity | None = None, by: User, at: datetime) -> Activity:
    """Write a draft. Refused where one may not plan, and for dates, places and hours that cannot be."""
    if not policies.may_plan_activity(by, plan.unit):
        raise Refused(_("You plan activities of your own unit. Choose another unit."), code="may-not-plan")
    check_plan(plan)
    activity = Activity(planned_by=by, planned_at=at, copied_from=copied_from)
    _write(activity, plan, by=by, at=at)
    audit.record(action="activity.plan", by=by, at=at, obj=activity, unit=plan.unit.code)
    return activity


@transaction.atomic
def edit_activity(*, activity: Activity, plan: ActivityPlan, by: User, at: datetime) -> Activity:
    """Write it anew: a draft freely; of a published one times, places and words. Whoever has a place is told."""
    activity = lock_activity(activity)
    _check_edit(activity, by=by)
    check_plan(plan)
    if activity.state == ActivityState.SUBMITTED:
        activity.state = ActivityState.DRAFT.value
    moved = False
    if activity.is_published:
        _check_fixed(activity, plan)
        moved = _times_of(activity) != [(row.starts_at, row.ends_at, row.place) for row in _sorted(plan)]
    _write(activity, plan, by=by, at=at)
    if moved:
        title = gettext_noop("Time or place of “%(activity)s” has changed.")
        tell_participants(activity=activity, kind="activity.moved", title=title, at=at)
    if activity.is_published:
        move_up(activity=activity, at=at)
    audit.record(action="activity.edit", by=by, at=at, obj=activity, unit=activity.unit.code)
    return activity


@transaction.atomic
def submit_activity(*, activity: Activity, by: User, at: datetime) -> Activity:
    """Ask for approval; whoever may approve is told."""
    activity = lock_activity(activity)
    _check_edit(activity, by=by)
    _check_next(activity, ActivityState.SUBMITTED)
    if activity.starts_at <= at:
        raise Refused(_("It would have begun already. Give it a later time first."), code="past")
    activity.state, activity.sent_back_for = ActivityState.SUBMITTED.value, ""
    activity.save(update_fields=["state", "sent_back_for"])
    others = [user for user in approvers_of(activity, at=at) if user.pk not in (by.pk, activity.planned_by_id)]
    notices.post(
        to=others,
        kind="activity.submitted",
        title=gettext_noop("“%(activity)s” waits for your approval."),
        params={"activity": activity.title},
        link=page_of(activity),
        at=at,
    )
    audit.record(action="activity.submit", by=by, at=at, obj=activity, unit=activity.unit.code)
    return activity


@transaction.atomic
def send_back_activity(*, activity: Activity, reason: str, by: User, at: datetime) -> Activity:
    """Give it back to its author, with what is to be changed."""
    activity = lock_activity(activity)
    _check_approver(activity, by=by)
    if not reason.strip():
        raise Refused(_("Say what is to be changed, so that the author can do it."), code="no-reason")
    activity.state, activity.sent_back_for = ActivityState.DRAFT.value, reason.strip()
    activity.save(update_fields=["state", "sent_back_for"])
    _tell_author(activity, gettext_noop("“%(activity)s” was sent back to you."), kind="activity.sent_back", at=at)
    audit.record(action="activity.send_back", by=by, at=at, obj=activity, unit=activity.unit.code)
    return activity


@transaction.atomic
def approve_activity(*, activity: Activity, by: User, at: datetime) -> Activity:
    """Approve and publish it. For a draw the hash of its seed is fixed now. Refused for one's own."""
    activity = lock_activity(activity)
    _check_approver(activity, by=by)
    if activity.ends_at <= at:
        raise Refused(_("It is over already. Send it back, so that its author gives it another time."), code="past")
    activity.state, activity.approved_by, activity.approved_at = ActivityState.PUBLISHED.value, by, at
    if activity.is_by_lot:
        activity.seed = new_seed()
        activity.seed_hash = commitment(activity.seed)
    activity.save()
    _tell_author(activity, gettext_noop("“%(activity)s” is approved and published."), kind="activity.approved", at=at)
    audit.record(action="activity.approve", by=by, at=at, obj=activity, unit=activity.unit.code)
    return activity


@transaction.atomic
def cancel_activity(*, activity: Activity, reason: str, by: User, at: datetime) -> Activity:
    """Call it off. Whoever has a place or waits for one is told why."""
    activity = lock_activity(activity)
    if not policies.may_run_activity(by, activity):
        raise Refused(_("The organizer or the center cancels this activity."), code="may-not-cancel")
    _check_next(activity, ActivityState.CANCELLED)
    if activity.ends_at <= at:
        raise Refused(_("It has taken place, so it cannot be cancelled."), code="past")
    if not reason.strip():
        raise Refused(_("Say why it does not take place: whoever enrolled reads it."), code="no-reason")
    was_published = activity.is_published
    activity.state, activity.cancelled_at, activity.cancelled_for = ActivityState.CANCELLED.value, at, reason.strip()
    activity.save(update_fields=["state", "cancelled_at", "cancelled_for"])
    if was_published:
        title = gettext_noop("“%(activity)s” does not take place.")
        tell_participants(activity=activity, kind="activity.cancelled", title=title, at=at)
    audit.record(action="activity.cancel", by=by, at=at, obj=activity, unit=activity.unit.code)
    return activity


@transaction.atomic
def add_helper(*, activity: Activity, user: User, by: User, at: datetime) -> Helper:
    """Let somebody else who organizes activities check people in."""
    activity = lock_activity(activity)
    _check_edit(activity, by=by)
    if not policies.may_plan_activity(user, activity.unit):
        raise Refused(_("Only somebody who organizes activities at this unit can help."), code="no-organizer")
    helper, _made = Helper.objects.get_or_create(
        activity=activity, user=user, defaults={"added_by": by, "added_at": at}
    )
    audit.record(action="activity.helper", by=by, at=at, obj=activity, unit=activity.unit.code)
    return helper


def page_of(activity: Activity) -> str:
    return reverse("activities:activity-detail", args=[activity.pk])


def new_secret() -> str:
    return secrets.token_hex(SECRET_BYTES)


def _check_edit(activity: Activity, *, by: User) -> None:
    if not policies.may_edit_activity(by, activity):
        raise Refused(_("The organizer changes this activity, as long as it is not cancelled."), code="may-not-edit")


def _check_approver(activity: Activity, *, by: User) -> None:
    if activity.state != ActivityState.SUBMITTED:
        raise Refused(_("It does not wait for approval any more."), code="not-submitted")
    if not policies.may_approve_activity(by, activity):
        raise Refused(_("Somebody else has to approve it: you planned it or wrote it last."), code="four-eyes")


def _check_next(activity: Activity, state: ActivityState) -> None:
    if not follows(activity.state, state):
        raise Refused(_("The activity has changed meanwhile. Open it once more."), code="changed-meanwhile")


def _check_fixed(activity: Activity, plan: ActivityPlan) -> None:
    for name in FIXED:
        if getattr(activity, name) != getattr(plan, name):
            raise Refused(
                _("It is published: unit, audience, kind of admission and opening stay. Cancel it and plan a new one."),
                code="published",
            )


def _times_of(activity: Activity) -> list[tuple[datetime, datetime, str]]:
    return [(row.starts_at, row.ends_at, row.place) for row in activity.occasions.all()]


def _sorted(plan: ActivityPlan) -> list[OccasionPlan]:
    return sorted(plan.occasions, key=lambda occasion: occasion.starts_at)


def _write(activity: Activity, plan: ActivityPlan, *, by: User, at: datetime) -> None:
    for name in plan.fields:
        setattr(activity, name, getattr(plan, name))
    unit = plan.unit
    activity.school_id = unit.root_id
    activity.college_id = unit.pk if unit.level == Level.COLLEGE else unit.college_id
    activity.school_class_id = unit.pk if unit.level == Level.CLASS else None
    activity.edited_by, activity.edited_at = (
        (activity.edited_by, activity.edited_at)
        if activity.approved_at
        else (
            by,
            at,
        )
    )
    activity.starts_at = min(row.starts_at for row in plan.occasions)
    activity.ends_at = max(row.ends_at for row in plan.occasions)
    activity.save()
    write_occasions(activity, _sorted(plan))


def write_occasions(activity: Activity, rows: Sequence[OccasionPlan]) -> None:
    """Match the planned times with those that are there, in order: a time that moves keeps its secret and presences."""
    old: list[Any] = list(activity.occasions.all())
    gone = old[len(rows) :]
    if gone and Occasion.objects.filter(pk__in=[row.pk for row in gone], presences__isnull=False).exists():
        raise Refused(_("Somebody was at one of the times already, so it stays."), code="attended")
    Occasion.objects.filter(pk__in=[row.pk for row in gone]).delete()
    # Last first, so that a later start makes room for the one before.
    for number in reversed(range(len(rows))):
        row = old[number] if number < len(old) else Occasion(activity=activity, secret=new_secret())
        planned = rows[number]
        row.starts_at, row.ends_at = planned.starts_at, planned.ends_at
        row.place, row.hours = planned.place, planned.hours
        row.save()


def _tell_author(activity: Activity, title: str, *, kind: str, at: datetime) -> None:
    params = {"activity": activity.title}
    notices.post(to=activity.planned_by, kind=kind, title=title, params=params, link=page_of(activity), at=at)
