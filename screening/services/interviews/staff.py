"""Operators and counselors: who is trained to run a screening, who is tied to which class."""

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import DualRelation, Unit, User
from screening import policies
from screening.models import OperatorTraining
from screening.rules.days import LONGEST_TRAINING, is_plausible


@transaction.atomic
def record_training(
    *, user: User, course: str, completed_on: date, valid_until: date | None, school: Unit, by: User, at: datetime
) -> OperatorTraining:
    """Write down that somebody of the school has completed the operator training; recorded twice is once."""
    if not policies.may_record_training(by, school):
        raise Refused(_("The director records who has been trained."), code="may-not-record")
    if user.school_id != school.pk:
        raise Refused(_("This person does not belong to your school."), code="other-school")
    if completed_on > localdate(at):
        raise Refused(_("The training has not taken place yet."), code="not-yet")
    last = completed_on + LONGEST_TRAINING
    if not is_plausible(completed_on) or (valid_until and not completed_on <= valid_until <= last):
        raise Refused(_("A training is valid for at most ten years from its day on."), code="implausible-days")
    training, fresh = OperatorTraining.objects.get_or_create(
        user=user,
        course=course,
        completed_on=completed_on,
        defaults={"school": school, "valid_until": valid_until, "recorded_by": by, "recorded_at": at},
    )
    if fresh:
        audit.record(action="training.record", by=by, at=at, obj=training, detail={"user": user.number})
    return training


@transaction.atomic
def bar_counselor(*, counselor: User, unit: Unit, by: User, at: datetime) -> DualRelation:
    """Write down that a counselor teaches or advises a class or college: no talk with its students falls to them."""
    if not policies.may_run(by, unit):
        raise Refused(_("You may not record this."), code="may-not-run")
    relation, fresh = DualRelation.objects.get_or_create(
        counselor=counselor, unit=unit, defaults={"recorded_by": by, "recorded_at": at}
    )
    if fresh:
        detail = {"counselor": counselor.number}
        audit.record(action="relation.record", by=by, at=at, obj=relation, unit=unit.code, detail=detail)
    return relation


@transaction.atomic
def free_counselor(*, relation: DualRelation, by: User, at: datetime) -> None:
    """The tie has ended."""
    if not policies.may_run(by, relation.unit):
        raise Refused(_("You may not record this."), code="may-not-run")
    detail = {"counselor": relation.counselor.number}
    audit.record(action="relation.end", by=by, at=at, obj=relation, unit=relation.unit.code, detail=detail)
    relation.delete()
