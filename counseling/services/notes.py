"""Session notes: written once, read by whoever wrote them, and by the director through a glass alone."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from counseling import policies
from counseling.models import Booking, Course, NoteTombstone, Session, SessionNote
from counseling.rules.courses import NOTE_MOST
from counseling.rules.kinds import LIVE
from counseling.services.courses import lock_course
from crisis.models.base import keys_of
from kernel.errors import Refused
from network.models import Student, User
from network.rules.access_log import BREAK_GLASS, Sealed
from network.services import active_break_glass, record_client_event, record_look

BATCH = 200


@transaction.atomic
def write_note(
    *,
    course: Course,
    text: str,
    by: User,
    at: datetime,
    session: Session | None = None,
    corrects: SessionNote | None = None,
) -> SessionNote:
    """Add a note. Refused for all but the treating counselor, after the end of the course, for a session that has not
    begun or is not theirs with this student, and without a word."""
    course = lock_course(course)
    if not policies.may_treat(by, course):
        raise Refused(_("The treating counselor writes notes."), code="may-not-write")
    if not course.is_open:
        raise Refused(_("This course has ended; nothing is added to its notes."), code="ended")
    text = text.strip()
    if not text or "\x00" in text or len(text) > NOTE_MOST:
        raise Refused(_("Please write 1 to 8,000 characters of plain text."), code="no-text")
    if session is not None:
        _check_session(course, session, at=at)
    if corrects is not None and (corrects.course_id != course.pk or corrects.author_id != by.pk):
        raise Refused(_("Only your own note of this course can be corrected."), code="not-yours")
    note: SessionNote = SessionNote.objects.create(
        student=course.student,
        **keys_of(course.student),
        course=course,
        session=session,
        corrects=corrects,
        text=text,
        author=by,
        written_at=at,
    )
    record_client_event(action="note.write", student=course.student, by=by, at=at, obj=note)
    return note


def _check_session(course: Course, session: Session, *, at: datetime) -> None:
    bookings = Booking.objects.filter(session=session, student=course.student_id, state__in=[s.value for s in LIVE])
    if session.counselor_id != course.counselor_id or not bookings.exists():
        raise Refused(_("This is no session of yours with this student."), code="other-session")
    if session.starts_at > at:
        raise Refused(_("This session has not begun yet. Write the note after it."), code="not-begun")


def read_own_notes(*, course: Course, by: User, at: datetime) -> list[SessionNote]:
    """The notes of a course that its counselor wrote; the look is recorded when there is something to read."""
    notes = SessionNote.objects.visible_to(by).filter(course=course).select_related("session").order_by("-written_at")
    found = list(notes)
    if found:
        record_look(action="note.read", student=course.student, by=by, at=at, purpose="counseling", discreet=True)
    return found


def read_through_glass(*, student: Student, by: User, at: datetime) -> list[SessionNote] | None:
    """All notes of a student, for whoever has an opening of session notes now; None without one."""
    glass = active_break_glass(user=by, student=student, kind=Sealed.SESSION_NOTES, at=at)
    if glass is None:
        return None
    record_look(action="note.read", student=student, by=by, at=at, purpose=BREAK_GLASS, obj=glass, discreet=True)
    rows = SessionNote.objects.filter(student=student).select_related("author", "session").order_by("-written_at")
    return list(rows)


def bury(notes: QuerySet[SessionNote], *, at: datetime) -> int:
    """Take notes away for good, each with its tombstone; corrections first, which point at what they correct. Returns
    how many."""
    keys = list(notes.order_by("-written_at", "-corrects").values_list("pk", flat=True))
    with transaction.atomic():
        tombstones = [NoteTombstone(row_id=key, deleted_at=at) for key in keys]
        NoteTombstone.objects.bulk_create(tombstones, batch_size=BATCH, ignore_conflicts=True)
        # What corrects one of them goes as well, or the database would keep both.
        for key in keys:
            SessionNote.objects.filter(pk=key)._raw_delete(SessionNote.objects.db)
    return len(keys)
