"""Who is invited to talk, by when and with whom: each talk is a duty of the counselor it falls to."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from network.models import Post, User
from network.rules import Role
from network.services import Owed, owe, withdraw
from portal.kernel import notices
from screening.models import DualRelation, Interview, Participation
from screening.rules.interviews import Urgency, due_at, least_busy

TITLE = gettext_noop("Talk after %(campaign)s")
ASSIGNED = gettext_noop("A talk after %(campaign)s has been given to you.")
INTERVIEWERS = (Role.FULL_TIME_COUNSELOR, Role.PART_TIME_COUNSELOR)


def invite(*, participation: Participation, urgency: Urgency, at: datetime) -> Interview:
    """Owe a student a talk, within the caller's transaction. A graver reason makes an open one more urgent; what was
    settled stays settled."""
    interview: Interview
    interview, fresh = Interview.objects.select_for_update(of=("self",)).get_or_create(
        participation=participation,
        defaults={
            "campaign_id": participation.campaign_id,
            "student_id": participation.student_id,
            "school_id": participation.school_id,
            "college_id": participation.college_id,
            "school_class_id": participation.school_class_id,
            "dorm_id": participation.dorm_id,
            "urgency": urgency,
            "created_at": at,
            "due_at": due_at(urgency, at),
        },
    )
    if fresh:
        give(interview=interview, counselor=pick_counselor(interview, at=at), at=at)
    elif interview.settled_at is None and urgency < interview.urgency:
        interview.urgency, interview.due_at = urgency, min(interview.due_at, due_at(urgency, at))
        interview.save(update_fields=["urgency", "due_at"])
        owe(duties=[_owed(interview)])
    return interview


def give(*, interview: Interview, counselor: User | None, at: datetime) -> None:
    """Put a talk into somebody's hands; with nobody free of other ties it is the director's to assign."""
    interview.counselor, interview.assigned_at = counselor, at if counselor else None
    interview.save(update_fields=["counselor", "assigned_at"])
    withdraw(keys=[duty_key(interview)])
    owe(duties=[_owed(interview)])
    if counselor is not None:
        notices.post(
            to=counselor,
            kind="interview",
            title=ASSIGNED,
            params={"campaign": interview.campaign.name},
            link=interview.get_absolute_url(),
            at=at,
            key=f"interview:{interview.pk}:{counselor.pk}",
            urgent=interview.urgency == Urgency.CRITICAL,
        )


def duty_key(interview: Interview) -> str:
    return f"interview:{interview.pk}"


def pick_counselor(interview: Interview, *, at: datetime) -> User | None:
    """The counselor of the school with the fewest open talks who has no other tie to the student."""
    people = {one.pk: one for one in interviewers(interview, at=at)}
    busy = Interview.objects.open().filter(counselor__in=people).order_by().values_list("counselor")
    chosen = least_busy(dict(busy.annotate(n=Count("pk"))), people, barred(interview, people, at=at))
    return None if chosen is None else people[chosen]


def interviewers(interview: Interview, *, at: datetime) -> list[User]:
    """Whoever holds a counselor's post at the school today."""
    posts = Post.objects.active(localdate(at)).filter(unit=interview.school_id, role__in=INTERVIEWERS)
    return list(User.objects.filter(pk__in=posts.order_by().values("holder"), is_active=True).order_by("pk"))


def barred(interview: Interview, people: Iterable[int], *, at: datetime) -> frozenset[int]:
    """Who is tied to the student otherwise: by a post at their class or college, or by a relation that was recorded."""
    units = [pk for pk in (interview.school_class_id, interview.college_id, interview.dorm_id) if pk]
    posts = Post.objects.active(localdate(at)).filter(unit__in=units, holder__in=people).order_by()
    related = DualRelation.objects.filter(unit__in=units, counselor__in=people).order_by()
    return frozenset([*posts.values_list("holder", flat=True), *related.values_list("counselor", flat=True)])


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
