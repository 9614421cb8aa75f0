"""What has been filed waits to be checked: duties of the level above, and a nudge for what has not come."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.errors import Refused
from network.models import Post, User
from network.rules import Level, Role
from network.services import Owed, owe, settle
from reporting import policies
from reporting.models import Report
from reporting.rules.filing import FILED_BY

CHECK_TITLES = {
    Level.CLASS: gettext_noop("Check the class report %(month)s, %(unit)s"),
    Level.COLLEGE: gettext_noop("Check the college report %(month)s, %(unit)s"),
}
DAY = timedelta(days=1)
CENTER_HAS = timedelta(days=3)


def check_key(report: Report) -> str:
    return f"check:{report.pk}:{report.revision}"


def owe_check(*, report: Report, at: datetime) -> None:
    """Whoever checks a filed class or college report owes it: the fudaoyuan a day before the college is due, the center
    within three days. A filing on top of another replaces its check."""
    level = Level(report.level)
    if level not in CHECK_TITLES:
        return
    settle(keys=[f"check:{report.pk}:{report.revision - 1}"], at=at)
    class_check = level == Level.CLASS
    owe(
        duties=[
            Owed(
                kind=f"{level}_check",
                key=check_key(report),
                unit=report.unit if class_check else report.school,
                role=Role.FUDAOYUAN if class_check else Role.CENTER_DIRECTOR,
                title=CHECK_TITLES[level],
                params={"month": str(report.cycle), "unit": report.unit.name},
                link=f"/reports/{report.pk}/",
                due_at=max(report.cycle.college_due_at - DAY, at + DAY) if class_check else at + CENTER_HAS,
            )
        ]
    )


def settle_checks(*, reports: Iterable[Report], at: datetime) -> int:
    """The checks of these reports are done."""
    return settle(keys=[check_key(report) for report in reports], at=at)


@transaction.atomic
def nudge(*, report: Report, by: User, at: datetime) -> int:
    """Remind whoever files a report that it has not come; each person at most once a day. Returns how many that are.
    Refused when it has come, or nobody holds the post."""
    report = Report.objects.select_for_update(of=("self",)).select_related("cycle", "unit").get(pk=report.pk)
    if not policies.may_remind(by, report):
        raise Refused(_("This report has arrived already, or is not yours to chase."), code="may-not-remind")
    posts = Post.objects.active(localdate(at)).filter(unit=report.unit_id, role=FILED_BY[Level(report.level)])
    people = [post.holder for post in posts.select_related("holder")]
    if not people:
        raise Refused(_("Nobody holds this post at the moment. Appoint somebody, or file it yourself."), code="vacant")
    notices.post(
        to=people,
        kind="report.nudge",
        title=gettext_noop("%(name)s asks you kindly to file: report %(month)s, %(unit)s."),
        params={"name": by.name, "month": str(report.cycle), "unit": report.unit.name},
        link=f"/reports/{report.pk}/",
        at=at,
        key=f"nudge:{report.pk}:{localdate(at)}",
    )
    audit.record(action="report.nudge", by=by, at=at, obj=report, unit=report.unit.code)
    return len(people)
