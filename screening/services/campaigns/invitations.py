"""Who is invited to talk, by when and with whom: each talk is a duty of the counselor it falls to."""

from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from kernel import notices
from network.models import Post, User
from network.rules import Role
from network.services import Owed, owe, tied, withdraw
from screening.models import Interview, Participation
from screening.rules.interviews import Urgency, due_at, least_busy

TITLE = gettext_noop("Talk after %(campaign)s")
ASSIGNED = gettext_noop("A talk after %(campaign)s has been given to you.")


def invite(*, participation: Participation, urgency: Urgency, at: datetime) -> Interview:
    """Owe a student a talk, within the caller's transaction. A graver reason makes an open one more urgent; what was
    settled stays settled."""
    counselor = pick_counselor(participation, at=at)
    offered = Interview(
        participation=participation,
        campaign_id=participation.campaign_id,
        student_id=participation.student_id,
        school_id=participation.school_id,
        college_id=participation.college_id,
        school_class_id=participation.school_class_id,
        dorm_id=participation.dorm_id,
        urgency=urgency,
        created_at=at,
        due_at=due_at(urgency, at),
        counselor=counselor,
        assigned_at=at if counselor else None,
    )
    # Two papers of one student may ask for it at the same moment; the one talk is read back.
    Interview.objects.bulk_create([offered], ignore_conflicts=True)
    rows = Interview.objects.select_related("campaign", "school", "counselor").select_for_update(of=("self",))
    interview: Interview = rows.get(participation=participation)
    if interview.pk == offered.pk:
        _announce(interview, at=at)
    elif interview.settled_at is None and urgency < interview.urgency:
        interview.urgency, interview.due_at = urgency, min(interview.due_at, due_at(urgency, at))
        interview.save(update_fields=["urgency", "due_at"])
        owe(duties=[_owed(interview)])
    return interview


def give(*, interview: Interview, counselor: User | None, at: datetime) -> None:
    """Put a talk into somebody else's hands."""
    interview.counselor, interview.assigned_at = counselor, at if counselor else None
    interview.save(update_fields=["counselor", "assigned_at"])
    withdraw(keys=[duty_key(interview)])
    _announce(interview, at=at)


def _announce(interview: Interview, *, at: datetime) -> None:
    """The duty and its notice; with nobody free of other ties it is the director's to assign."""
    owe(duties=[_owed(interview)])
    if interview.counselor is not None:
        notices.post(
            to=interview.counselor,
            kind="interview",
            title=ASSIGNED,
            params={"campaign": interview.campaign.name},
            link=interview.get_absolute_url(),
            at=at,
            key=f"interview:{interview.pk}:{interview.counselor.pk}",
            urgent=interview.urgency == Urgency.CRITICAL,
        )


def duty_key(interview: Interview) -> str:
    return f"interview:{interview.pk}"


def interviewers(row: Participation | Interview, *, at: datetime) -> list[Any]:
    """Whoever holds a counselor's post at the school today, with `open_talks` and with `is_tied`: whether a post at
    the student's class, college or dorm, or a relation that was recorded, ties them to the student otherwise."""
    posts = Post.objects.active(localdate(at))
    counselors = posts.filter(unit=row.school_id, role__in=(Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR))
    talks = Interview.objects.open().filter(counselor=OuterRef("pk")).order_by().values("counselor")
    people = User.objects.filter(pk__in=counselors.order_by().values("holder"), is_active=True).annotate(
        open_talks=Coalesce(Subquery(talks.annotate(n=Count("pk")).values("n")), 0)
    )
    found: list[Any] = list(people.order_by("pk"))
    barred = tied(row, [person.pk for person in found], localdate(at))
    for person in found:
        person.is_tied = person.pk in barred
    return found


def pick_counselor(row: Participation, *, at: datetime) -> User | None:
    """The counselor of the school with the fewest open talks who has no other tie to the student."""
    people = {counselor.pk: counselor for counselor in interviewers(row, at=at)}
    barred = frozenset(pk for pk, counselor in people.items() if counselor.is_tied)
    chosen = least_busy({pk: counselor.open_talks for pk, counselor in people.items()}, people, barred)
    return None if chosen is None else people[chosen]


def _owed(interview: Interview) -> Owed:
    unassigned = interview.counselor_id is None
    return Owed(
        kind="interview",
        key=duty_key(interview),
        unit=interview.school,
        title=TITLE,
        params={"campaign": interview.campaign.name},
        link=interview.get_absolute_url(),
        due_at=interview.due_at,
        role=Role.CENTER_DIRECTOR if unassigned else "",
        owner=interview.counselor,
    )
