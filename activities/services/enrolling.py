"""Enrolling, cancelling, and answering an offer. The activity is locked, so that each place is given once."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.models import Activity, Enrolment
from activities.rules.enrolments import ACTIVE, EnrolmentState, arrival, is_in_time
from activities.services.locking import lock_activity
from activities.services.moving_up import free_in, is_eligible, lapse, move_up
from kernel import audit
from kernel.errors import Refused
from network.models import Student, User
from network.models.base import keys_of


@transaction.atomic
def enroll(*, activity: Activity, by: User, at: datetime) -> Enrolment:
    """Take a place, or a number in the queue or the draw. Asked again it answers with what is there. Refused outside
    the time of enrolment and for whom it is not meant."""
    student = _student_of(by)
    activity = lock_activity(activity)
    row: Enrolment | None = Enrolment.objects.filter(activity=activity, student=student).first()
    if row is not None and row.state in ACTIVE:
        return row
    _check_open(activity, student, at=at)
    activity.last_queue_no += 1
    activity.save(update_fields=["last_queue_no"])
    queued = Enrolment.objects.waiting().filter(activity=activity).exists()
    # Whoever waits comes before whoever comes now.
    state = EnrolmentState.WAITING if queued else arrival(activity.admission, free=free_in(activity))
    row = row or Enrolment(activity=activity, student=student, **keys_of(student))
    row.state, row.queue_no, row.offered_until = state.value, activity.last_queue_no, None
    row.enrolled_at = row.changed_at = at
    row.save()
    audit.record(action="enrolment.enroll", by=by, at=at, obj=row)
    if queued:
        move_up(activity=activity, at=at)
        row.refresh_from_db()
    return row


@transaction.atomic
def cancel_enrolment(*, enrolment: Enrolment, by: User, at: datetime) -> Enrolment:
    """Give up a place or a number; the next who waits moves up at once. Nothing is noted against anybody."""
    activity = lock_activity(enrolment.activity)
    row = _own_row(enrolment, by=by)
    if row.state not in ACTIVE:
        return row
    if at >= activity.ends_at:
        raise Refused(_("It is over, so there is nothing to cancel."), code="past")
    declined = row.state == EnrolmentState.OFFERED
    row.state = (EnrolmentState.DECLINED if declined else EnrolmentState.CANCELLED).value
    row.offered_until, row.changed_at = None, at
    row.save(update_fields=["state", "offered_until", "changed_at"])
    audit.record(action="enrolment.cancel", by=by, at=at, obj=row)
    move_up(activity=activity, at=at)
    return row


def accept_offer(*, enrolment: Enrolment, by: User, at: datetime) -> Enrolment:
    """Take the place that was offered. Refused when the half hour is over: the place then goes to the next."""
    row = _accept(enrolment=enrolment, by=by, at=at)
    if row.state != EnrolmentState.IN:
        raise Refused(
            _("The half hour is over, and the place went to the next. You can enroll again."), code="offer-lapsed"
        )
    return row


@transaction.atomic
def _accept(*, enrolment: Enrolment, by: User, at: datetime) -> Enrolment:
    """Whatever comes of it is kept, so the refusal is raised outside of this transaction."""
    activity = lock_activity(enrolment.activity)
    row = _own_row(enrolment, by=by)
    if row.state != EnrolmentState.OFFERED or row.offered_until is None:
        return row
    if not activity.is_published or not is_eligible(activity, row.student):
        raise Refused(_("You cannot take part in this activity now. Ask its organizer."), code="not-eligible")
    if not is_in_time(row.offered_until, at):
        lapse(activity, row, at=at)
        move_up(activity=activity, at=at)
        return row
    row.state, row.offered_until, row.changed_at = EnrolmentState.IN.value, None, at
    row.save(update_fields=["state", "offered_until", "changed_at"])
    audit.record(action="enrolment.accept", by=by, at=at, obj=row)
    return row


def _own_row(enrolment: Enrolment, *, by: User) -> Enrolment:
    row: Enrolment = (
        Enrolment.objects.select_for_update(of=("self",)).select_related("student__user").get(pk=enrolment.pk)
    )
    if not policies.may_answer(by, row):
        raise Refused(_("Only the person who enrolled can do this."), code="not-own")
    return row


def _student_of(user: User) -> Student:
    student: Student | None = Student.objects.for_user(user).select_related("school_class").first()
    if student is None:
        raise Refused(_("Students enroll in activities. You can organize them."), code="no-student")
    return student


def _check_open(activity: Activity, student: Student, *, at: datetime) -> None:
    if not activity.is_published:
        raise Refused(_("This activity does not take enrolments."), code="not-published")
    if at < activity.enrol_from:
        raise Refused(_("Enrolment is not open yet. The page says when it opens."), code="too-early")
    if at > activity.enrol_until or at >= activity.ends_at:
        raise Refused(_("Enrolment is closed. If places are left, come and ask at the door."), code="too-late")
    if not is_eligible(activity, student):
        raise Refused(_("This activity is not meant for your class or year. Look for another one."), code="audience")
