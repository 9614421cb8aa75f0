"""What counseling holds of students: appointments, the waiting list, what was written before the first talk."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from counseling.models import (
    Booking,
    Call,
    Course,
    Extension,
    GroupMember,
    Intake,
    Measure,
    Offer,
    Session,
    SessionNote,
    Slot,
    Transfer,
    WaitingEntry,
)
from counseling.services.notes import bury
from kernel import personal_data
from kernel.personal_data import DataCategory, Period, Record
from network.models import Student

# Sessions that one student alone comes to.
OF_ONE = ("first_talk", "individual", "self_help")


def _old_bookings(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return Booking.objects.filter(school=school_id, session__ends_at__lt=before).exclude(student__in=held)


def _expire_bookings(rows: QuerySet[Any]) -> int:
    """The student's time goes with the booking; the session stays, without anybody's name."""
    pairs = list(rows.values_list("session_id", "student_id"))
    Slot.objects.filter(
        session__in={session for session, _ in pairs}, owner__in={student for _, student in pairs}
    ).delete()
    return personal_data.delete(rows)


def _erase_bookings(student: Student, at: datetime) -> int:
    bookings = Booking.objects.filter(student=student)
    sessions = Session.objects.filter(pk__in=list(bookings.values_list("session_id", flat=True)), kind__in=OF_ONE)
    Slot.objects.filter(owner=student.pk).delete()
    sessions.filter(ends_at__gt=at).delete()
    changed = personal_data.delete(Booking.objects.filter(student=student))
    return changed + personal_data.delete(Extension.objects.filter(student=student))


def _old_members(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return GroupMember.objects.filter(school=school_id, joined_at__lt=before).exclude(student__in=held)


def _erase_members(student: Student, at: datetime) -> int:
    return personal_data.delete(GroupMember.objects.filter(student=student))


def _own_members(student: Student) -> list[Record]:
    return [
        [
            ("group", _("group"), row.group.title),
            ("state", _("state"), row.get_state_display()),
            ("joined_at", _("registered"), row.joined_at),
        ]
        for row in GroupMember.objects.filter(student=student).select_related("group").order_by("-joined_at", "pk")
    ]


def _old_entries(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return WaitingEntry.objects.filter(school=school_id, ended_at__lt=before).exclude(student__in=held)


def _erase_entries(student: Student, at: datetime) -> int:
    Offer.objects.filter(entry__student=student).delete()
    return personal_data.delete(WaitingEntry.objects.filter(student=student))


def _old_intakes(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return Intake.objects.filter(school=school_id, at__lt=before).exclude(student__in=held)


def _erase_intakes(student: Student, at: datetime) -> int:
    return personal_data.delete(Intake.objects.filter(student=student))


def _old_calls(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return Call.objects.filter(school=school_id, at__lt=before)


def _own_bookings(student: Student) -> list[Record]:
    rows = Booking.objects.filter(student=student).select_related("session__counselor__user", "session__room")
    return [
        [
            ("starts_at", _("time"), row.session.starts_at),
            ("kind", _("kind"), row.session.get_kind_display()),
            ("counselor", _("counselor"), str(row.session.counselor or "")),
            ("room", _("room"), str(row.session.room or "")),
            ("state", _("state"), row.get_state_display()),
            ("booked_at", _("booked"), row.booked_at),
        ]
        for row in rows.order_by("-session__starts_at", "pk")
    ]


def _own_entries(student: Student) -> list[Record]:
    return [
        [
            ("since", _("waiting since"), row.since),
            ("kind", _("kind"), row.get_kind_display()),
            ("state", _("state"), row.get_state_display()),
            ("ended_at", _("ended"), row.ended_at),
        ]
        for row in WaitingEntry.objects.filter(student=student).order_by("-since", "pk")
    ]


def _own_intakes(student: Student) -> list[Record]:
    return [
        [("version", _("version"), row.version), ("answers", _("answers"), row.answers), ("at", _("time"), row.at)]
        for row in Intake.objects.filter(student=student).order_by("version")
    ]


GROUND = _("PIPL art. 28 and 29: sensitive data, on your separate consent to counseling")


def _old_courses(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    """Ended courses that still hold notes or measures."""
    filled = Q(pk__in=SessionNote.objects.order_by().values("course")) | Q(
        pk__in=Measure.objects.order_by().values("course")
    )
    return Course.objects.filter(filled, school=school_id, closed_at__lt=before).exclude(student__in=held)


def _expire_courses(rows: QuerySet[Any]) -> int:
    """Notes, measures and summaries go; that there was a course stays for the figures."""
    courses = list(rows.values_list("pk", flat=True))
    Transfer.objects.filter(course__in=courses).update(summary="")
    measures = personal_data.delete(Measure.objects.filter(course__in=courses))
    return measures + bury(SessionNote.objects.filter(course__in=courses), at=now())


personal_data.declare(
    DataCategory(
        name="counseling.notes",
        label=_("Courses of counseling: notes, measures and what was passed on"),
        ground=GROUND,
        period=Period(60, least=12, most=180),
        due=_old_courses,
        expire=_expire_courses,
        kept=_("the center has to keep session notes for the prescribed time; they stay sealed"),
        own_note=_("Your counselor talks with you about the notes. Ask below."),
    ),
    DataCategory(
        name="counseling.bookings",
        label=_("Appointments in counseling"),
        ground=GROUND,
        period=Period(60, least=12, most=180),
        due=_old_bookings,
        expire=_expire_bookings,
        erase=_erase_bookings,
        own=_own_bookings,
    ),
    DataCategory(
        name="counseling.groups",
        label=_("Places in groups of the counseling center"),
        ground=GROUND,
        period=Period(60, least=12, most=180),
        due=_old_members,
        expire=personal_data.delete,
        erase=_erase_members,
        own=_own_members,
    ),
    DataCategory(
        name="counseling.waiting",
        label=_("Waiting list of counseling"),
        ground=GROUND,
        period=Period(24, least=6, most=60),
        due=_old_entries,
        expire=personal_data.delete,
        erase=_erase_entries,
        own=_own_entries,
    ),
    DataCategory(
        name="counseling.intakes",
        label=_("What you wrote before a first talk"),
        ground=GROUND,
        period=Period(60, least=12, most=180),
        due=_old_intakes,
        expire=personal_data.delete,
        erase=_erase_intakes,
        own=_own_intakes,
    ),
    DataCategory(
        name="counseling.calls",
        label=_("Calls to the counseling center"),
        ground=_("Mental Health Law art. 23: counseling by phone"),
        period=Period(60, least=12, most=180),
        due=_old_calls,
        expire=personal_data.delete,
        kept=_("Nobody's name is kept with a call."),
        own_note=_("Nobody's name is kept with a call, so yours cannot be found."),
    ),
)
