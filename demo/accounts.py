"""The accounts to try: one for each role, with a password that is printed."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from demo.settling import Cast
from demo.showcase import Showcase
from kernel import notices
from kernel.models import Notice
from network.models import Post, Unit, User
from network.models.labels import ROLE_LABELS
from network.rules import Level, Role
from network.services import set_password

PASSWORD = "mingde-demo"  # noqa: S105  printed for everybody who tries the demo
# In the order in which a visitor best looks around.
PURPOSES = {
    Role.DORM_HEAD: _("on a phone: file this month's dorm report"),
    Role.CLASS_COMMITTEE_MEMBER: _("which rooms are missing; file the class report"),
    Role.FUDAOYUAN: _("check class reports; one waits, one was sent back"),
    Role.CLASS_ADVISER: _("the class's weather, without details"),
    Role.COLLEGE_COORDINATOR: _("the college's month; write and file it"),
    Role.DEPUTY_SECRETARY: _("the college's figures and its PDF"),
    Role.CENTER_DIRECTOR: _("the heat map, the alarm that waits, the school's month"),
    Role.FULL_TIME_COUNSELOR: _("alarms and the students behind them"),
    Role.PART_TIME_COUNSELOR: _("the talks after the screening that fell to them"),
    Role.SCHOOL_LEADER: _("the school at a glance, figures alone"),
    Role.LEADING_GROUP: _("the same for the leading group"),
    Role.STUDENT_UNION_OFFICER: _("on a phone: plan an activity and check people in"),
    Role.COLLEGE_UNION_OFFICER: _("the same for the activities of a college"),
    Role.AUDITOR: _("who read and did what"),
    Role.SYSTEM_ADMINISTRATOR: _("due days and the school's name, no personal data"),
    Role.SECURITY_ADMINISTRATOR: _("who holds which post, first passwords, the access table"),
}


class Account(NamedTuple):
    role: str
    number: str
    name: str
    unit: str
    purpose: str


def open_accounts(cast: Cast, showcase: Showcase, *, at: datetime) -> None:
    """Give one holder of each role the printed password."""
    places: dict[Role, int] = {
        Role.DORM_HEAD: showcase.room.pk,
        Role.CLASS_COMMITTEE_MEMBER: showcase.to_file.pk,
        Role.FUDAOYUAN: showcase.to_file.pk,
        Role.CLASS_ADVISER: showcase.to_file.pk,
        Role.COLLEGE_COORDINATOR: showcase.to_file.college_id or 0,
        Role.DEPUTY_SECRETARY: showcase.to_file.college_id or 0,
        Role.COLLEGE_UNION_OFFICER: showcase.to_file.college_id or 0,
    }
    holders = (cast.holder(role, places.get(role, cast.school.pk)) for role in PURPOSES)
    for user in {user.pk: user for user in holders if user}.values():
        set_password(user=user, password=PASSWORD, at=at)


def read_old_notices(school: Unit, *, before: datetime, at: datetime) -> None:
    """Whoever tries an account finds the notices of the open month, not those of the past."""
    for user in User.objects.filter(school=school, must_change_password=False):
        old = Notice.objects.for_user(user).filter(created_at__lt=before).values_list("pk", flat=True)
        notices.mark_read(by=user, at=at, ids=list(old))


def printed(school: Unit, *, at: datetime) -> list[Account]:
    """The accounts that still have the printed password."""
    tried = User.objects.filter(school=school, must_change_password=False)
    posts = Post.objects.active(localdate(at)).filter(holder__in=tried).select_related("holder", "unit").order_by("pk")
    known = {user.pk for user in tried if user.check_password(PASSWORD)}
    first = {(post.role, post.holder_id): post for post in reversed(posts) if post.holder_id in known}
    return sorted(
        _accounts(first.values()), key=lambda one: (list(map(str, PURPOSES.values())).index(one.purpose), one.number)
    )


def _accounts(posts: Iterable[Post]) -> Iterator[Account]:
    for post in posts:
        role = Role(post.role)
        unit = post.unit.name if post.unit.level != Level.SCHOOL else ""
        yield Account(str(ROLE_LABELS[role]), post.holder.number, post.holder.name, unit, str(PURPOSES[role]))
