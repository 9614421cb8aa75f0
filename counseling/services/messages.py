"""What a college is told of a client: a fixed phrase, with the student's yes alone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import CollegeMessage, Course
from counseling.rules.courses import AnswerState, Phrase
from counseling.services.courses import lock_course, lock_student
from crisis.models.base import keys_of
from crisis.services.cases.recipients import NEAR, holders_of
from kernel import notices
from kernel.errors import Refused
from network.models import User
from network.services import record_client_event

ASKED = gettext_noop("Your counselor asks you something. Please answer when it suits you.")
ANSWERED = gettext_noop("There is an answer to what you asked a client.")
TOLD = gettext_noop("The center asks you something about a student of yours.")


@transaction.atomic
def ask_message(*, course: Course, phrase: Phrase, by: User, at: datetime) -> CollegeMessage:
    """Ask the student whether fudaoyuan and college may be told a phrase. While the same is asked, that one is
    returned. Refused for all but the treating counselor and after the end."""
    course = lock_course(course)
    if not policies.may_treat(by, course) or not course.is_open:
        raise Refused(_("The treating counselor asks this while the course is open."), code="may-not-ask")
    standing = CollegeMessage.objects.filter(course=course, phrase=phrase.value, state=AnswerState.ASKED.value).first()
    if standing is not None:
        return standing  # type: ignore[no-any-return]
    keys = keys_of(course.student)
    asked = {"phrase": phrase.value, "asked_by": by, "asked_at": at}
    row: CollegeMessage = CollegeMessage.objects.create(student=course.student, **keys, course=course, **asked)
    link, key = f"/me/appointments/messages/{row.pk}/", f"message:{row.pk}"
    notices.post(
        to=course.student.user, kind="counseling", title=ASKED, params={}, link=link, key=key, at=at, discreet=True
    )
    record_client_event(action="message.ask", student=course.student, by=by, at=at, obj=row)
    return row


@transaction.atomic
def answer_message(*, message: CollegeMessage, agrees: bool, by: User, at: datetime) -> CollegeMessage:
    """The student says yes, and the phrase goes out; or no, and nobody hears of the question."""
    lock_student(message.student)
    related = ("student__school", "student__user", "course__counselor__user")
    rows = CollegeMessage.objects.select_for_update(of=("self",)).select_related(*related)
    message = rows.get(pk=message.pk)
    if not policies.may_answer(by, message):
        raise Refused(_("The student alone answers this."), code="not-your-own")
    if message.state != AnswerState.ASKED.value:
        raise Refused(_("This has been answered already."), code="answered")
    message.state, message.answered_at = (AnswerState.AGREED if agrees else AnswerState.DECLINED).value, at
    message.save(update_fields=["state", "answered_at"])
    action = "message.agree" if agrees else "message.decline"
    record_client_event(action=action, student=message.student, by=by, at=at, obj=message)
    link, key = message.course.get_absolute_url(), f"message:{message.pk}:answer"
    counselor = message.course.counselor.user
    notices.post(to=counselor, kind="counseling", title=ANSWERED, params={}, link=link, key=key, at=at, discreet=True)
    if agrees:
        people = holders_of(roles=NEAR, units=[message.college_id, message.school_class_id], at=at)
        told = f"/students/told/{message.pk}/"
        notices.post(to=people, kind="told", title=TOLD, params={}, link=told, key=f"told:{message.pk}", at=at)
    return message
