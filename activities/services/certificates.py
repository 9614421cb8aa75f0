"""Certificates: a PDF that a job prints, with a code under which anybody can check it."""

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext_lazy as _

from activities.models import Activity, Certificate, Credit
from activities.models.labels import NEUTRAL_NAME
from activities.rules.credits import CODE_ALPHABET, CODE_LENGTH, NO_HOURS, masked
from activities.services.qr import svg_uri
from kernel import audit, jobs, notices, pdf
from kernel.errors import Refused
from kernel.models import Job
from network.models import Student, User
from network.models.base import keys_of

JOB = "activities.print_certificate"


@dataclass(frozen=True)
class Proof:
    """What a stranger reads under the code of a certificate."""

    name: str
    school: str
    title: str
    hours: Decimal
    hours_now: Decimal
    issued_at: datetime

    @property
    def holds(self) -> bool:
        return self.hours == self.hours_now


@transaction.atomic
def start_certificate(*, activity: Activity, by: User, at: datetime) -> Job:
    """Have one's own certificate printed. Refused without hours."""
    student = Student.objects.for_user(by).first()
    if student is None or _hours(activity, student) <= 0:
        raise Refused(_("There are no hours to certify yet. They come once the organizer credits them."), code="none")
    argument = {"activity": str(activity.pk), "student": str(student.pk), "language": get_language() or ""}
    return jobs.start(name=JOB, argument=argument, by=by, at=at)


def print_certificate(*, activity: Activity, student: Student, by: User, at: datetime) -> Certificate:
    """Print the certificate about the hours as they are now; the same hours give the same certificate."""
    hours = _hours(activity, student)
    if hours <= 0:
        raise Refused(_("There are no hours to certify yet. They come once the organizer credits them."), code="none")
    row: Certificate | None = Certificate.objects.filter(activity=activity, student=student, hours=hours).first()
    if row is not None:
        return row
    title = "" if activity.is_discreet else activity.title
    fields = {"code": _new_code(), "title": title, "issued_at": at, **keys_of(student)}
    row = Certificate(activity=activity, student=student, hours=hours, **fields)
    content = pdf.render(_html(row, student, activity), title=str(_("Certificate of hours")))
    row.content = b64encode(content).decode()
    with transaction.atomic():
        row.save()
        audit.record(action="certificate.issue", by=by, at=at, obj=row, subject=str(student.pk))
        notices.post(
            to=by,
            kind="certificate.ready",
            title=gettext_noop("Your certificate of hours is ready to download."),
            params={},
            link=reverse("activities:own-activities"),
            at=at,
        )
    return row


def proof_of(certificate: Certificate) -> Proof:
    """What the code proves today: hours may have been corrected since it was printed."""
    return Proof(
        name=masked(certificate.student.name),
        school=certificate.school.name,
        title=certificate.title or str(NEUTRAL_NAME),
        hours=certificate.hours,
        hours_now=_hours(certificate.activity, certificate.student),
        issued_at=certificate.issued_at,
    )


def _hours(activity: Activity, student: Student) -> Decimal:
    return Credit.objects.filter(activity=activity, student=student).total() or NO_HOURS


def _new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _number in range(CODE_LENGTH))


def _html(row: Certificate, student: Student, activity: Activity) -> str:
    address = f"{settings.PORTAL_URL}{reverse('activities:certificate-verify', args=[row.code])}"
    context = {
        "certificate": row,
        "student": student,
        "school": student.school,
        "title": row.title or NEUTRAL_NAME,
        "held_on": None if activity.is_discreet else activity.starts_at,
        "address": address,
        "qr": svg_uri(address),
    }
    return render_to_string("pdf/certificate.html", context)
