"""First passwords for the students of a class or a grade, as slips to cut and as a workbook."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from kernel import audit, jobs, notices, pdf, xlsx
from kernel.errors import Refused
from kernel.models import Job
from network import policies
from network.hashers import first_code
from network.models import PasswordSheet, Post, Student, Unit, User
from network.models.people import StudentQuerySet
from network.services.signin.identity import third_parties

JOB = "network.print_first_passwords"
# Longer lists are printed by college.
MOST = 3000
KEPT_FOR = timedelta(days=1)
TOLD = gettext_noop("%(by)s has printed first passwords for %(count)s students of %(unit)s.")


class Slip(NamedTuple):
    """One slip: what a student needs for the first sign-in."""

    number: str
    name: str
    unit: str
    code: str


def start_printing(*, unit: Unit, grade: int | None, language: str, by: User, at: datetime) -> Job:
    """Have the slips printed. Refused without the right, without anybody who waits, and for too many at once."""
    _check(unit, by)
    waiting = waiting_students(unit=unit, grade=grade, at=at).count()
    if not waiting:
        raise Refused(gettext_lazy("Every student here has signed in already; no slip is needed."), code="nobody-waits")
    if waiting > MOST:
        raise Refused(gettext_lazy("These are too many at once. Print them by college or by class."), code="too-many")
    argument = {"unit": unit.pk, "grade": grade, "language": language}
    return jobs.start(name=JOB, argument=argument, by=by, at=at, is_single=True)


def waiting_students(*, unit: Unit, grade: int | None, at: datetime) -> StudentQuerySet:
    """Students of the unit, or of one grade of it, who have never been here and hold no post. Whoever has been here, by
    the university's own sign-in for example, is helped one by one."""
    below = Unit.objects.classes().within(unit)
    classes = below if grade is None else below.filter(grade=grade)
    waiting: StudentQuerySet = (
        Student.objects.present()
        .filter(school_class__in=classes, user__is_active=True, user__must_change_password=True, user__last_login=None)
        .exclude(user__in=Post.objects.active(localdate(at)).values("holder"))
    )
    return waiting


def print_sheet(*, unit: Unit, grade: int | None, by: User, at: datetime) -> PasswordSheet:
    """Draw new codes, print them and keep both files for a day; earlier slips of these students end. The files are
    made before the transaction, so that no row is locked meanwhile. Refused as `start_printing`."""
    _check(unit, by)
    students = list(
        waiting_students(unit=unit, grade=grade, at=at)
        .select_related("school_class")
        .order_by("school_class__code", "number")
    )
    if not students:
        raise Refused(gettext_lazy("Every student here has signed in already; no slip is needed."), code="nobody-waits")
    drawn = {student.user_id: first_code() for student in students}
    slips = [Slip(row.number, row.name, row.school_class.name, drawn[row.user_id][0]) for row in students]
    files = {"pdf": slips_pdf(slips=slips, unit=unit), "workbook": slips_workbook(slips=slips)}
    sealed = {name: b64encode(content).decode() for name, content in files.items()}
    with transaction.atomic():
        _set_codes({user_id: encoded for user_id, (_code, encoded) in drawn.items()})
        sheet: PasswordSheet = PasswordSheet.objects.create(
            unit=unit, grade=grade, count=len(slips), made_by=by, made_at=at, **sealed
        )
        detail = {"count": len(slips), "grade": grade}
        audit.record(action="user.print_slips", by=by, at=at, obj=sheet, unit=unit.code, detail=detail)
        params: dict[str, str | int | date] = {"by": by.name, "count": len(slips), "unit": unit.name}
        others = third_parties(students[0].user, without={by.pk}, at=at)
        notices.post(to=others, kind="user.slips", title=TOLD, params=params, at=at)
    return sheet


def _set_codes(hashes: dict[int, str]) -> None:
    """SECURITY: whoever has set a password meanwhile keeps it; the slip is then of no use."""
    still = User.objects.select_for_update(of=("self",)).filter(
        pk__in=hashes, must_change_password=True, last_login=None
    )
    users = list(still.order_by("pk"))
    for user in users:
        user.password = hashes[user.pk]
    User.objects.bulk_update(users, ["password"], batch_size=500)


def record_download(*, sheet: PasswordSheet, kind: str, by: User, at: datetime) -> None:
    """Write down that the codes were handed out."""
    audit.record(action="user.fetch_slips", by=by, at=at, obj=sheet, unit=sheet.unit.code, detail={"format": kind})


@transaction.atomic
def forget_sheets(*, at: datetime) -> int:
    """Delete the sheets of yesterday; returns how many."""
    return int(PasswordSheet.objects.made_before(at - KEPT_FOR).delete()[0])


def slips_pdf(*, slips: Sequence[Slip], unit: Unit) -> bytes:
    """A page of slips with lines to cut along."""
    html = render_to_string("pdf/first_passwords.html", {"slips": slips, "unit": unit})
    return pdf.render(html, css=render_to_string("pdf/first_passwords.css"))


def slips_workbook(*, slips: Sequence[Slip]) -> bytes:
    heads = [_("ID number"), _("Name"), _("Class"), _("First password")]
    return xlsx.write_workbook({_("Slips"): [heads, *map(list, slips)]})


def _check(unit: Unit, by: User) -> None:
    if not policies.may_print_first_passwords(by, unit):
        raise Refused(gettext_lazy("You may not print first passwords for this unit."), code="may-not-print")
