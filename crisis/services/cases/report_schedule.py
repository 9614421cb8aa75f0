"""The one report that an open case owes: scheduled, superseded, and owed by the owner of the case."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from crisis.models import Case, CrisisReport, Return, SpecialPeriod
from crisis.rules import Due, Kind
from crisis.services.cases.recipients import ANSWERING
from network.models import Post, User
from network.rules import Role
from network.services import Owed, owe, settle, withdraw

DUTY = "case_report"
TITLES = {
    Kind.IMMEDIATE: gettext_noop("Immediate report on case %(number)s"),
    Kind.FOLLOW_UP: gettext_noop("24-hour follow-up on case %(number)s"),
    Kind.WEEKLY: gettext_noop("Weekly report on case %(number)s"),
    Kind.MONTHLY: gettext_noop("Monthly report on case %(number)s"),
}


def duty_key(report: CrisisReport) -> str:
    return f"case-report:{report.pk}"


def schedule_report(*, case: Case, due: Due, at: datetime) -> CrisisReport:
    """Let the case owe this report and nothing else: what it owed before is superseded. The caller holds the lock of
    the case and saves it."""
    supersede_report(case=case, at=at)
    report = CrisisReport.objects.create(
        case=case, kind=due.kind, level=case.level, anchor_at=due.anchor, due_at=due.at
    )
    case.next_due_at = report.due_at
    write_report_duty(case=case, report=report)
    return report


def supersede_report(*, case: Case, at: datetime) -> None:
    """The case owes nothing for a moment: inside a transaction that goes on with schedule_report or closes it."""
    for report in CrisisReport.objects.owed().filter(case=case):
        withdraw(keys=[duty_key(report)])
        report.superseded_at = at
        report.save(update_fields=["superseded_at"])
    case.next_due_at = None


def settle_report(*, report: CrisisReport, at: datetime) -> None:
    """The owed report was filed."""
    settle(keys=[duty_key(report)], at=at)


def write_report_duty(*, case: Case, report: CrisisReport) -> None:
    """The duty of the owed report: of the owner by their post, and of the director from the moment that post ends."""
    withdraw(keys=[duty_key(report)])
    owe(
        duties=[
            Owed(
                kind=DUTY,
                key=duty_key(report),
                unit=case.school,
                role=Role.CENTER_DIRECTOR,
                owner=case.owner,
                post=case.owner_post,
                title=TITLES[Kind(report.kind)],
                params={"number": case.number},
                link=f"/cases/{case.pk}/report/",
                due_at=report.due_at,
            )
        ]
    )


def answering_post(*, user: User, case: Case | Return, at: datetime) -> Post | None:
    """The post by which somebody can answer for a case today, the nearest to the student; None for an outsider."""
    places = [pk for pk in (case.school_class_id, case.college_id, case.school_id) if pk]
    posts = user.posts.active(localdate(at)).filter(unit__in=places, role__in=ANSWERING)
    return min(posts, key=lambda post: places.index(post.unit_id), default=None) if user.is_active else None


def periods_of(school_id: int, *, since: date) -> Sequence[tuple[date, date]]:
    """The special periods of a school that touch the days from `since` on."""
    rows = SpecialPeriod.objects.filter(Q(school=school_id), ends_on__gte=since)
    return list(rows.order_by("starts_on").values_list("starts_on", "ends_on"))
