"""Talks are assigned, held, refused or missed; what comes of one goes to crisis, to the college, to the student."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext, gettext_noop, override
from django.utils.translation import gettext_lazy as _

from crisis.models import Alarm
from crisis.services import hand_to_counseling, raise_alarm
from kernel import audit, notices
from kernel.errors import Refused
from network.models import Post, User
from network.rules import Role
from network.services import settle
from screening import policies
from screening.models import Feedback, Interview, InterviewAttempt
from screening.models.captions import Attempted
from screening.rules.interviews import LEVEL_OF_OUTCOME, Action, Outcome
from screening.services.campaigns.invitations import duty_key, give, interviewers

TOLD = gettext_noop("The center asks your college to look after somebody after %(campaign)s.")


@dataclass(frozen=True)
class Finding:
    """What a talk came to. `action`: what the college does; `tells_college`, `tells_fudaoyuan`: whether they hear of
    it; `hands_over`: an alarm goes to those who handle crises; `to_counseling`: the director finds a counselor."""

    outcome: Outcome
    note: str
    action: Action
    tells_college: bool
    tells_fudaoyuan: bool
    hands_over: bool
    to_counseling: bool = False


@transaction.atomic
def assign_interview(*, interview: Interview, counselor: User, by: User, at: datetime) -> Interview:
    """Give a talk to another counselor. Refused for somebody who is none, or who is tied to the student otherwise."""
    interview = _lock_open(interview)
    if not policies.may_assign(by, interview):
        raise Refused(_("You may not assign talks."), code="may-not-assign")
    tied = {person.pk: person.is_tied for person in interviewers(interview, at=at)}
    if counselor.pk not in tied:
        raise Refused(_("%(name)s is no counselor of this school.") % {"name": counselor.name}, code="no-counselor")
    if tied[counselor.pk]:
        message = _("%(name)s teaches or looks after this student; choose somebody else.")
        raise Refused(message % {"name": counselor.name}, code="dual-relation")
    if interview.counselor_id != counselor.pk:
        give(interview=interview, counselor=counselor, at=at)
        detail = {"counselor": counselor.number}
        audit.record(action="interview.assign", by=by, at=at, obj=interview, detail=detail)
    return interview


@transaction.atomic
def record_finding(*, interview: Interview, finding: Finding, by: User, at: datetime) -> Interview:
    """The talk was held: its duty is settled, the college hears level and action if it shall, an alarm rings if the
    student is handed over to crisis care, the director finds a counselor if it is to counseling. Refused for anybody
    but the interviewer, and once it is settled."""
    interview = _lock_own(interview, by)
    interview.outcome, interview.note = finding.outcome, finding.note
    _settle(interview, ["outcome", "note"], by=by, at=at)
    if finding.hands_over:
        _hand_over(interview, by=by, at=at)
    if finding.to_counseling:
        _hand_to_counseling(interview, by=by, at=at)
    if finding.tells_college:
        _tell_college(interview, finding, by=by, at=at)
    detail = {
        "told_college": finding.tells_college,
        "handed_over": finding.hands_over,
        "to_counseling": finding.to_counseling,
    }
    audit.record(action="interview.finish", by=by, at=at, obj=interview, detail=detail)
    return interview


@transaction.atomic
def record_refusal(*, interview: Interview, by: User, at: datetime) -> Interview:
    """The student would rather not talk. It has no consequence; the college hears nothing of it."""
    interview = _lock_own(interview, by)
    interview.refused = True
    _settle(interview, ["refused"], by=by, at=at)
    audit.record(action="interview.refuse", by=by, at=at, obj=interview)
    return interview


@transaction.atomic
def record_attempt(*, interview: Interview, kind: Attempted, by: User, at: datetime) -> Interview:
    """The student did not come or was not reached; the talk is still owed."""
    interview = _lock_own(interview, by)
    InterviewAttempt.objects.create(interview=interview, kind=kind, by=by, at=at)
    audit.record(action="interview.attempt", by=by, at=at, obj=interview, detail={"kind": kind.value})
    return interview


@transaction.atomic
def mark_seen(*, feedback: Feedback, by: User, at: datetime) -> Feedback:
    """Somebody of the college has taken note; the first one counts."""
    feedback = Feedback.objects.select_for_update(of=("self",)).get(pk=feedback.pk)
    if feedback.seen_at is None:
        feedback.seen_by, feedback.seen_at = by, at
        feedback.save(update_fields=["seen_by", "seen_at"])
        audit.record(action="feedback.see", by=by, at=at, obj=feedback)
    return feedback


def _lock_open(interview: Interview) -> Interview:
    rows = Interview.objects.select_for_update(of=("self",)).select_related("school", "campaign", "student")
    locked: Interview = rows.get(pk=interview.pk)
    if locked.settled_at is not None:
        raise Refused(_("This talk has been settled already."), code="settled")
    return locked


def _lock_own(interview: Interview, by: User) -> Interview:
    locked = _lock_open(interview)
    if not policies.is_interviewer(by, locked):
        raise Refused(_("This talk is another counselor's."), code="not-the-interviewer")
    return locked


def _settle(interview: Interview, columns: list[str], *, by: User, at: datetime) -> None:
    interview.settled_at, interview.settled_by = at, by
    interview.save(update_fields=[*columns, "settled_at", "settled_by"])
    settle(keys=[duty_key(interview)], at=at)


def _hand_over(interview: Interview, *, by: User, at: datetime) -> None:
    # SECURITY: who handles alarms is not who may read the note.
    with override(settings.LANGUAGE_CODE):
        evidence = gettext("After a talk the counselor asks for crisis care. Please speak with the counselor first.")
    raise_alarm(
        student=interview.student,
        source=Alarm.Source.SCREENING,
        source_key=f"interview:{interview.pk}",
        evidence=evidence,
        by=by,
        at=at,
    )


def _hand_to_counseling(interview: Interview, *, by: User, at: datetime) -> None:
    # SECURITY: what was said in the talk stays with the interviewer.
    with override(settings.LANGUAGE_CODE):
        reason = gettext("After a talk the counselor suggests counseling. Please speak with the counselor first.")
    interview.referral = hand_to_counseling(student=interview.student, reason=reason, by=by, at=at)
    interview.save(update_fields=["referral"])


def _tell_college(interview: Interview, finding: Finding, *, by: User, at: datetime) -> None:
    Feedback.objects.create(
        interview=interview,
        campaign_id=interview.campaign_id,
        student_id=interview.student_id,
        school_id=interview.school_id,
        college_id=interview.college_id,
        school_class_id=interview.school_class_id,
        dorm_id=interview.dorm_id,
        level=LEVEL_OF_OUTCOME[finding.outcome],
        action=finding.action,
        tells_fudaoyuan=finding.tells_fudaoyuan,
        given_by=by,
        given_at=at,
    )
    places = [(interview.college_id, Role.COLLEGE_COORDINATOR)]
    if finding.tells_fudaoyuan:
        places.append((interview.school_class_id, Role.FUDAOYUAN))
    holders = User.objects.filter(pk__in=_holders(places, at=at), is_active=True)
    notices.post(
        to=list(holders.order_by("pk")),
        kind="screening_feedback",
        title=TOLD,
        params={"campaign": interview.campaign.name},
        link="/screening/feedback/",
        at=at,
        key=f"feedback:{interview.pk}",
    )


def _holders(places: list[tuple[int | None, Role]], *, at: datetime) -> set[int]:
    found: set[int] = set()
    for unit, role in places:
        posts = Post.objects.active(localdate(at)).filter(unit=unit, role=role)
        found.update(posts.values_list("holder", flat=True))
    return found
