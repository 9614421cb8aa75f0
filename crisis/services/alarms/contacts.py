"""Phone numbers that are needed now: of an alarm, and of a red case. The caller records the access."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.models import Alarm, Case, DutyShift
from crisis.models.labels import AUDIENCE_LABELS
from crisis.rules import Audience
from crisis.services.cases.recipients import holders_of
from network.models import Student, User
from network.rules import Role
from network.services.staff_phones import staff_phones

REPORTER = pgettext_lazy("alarm", "Reporter")
STUDENT = _("Student")
ON_DUTY = _("Counseling center, on duty")


@dataclass(frozen=True)
class Contact:
    """A person to call; `phone` is empty where the portal knows no number."""

    label: Promise | str
    name: str
    phone: str


def alarm_contacts(alarm: Alarm, *, at: datetime) -> list[Contact]:
    """Whom to call about an alarm: student, reporter, fudaoyuan, and the people on duty."""
    fudaoyuan = holders_of(roles=[Role.FUDAOYUAN], units=[alarm.school_class_id], at=at)
    phones = phones_of([alarm.raised_by, *fudaoyuan])
    contacts = []
    if alarm.student is not None:
        contacts.append(Contact(STUDENT, alarm.student.name, alarm.student.phone))
    if alarm.student is None or alarm.student.user_id != alarm.raised_by_id:
        phone = phones.get(alarm.raised_by_id) or ""
        contacts.append(Contact(REPORTER, alarm.raised_by.name, phone))
    contacts += [
        Contact(AUDIENCE_LABELS[Audience.FUDAOYUAN], person.name, phones.get(person.pk, "")) for person in fudaoyuan
    ]
    shifts = DutyShift.objects.on_duty(at).filter(school=alarm.school_id).exclude(phone="").select_related("officer")
    return contacts + [Contact(ON_DUTY, shift.officer.name, shift.phone) for shift in shifts]


def case_contacts(case: Case) -> list[Contact]:
    """The numbers of a red case: student, family (not while abuse at home is feared), and everybody to be told."""
    student = case.student
    contacts = [Contact(STUDENT, student.name, student.phone)]
    # SECURITY: a call home may be what the student has to fear.
    if not case.abuse_feared:
        family = f"{student.guardian_name} {student.guardian_relation}".strip()
        contacts.append(Contact(AUDIENCE_LABELS[Audience.GUARDIAN], family, student.guardian_phone))
    members = list(case.members.exclude(audience="").select_related("user"))
    phones = phones_of([member.user for member in members])
    return contacts + [
        Contact(AUDIENCE_LABELS[Audience(member.audience)], member.user.name, phones.get(member.user_id, ""))
        for member in members
    ]


def phones_of(people: Iterable[User]) -> dict[int, str]:
    """The numbers that the portal knows of people: of students from the roster, of staff from the roster or their own
    page, else from their last duty shift."""
    ids = [person.pk for person in people]
    shifts = DutyShift.objects.filter(officer__in=ids).exclude(phone="").order_by("starts_at", "pk")
    phones = dict(shifts.values_list("officer", "phone"))
    students = Student.objects.filter(user__in=ids)
    phones |= staff_phones(ids)
    return phones | {student.user_id: student.phone for student in students if student.phone}
