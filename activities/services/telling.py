"""Whom to tell of an activity. SECURITY: a notice about a discreet one does not name it: it also goes out by mail."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from activities.models import Activity, Enrolment
from kernel import notices
from kernel.notices import Parameter
from network.models import Post, User
from network.rules import GRANTS, Ability

DISCREET = gettext_noop("There is news about an activity of yours. Open it to read on.")
APPROVING = [role.value for role, abilities in GRANTS.items() if Ability.APPROVE_ACTIVITIES in abilities]


def approvers_of(activity: Activity, *, at: datetime) -> list[User]:
    """Whoever may approve at the unit or, if nobody may there, at the nearest unit above."""
    unit = activity.unit
    for unit_id in (unit.pk, unit.parent_id, unit.college_id, unit.school_id):
        posts = Post.objects.active(localdate(at)).filter(unit=unit_id, role__in=APPROVING).select_related("holder")
        holders = [post.holder for post in posts if post.holder_id != activity.planned_by_id]
        if holders:
            return holders
    return []


def tell_students(
    *,
    activity: Activity,
    enrolments: Iterable[Enrolment],
    kind: str,
    title: str,
    at: datetime,
    urgent: bool = False,
    params: Mapping[str, Parameter] | None = None,
    key: str = "",
) -> None:
    """A notice to whoever these enrolments belong to."""
    people = [row.student.user for row in enrolments]
    words = {"activity": activity.title, **(params or {})}
    notices.post(
        to=people,
        kind=kind,
        title=DISCREET if activity.is_discreet else title,
        params={} if activity.is_discreet else words,
        link=reverse("activities:activity-detail", args=[activity.pk]),
        urgent=urgent,
        key=key,
        at=at,
    )


def tell_participants(*, activity: Activity, kind: str, title: str, at: datetime) -> None:
    """A notice to whoever has a place or waits for one."""
    rows = Enrolment.objects.active().filter(activity=activity).select_related("student__user")
    tell_students(activity=activity, enrolments=rows, kind=kind, title=title, at=at)
