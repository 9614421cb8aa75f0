"""What activities hold of people: enrolments, presence, hours and certificates."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from activities.models import (
    Activity,
    Certificate,
    CourseEnrolment,
    CourseImport,
    Credit,
    Enrolment,
    FeedbackReceipt,
    Membership,
    Presence,
)
from activities.models.labels import NEUTRAL_NAME
from kernel import personal_data
from kernel.personal_data import DataCategory, Period, Record
from network.models import Student

GROUND = _("PIPL art. 13 (3) and 19: education is a duty of the university; no longer than it needs")


def _old_enrolments(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return Enrolment.objects.filter(school=school_id, activity__ends_at__lt=before).exclude(student__in=held)


def _old_presences(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return Presence.objects.filter(school=school_id, occasion__ends_at__lt=before).exclude(student__in=held)


def _old_certificates(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    return Certificate.objects.filter(school=school_id, issued_at__lt=before).exclude(student__in=held)


def _erase_presences(student: Student, at: datetime) -> int:
    """What credited hours do not rest on."""
    credited = Credit.objects.filter(student=student).values("activity")
    rows = Presence.objects.filter(student=student).exclude(occasion__activity__in=credited)
    return personal_data.delete(rows)


def _own_enrolments(student: Student) -> list[Record]:
    rows = Enrolment.objects.filter(student=student).select_related("activity")
    return [
        [
            ("activity", _("activity"), row.activity.title),
            ("enrolled_at", _("enrolled"), row.enrolled_at),
            ("state", _("state"), row.get_state_display()),
        ]
        for row in rows.order_by("enrolled_at", "pk")
    ]


def _own_presences(student: Student) -> list[Record]:
    rows = Presence.objects.filter(student=student).select_related("occasion__activity")
    return [
        [("activity", _("activity"), row.occasion.activity.title), ("at", _("checked in"), row.at)]
        for row in rows.order_by("at", "pk")
    ]


def _own_credits(student: Student) -> list[Record]:
    return [
        [
            ("activity", _("activity"), _name(row.activity)),
            ("hours", _("hours"), row.hours),
            ("reason", _("reason"), row.reason),
        ]
        for row in Credit.objects.filter(student=student).select_related("activity").order_by("at", "pk")
    ]


def _own_certificates(student: Student) -> list[Record]:
    rows = Certificate.objects.filter(student=student).defer("content").order_by("issued_at", "pk")
    return [[("code", _("code"), row.code), ("hours", _("hours"), row.hours)] for row in rows]


def _own_courses(student: Student) -> list[Record]:
    rows = CourseEnrolment.objects.filter(student=student).select_related("run__course")
    return [
        [
            ("course", _("course"), row.run.course.title),
            ("term", _("term"), str(row.run)),
            ("state", _("state"), row.get_state_display()),
        ]
        for row in rows.order_by("run__year", "run__term", "pk")
    ]


def _old_lists(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    waiting = CourseImport.objects.filter(school=school_id, state=CourseImport.State.UPLOADED.value)
    return waiting.filter(uploaded_at__lt=before)


def _discard(rows: QuerySet[Any]) -> int:
    return rows.update(state=CourseImport.State.DISCARDED.value, sheet="")


def _old_memberships(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    rows = Membership.objects.filter(school=school_id, ends_on__lt=localdate(before))
    return rows.exclude(student__in=held)


def _own_memberships(student: Student) -> list[Record]:
    rows = Membership.objects.filter(student=student).select_related("society")
    return [
        [
            ("society", _("society"), row.society.name),
            ("office", _("office"), row.get_office_display()),
            ("starts_on", _("from"), row.starts_on),
            ("ends_on", _("to"), row.ends_on),
        ]
        for row in rows.order_by("starts_on", "pk")
    ]


def _name(activity: Activity) -> str:
    return str(NEUTRAL_NAME) if activity.is_discreet else activity.title


personal_data.declare(
    DataCategory(
        name="activities.enrolments",
        label=_("Activities you enrolled in"),
        ground=GROUND,
        period=Period(24, least=6, most=60),
        due=_old_enrolments,
        expire=personal_data.delete,
        erase=lambda student, at: personal_data.delete(Enrolment.objects.filter(student=student)),
        own=_own_enrolments,
    ),
    DataCategory(
        name="activities.presences",
        label=_("Activities you were at"),
        ground=GROUND,
        period=Period(60, least=12, most=96),
        due=_old_presences,
        expire=personal_data.delete,
        erase=_erase_presences,
        own=_own_presences,
    ),
    DataCategory(
        name="activities.credits",
        label=_("Hours credited"),
        ground=_("Study records are kept as long as the university keeps the student's file"),
        kept=_("hours are a study record; they cannot be changed, only corrected"),
        own=_own_credits,
    ),
    DataCategory(
        name="activities.certificates",
        label=_("Certificates about hours"),
        ground=GROUND,
        period=Period(60, least=12, most=96),
        due=_old_certificates,
        expire=personal_data.delete,
        erase=lambda student, at: personal_data.delete(Certificate.objects.filter(student=student)),
        own=_own_certificates,
    ),
    DataCategory(
        name="activities.feedback",
        label=_("That you gave feedback"),
        ground=GROUND,
        erase=lambda student, at: personal_data.delete(FeedbackReceipt.objects.filter(user=student.user_id)),
        own_note=_("The feedback itself carries no name: nobody can tell which one was yours."),
    ),
    DataCategory(
        name="activities.courses",
        label=_("Courses on mental health"),
        ground=_("Study records are kept as long as the university keeps the student's file"),
        kept=_("whether somebody took the course is a study record; no marks are kept"),
        own=_own_courses,
    ),
    DataCategory(
        name="activities.lists",
        label=_("Lists of courses that were uploaded and not confirmed"),
        ground=GROUND,
        period=Period(1, least=1, most=12),
        due=_old_lists,
        expire=_discard,
        kept=_("a list that nobody confirms is thrown away when its time is over"),
        own_note=_("What was confirmed stands among your courses."),
    ),
    DataCategory(
        name="activities.memberships",
        label=_("Societies you belong to"),
        ground=GROUND,
        period=Period(24, least=6, most=60),
        due=_old_memberships,
        expire=personal_data.delete,
        erase=lambda student, at: personal_data.delete(Membership.objects.filter(student=student)),
        own=_own_memberships,
    ),
)
