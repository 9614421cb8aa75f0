"""Case conferences and supervision on texts without names; hours of supervision are kept."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from counseling import policies
from counseling.models import Conference, Invitation, Presentation
from counseling.rules.deidentified import Findings, Roster, look
from counseling.rules.groups import ConferenceKind
from kernel import audit, notices
from kernel.errors import Refused
from network.models import Student, Unit, User
from network.rules import Level

INVITED = gettext_noop("You are invited: %(time)s")
LONGEST_TEXT = 8000
MOST_MINUTES = 600


class NamesSomebody(Refused):
    """A text that betrays somebody; `findings` say what to take out."""

    def __init__(self, findings: Findings) -> None:
        super().__init__(
            _("This text still names somebody. Take out what is listed, then send it again."), code="names"
        )
        self.findings = findings


@transaction.atomic
def plan_conference(
    *,
    school: Unit,
    kind: ConferenceKind,
    span: tuple[datetime, datetime],
    invited: Iterable[User],
    by: User,
    at: datetime,
) -> Conference:
    """Plan a conference or supervision and invite people of the center. Refused for all but counselors and director."""
    if not (policies.may_register_calls(by, school) or policies.may_direct(by, school)):
        raise Refused(_("Counselors and the director plan conferences."), code="may-not-plan")
    starts_at, ends_at = span
    if starts_at >= ends_at:
        raise Refused(_("It must end after its beginning."), code="span")
    conference: Conference = Conference.objects.create(
        school=school, kind=kind.value, leader=by, starts_at=starts_at, ends_at=ends_at
    )
    people = {person.pk: person for person in [by, *invited] if person.school_id == school.pk}
    Invitation.objects.bulk_create(Invitation(conference=conference, user=person) for person in people.values())
    others = [person for person in people.values() if person.pk != by.pk]
    notices.post(to=others, kind="conference", title=INVITED, params={"time": starts_at}, at=at)
    audit.record(action="conference.plan", by=by, at=at, obj=conference, unit=school.code)
    return conference


def check_text(*, text: str, school: Unit) -> Findings:
    """What of the school's roster stands in a text, and what to look at once more; nothing is written."""
    return look(text, roster_of(school))


def roster_of(school: Unit) -> Roster:
    """The words of a school's roster, students who have left included."""
    students = Student.objects.filter(school=school).order_by().values_list("name", "number")
    pairs = list(students)
    units = list(Unit.objects.filter(school=school).order_by().values_list("level", "name"))
    by_level = {level: frozenset(name for unit, name in units if unit == level) for level in Level}
    return Roster(
        names=frozenset(name for name, _number in pairs),
        numbers=frozenset(number for _name, number in pairs),
        classes=by_level[Level.CLASS],
        rooms=by_level[Level.DORM],
        colleges=by_level[Level.COLLEGE],
    )


@transaction.atomic
def present_case(*, conference: Conference, text: str, by: User, at: datetime) -> Presentation:
    """Put a case before a conference. Refused (NamesSomebody) while the text betrays anybody of the school, and to
    people who are not invited. No key leads back to a course or a student."""
    if not Conference.objects.visible_to(by).filter(pk=conference.pk, invitations__user=by).exists():
        raise Refused(_("Only people who are invited present a case."), code="not-invited")
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or "\x00" in text:
        raise Refused(_("Please write 1 to 8,000 characters of plain text."), code="no-text")
    findings = check_text(text=text, school=conference.school)
    if findings.refused:
        raise NamesSomebody(findings)
    row: Presentation = Presentation.objects.create(conference=conference, author=by, text=text, checked_at=at)
    audit.record(action="conference.present", by=by, at=at, obj=row, unit=conference.school.code)
    return row


@transaction.atomic
def record_minutes(*, invitation: Invitation, minutes: int, by: User, at: datetime) -> Invitation:
    """How long somebody took part. Refused for all but the leader, before the beginning, and for too many minutes."""
    conference = invitation.conference
    if conference.leader_id != by.pk and not policies.may_direct(by, conference.school):
        raise Refused(_("The leader records who took part."), code="may-not-record")
    if conference.starts_at > at:
        raise Refused(_("It has not begun yet."), code="not-begun")
    if not 0 <= minutes <= min(MOST_MINUTES, int((conference.ends_at - conference.starts_at).total_seconds() // 60)):
        raise Refused(_("Nobody took part for longer than it lasted."), code="minutes")
    invitation.minutes = minutes
    invitation.save(update_fields=["minutes"])
    detail = {"user": invitation.user.number, "minutes": minutes}
    audit.record(action="conference.attend", by=by, at=at, obj=conference, unit=conference.school.code, detail=detail)
    return invitation


def supervision_minutes(*, user: User, first: date, last: date) -> int:
    """Minutes of supervision that somebody received from first to last day."""
    rows = Invitation.objects.filter(
        user=user,
        conference__kind=ConferenceKind.SUPERVISION.value,
        conference__starts_at__date__gte=first,
        conference__starts_at__date__lte=last,
    ).exclude(conference__leader=user)
    return rows.aggregate(sum=Sum("minutes"))["sum"] or 0
