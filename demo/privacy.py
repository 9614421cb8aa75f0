"""What the demo's people say about their own data: texts that are out, consents given and taken back, two requests."""

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from demo.settling import Cast
from demo.showcase import Showcase
from network.models import DataRequest, Student
from network.rules import Role
from network.rules.consent_drafts import DRAFTS
from network.rules.consents import Purpose
from network.services import give_consent, make_request, place_hold, publish_text, withdraw_consent

DAY = timedelta(days=1)
ASKED = (Purpose.SCREENING, Purpose.COUNSELING, Purpose.RESEARCH)
MOST = 30


def tell_privacy(cast: Cast, showcase: Showcase, *, founded_at: datetime, now: datetime) -> None:
    """Let the center publish its texts and some students answer them."""
    director = cast.holder(Role.CENTER_DIRECTOR, cast.school.pk)
    assert director is not None
    for purpose in ASKED:
        publish_text(
            school=cast.school, purpose=purpose, wording=DRAFTS[purpose], asks_again=False, by=director, at=founded_at
        )
    students = [one for _number, one in sorted(cast.students.items()) if one.school_class_id == showcase.to_file.pk]
    for number, student in enumerate(students[:MOST]):
        _answer(student, number, at=founded_at + DAY)
    head = cast.holder(Role.DORM_HEAD, showcase.room.pk)
    asking = next(one for one in students if one.user_id == (head.pk if head else 0))
    words = "我的联系电话换了号码，请帮我更正。"
    make_request(student=asking, kind=DataRequest.Kind.CORRECTION, words=words, by=asking.user, at=now - 2 * DAY)
    other = next(one for one in students if one != asking)
    make_request(student=other, kind=DataRequest.Kind.ERASURE, words="", by=other.user, at=now - DAY)
    until = localdate(now) + 90 * DAY
    place_hold(student=students[-1], reason="家长投诉处理中，保留全部材料。", ends_on=until, by=director, at=now - DAY)


def _answer(student: Student, number: int, *, at: datetime) -> None:
    """Everybody is asked about the screening, every second one agrees to research, and some think again."""
    give_consent(student=student, purpose=Purpose.SCREENING, version=1, by=student.user, at=at)
    if number % 2 == 0:
        give_consent(student=student, purpose=Purpose.RESEARCH, version=1, by=student.user, at=at)
    if number % 6 == 0:
        withdraw_consent(student=student, purpose=Purpose.RESEARCH, by=student.user, at=at + 9 * DAY)
