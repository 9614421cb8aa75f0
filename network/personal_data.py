"""What the network holds of people: roster, places, posts, consents, notices, duties, uploads, requests."""

from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel import personal_data
from kernel.models import Job, Notice
from kernel.personal_data import DataCategory, Period, Record
from network.models import (
    Consent,
    DataRequest,
    Duty,
    FactorSecret,
    LegalHold,
    Placement,
    Post,
    Rollover,
    RolloverStep,
    RosterImport,
    Student,
    User,
    UserSession,
)
from network.models.labels import STATUS_LABELS
from network.rules import PRESENT, EnrollmentStatus
from network.services.posts import relieve_many

AWAY = [status for status in EnrollmentStatus if status not in PRESENT | {EnrollmentStatus.ON_LEAVE}]
CONTACTS = ("phone", "guardian_name", "guardian_relation", "guardian_phone", "ethnicity", "origin")
PAYLOADS = ("content", "difference", "undo")
AT_WORK = (RosterImport.State.UPLOADED, RosterImport.State.COMPARED)
PLAN_TEXTS = ("difference", "undo")
AT_PLAN = (Rollover.State.PLANNED, Rollover.State.SCHEDULED)
ERASED_NAME = "已注销"


def _left_long_ago(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    left = Placement.objects.open().filter(school=school_id, starts_on__lt=before, enrollment_status__in=AWAY)
    students = Student.objects.filter(school=school_id, enrollment_status__in=AWAY, pk__in=left.values("student"))
    return personal_data.with_text(students.exclude(pk__in=held), CONTACTS)


def erase_person(student: Student, at: datetime) -> int:
    """Name, number and particulars become a label that names nobody; signing in and posts end. 0 when done before."""
    code = student.pk.hex
    label, number = f"{ERASED_NAME} {code[:8]}", f"erased-{code[:20]}"
    particulars = dict.fromkeys(CONTACTS, "") | {"born_on": None, "bed": ""}
    rows = Student.objects.filter(pk=student.pk).exclude(number=number)
    changed = rows.update(number=number, name=label, **particulars)
    User.objects.filter(pk=student.user_id).exclude(number=number).update(
        number=number,
        name=label,
        email="",
        is_active=False,
        # SECURITY: a password that no text opens; whoever is signed in is out with the next request.
        password=make_password(None),
    )
    # The keys to an account that nobody may open any more.
    Authenticator.objects.filter(user=student.user_id).delete()
    FactorSecret.objects.filter(user=student.user_id).delete()
    UserSession.objects.filter(user=student.user_id).delete()
    return changed + relieve_many(posts=Post.objects.filter(holder=student.user_id, ends_on=None), by=None, at=at)


def _own_roster(student: Student) -> list[Record]:
    return [
        [
            ("student_number", _("student number"), student.number),
            ("name", pgettext_lazy("person", "name"), student.name),
            ("sex", _("sex"), student.get_sex_display()),
            ("ethnicity", _("ethnicity"), student.ethnicity),
            ("born_on", _("date of birth"), student.born_on),
            ("origin", _("place of origin"), student.origin),
            ("phone", _("phone"), student.phone),
            # The name and number of a relative are another person's data; that there is one is the student's.
            ("guardian_relation", _("contact person on the roster"), student.guardian_relation),
            ("enrollment_status", _("enrollment status"), student.get_enrollment_status_display()),
            ("bed", _("bed"), student.bed),
        ]
    ]


def _own_places(student: Student) -> list[Record]:
    rows = student.placements.select_related("college", "school_class", "dorm").order_by("starts_on", "pk")
    return [
        [
            ("college", _("College"), row.college.name if row.college else ""),
            ("class", _("Class"), row.school_class.name),
            ("room", _("Room"), row.dorm.name if row.dorm else ""),
            ("status", _("Enrollment"), STATUS_LABELS[EnrollmentStatus(row.enrollment_status)]),
            ("from", _("from"), row.starts_on),
            ("to", _("to"), row.ends_on),
        ]
        for row in rows
    ]


def _own_posts(student: Student) -> list[Record]:
    posts = Post.objects.filter(holder=student.user_id).select_related("unit").order_by("starts_on", "pk")
    return [
        [
            ("post", _("Post"), post.label()),
            ("unit", _("Unit"), post.unit.name),
            ("from", _("from"), post.starts_on),
            ("to", _("to"), post.ends_on),
        ]
        for post in posts
    ]


def _own_account(student: Student) -> list[Record]:
    user = student.user
    return [
        [
            ("mail", _("mail address"), user.email),
            ("joined_at", _("first sign-in"), user.joined_at),
            ("last_login", _("last sign-in"), user.last_login),
        ]
    ]


def _own_consents(student: Student) -> list[Record]:
    return [
        [
            ("purpose", _("purpose"), row.get_purpose_display()),
            ("version", _("version"), row.text.version),
            ("sha256", _("fingerprint of the text"), row.text.sha256),
            ("act", _("what was said"), row.get_act_display()),
            ("how", _("how"), row.get_how_display()),
            ("at", _("time"), row.at),
        ]
        for row in Consent.objects.filter(student=student).select_related("text").newest_first()
    ]


def _own_notices(student: Student) -> list[Record]:
    notices = Notice.objects.filter(recipient=student.user_id).order_by("-created_at", "pk")
    return [
        [
            ("text", _("notice"), notice.sentence()),
            ("at", _("time"), notice.created_at),
            ("read_at", _("read"), notice.read_at),
        ]
        for notice in notices
    ]


def _own_duties(student: Student) -> list[Record]:
    duties = Duty.objects.filter(owner=student.user_id).order_by("-due_at", "pk")
    return [
        [
            ("text", _("duty"), duty.text()),
            ("due_at", _("due"), duty.due_at),
            ("settled_at", _("done"), duty.settled_at),
        ]
        for duty in duties
    ]


def _own_requests(student: Student) -> list[Record]:
    return [
        [
            ("kind", _("request"), row.get_kind_display()),
            ("words", _("what was asked"), row.words),
            ("asked_at", _("asked"), row.asked_at),
            ("state", _("state"), row.get_state_display()),
            ("answer", _("answer"), row.answer),
            ("decided_at", _("answered"), row.decided_at),
        ]
        for row in DataRequest.objects.filter(student=student)
    ]


def _of_school(school_id: int, prefix: str) -> Q:
    return Q(**{f"{prefix}": school_id}) | Q(**{f"{prefix}__school": school_id})


def _old_uploads(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    rows = RosterImport.objects.filter(school=school_id, uploaded_at__lt=before)
    return personal_data.with_text(rows, PAYLOADS)


def _expire_uploads(rows: QuerySet[Any]) -> int:
    """Emptied; one that nobody has confirmed in all the time is discarded with it."""
    rows.filter(state__in=AT_WORK).update(state=RosterImport.State.DISCARDED)
    return personal_data.blank(*PAYLOADS)(rows)


def _empty_uploads(student: Student, at: datetime) -> int:
    """A whole roster is in one text: the uploads of the school that are dealt with are emptied altogether."""
    rows = RosterImport.objects.filter(school=student.school_id).exclude(state__in=AT_WORK)
    return personal_data.blank(*PAYLOADS)(personal_data.with_text(rows, PAYLOADS))


def _old_rollovers(school_id: int, before: datetime, held: QuerySet[Any]) -> QuerySet[Any]:
    # One that waits for its day is not over yet.
    rows = Rollover.objects.filter(school=school_id, created_at__lt=before).exclude(state=Rollover.State.SCHEDULED)
    return rows.filter(
        Q(pk__in=personal_data.with_text(rows, PLAN_TEXTS).values("pk")) | Q(pk__in=_lists().values("rollover"))
    )


def _lists() -> QuerySet[Any]:
    return personal_data.with_text(RolloverStep.objects.filter(listed__gt=0).order_by(), ("params",))


def _expire_rollovers(rows: QuerySet[Any]) -> int:
    """Emptied of names and lists; a plan that nobody has applied in all the time is discarded with them."""
    keys = list(rows.values_list("pk", flat=True))
    RolloverStep.objects.filter(rollover__in=keys, listed__gt=0).update(params="")
    old = Rollover.objects.filter(pk__in=keys)
    old.filter(state__in=AT_PLAN).update(state=Rollover.State.DISCARDED)
    return old.update(**dict.fromkeys(PLAN_TEXTS, ""))


def _empty_rollovers(student: Student, at: datetime) -> int:
    """The way back names all whom a plan has changed: plans that are dealt with are emptied altogether."""
    rows = _old_rollovers(student.school_id, at, Student.objects.none()).exclude(state__in=AT_PLAN)
    return _expire_rollovers(rows)


def _erase_words(student: Student, at: datetime) -> int:
    asked = personal_data.with_text(DataRequest.objects.filter(student=student), ("words", "answer"))
    held = personal_data.with_text(LegalHold.objects.filter(student=student), ("reason",))
    return personal_data.blank("words", "answer")(asked) + personal_data.blank("reason")(held)


PIPL = _("Personal Information Protection Law, art. 19: no longer than the purpose needs")
personal_data.declare(
    DataCategory(
        name="network.particulars",
        label=_("Roster: number, name, phone, family contact"),
        ground=_(
            "Duty of the university to keep the roster and to reach the family in an emergency; after leaving: PIPL 19"
        ),
        period=Period(12, least=1, most=60),
        due=_left_long_ago,
        expire=personal_data.blank(*CONTACTS),
        erase=erase_person,
        own=_own_roster,
    ),
    DataCategory(
        name="network.places",
        label=_("Classes and rooms, with dates"),
        ground=_("Figures of past months stay true; without a name after an erasure"),
        kept=_("kept without a name, for the figures of past months"),
        own=_own_places,
    ),
    DataCategory(
        name="network.posts",
        label=_("Posts held"),
        ground=_("The university can tell who was in office when"),
        kept=_("kept without a name, to tell which office acted when"),
        own=_own_posts,
    ),
    DataCategory(
        name="network.account",
        label=_("Account and sign-in"),
        ground=_("Cybersecurity Law and 等保 2.0: sign-in and audit logs of at least six months"),
        kept=_("the account is closed with the name; its log stays"),
        own=_own_account,
    ),
    DataCategory(
        name="network.consents",
        label=_("Consents and withdrawals"),
        ground=_("PIPL art. 14 and 69: the university has to prove consent"),
        kept=_("kept without a name, as proof"),
        own=_own_consents,
    ),
    DataCategory(
        name="network.notices",
        label=_("Notices"),
        ground=PIPL,
        period=Period(12, least=3, most=36),
        due=lambda school_id, before, held: Notice.objects.filter(
            recipient__school=school_id, created_at__lt=before
        ).exclude(recipient__student__in=held),
        expire=personal_data.delete,
        erase=lambda student, at: Notice.objects.filter(recipient=student.user_id).delete()[0],
        own=_own_notices,
    ),
    DataCategory(
        name="network.duties",
        label=_("Duties that are done"),
        ground=PIPL,
        period=Period(24, least=6, most=60),
        due=lambda school_id, before, held: Duty.objects.filter(
            _of_school(school_id, "unit"), settled_at__lt=before
        ).exclude(owner__student__in=held),
        expire=personal_data.delete,
        erase=lambda student, at: Duty.objects.filter(owner=student.user_id).delete()[0],
        own=_own_duties,
    ),
    DataCategory(
        name="network.requests",
        label=_("Requests about one's data"),
        ground=_("PIPL art. 50: the university has to show that it answered"),
        erase=_erase_words,
        own=_own_requests,
    ),
    DataCategory(
        name="network.uploads",
        label=_("Uploaded rosters and their way back"),
        ground=PIPL,
        period=Period(6, least=1, most=24),
        due=_old_uploads,
        expire=_expire_uploads,
        erase=_empty_uploads,
        own_note=_("What they say of you is in the roster above."),
    ),
    DataCategory(
        name="network.rollovers",
        label=_("Lists of rollovers and their way back"),
        ground=PIPL,
        period=Period(6, least=1, most=24),
        due=_old_rollovers,
        expire=_expire_rollovers,
        erase=_empty_rollovers,
        own_note=_("What they say of you is among your classes above."),
    ),
    DataCategory(
        name="network.jobs",
        label=_("Finished background jobs"),
        ground=PIPL,
        period=Period(6, least=1, most=24),
        due=lambda school_id, before, held: Job.objects.filter(by__school=school_id, finished_at__lt=before),
        expire=personal_data.delete,
        kept=_("holds no words about anybody, and goes with its time"),
        own_note=_("Holds no words about anybody."),
    ),
    DataCategory(
        name="network.audit",
        label=_("Audit log: who read or changed what"),
        ground=_("Cybersecurity Law and 等保 2.0: at least six months; the portal itself never deletes or changes it"),
        kept=_("kept as it is: it protects you by showing who looked"),
        own_note=_("The center tells you on request who looked at your data."),
    ),
)
