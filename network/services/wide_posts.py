"""Auditor, director and leader are told of each post that opens data of a whole school or college."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from kernel import notices
from network.models import Post, User
from network.rules import ADMINISTRATORS, Role
from network.rules.appointments import TOLD_OF_WIDE_POSTS, WIDE_ROLES

TITLES = {
    Role.LEADING_GROUP: gettext_noop("%(name)s is now in the leading group, appointed by %(by)s."),
    Role.SCHOOL_LEADER: gettext_noop("%(name)s is now school leader, appointed by %(by)s."),
    Role.CENTER_DIRECTOR: gettext_noop("%(name)s is now center director, appointed by %(by)s."),
    Role.FULL_TIME_COUNSELOR: gettext_noop("%(name)s is now full-time counselor, appointed by %(by)s."),
    Role.DEPUTY_SECRETARY: gettext_noop("%(name)s is now deputy secretary of %(unit)s, appointed by %(by)s."),
    Role.COLLEGE_COORDINATOR: gettext_noop("%(name)s is now coordinator of %(unit)s, appointed by %(by)s."),
    Role.SYSTEM_ADMINISTRATOR: gettext_noop("%(name)s is now system administrator, appointed by %(by)s."),
    Role.SECURITY_ADMINISTRATOR: gettext_noop("%(name)s is now security administrator, appointed by %(by)s."),
    Role.AUDITOR: gettext_noop("%(name)s is now auditor, appointed by %(by)s."),
}
MANY = gettext_noop("%(by)s has given %(count)s posts that open a whole school or college. The log names them.")
# A roster gives dozens of posts at once: then one notice tells how many.
EACH_UP_TO = 3


def tell_of_wide_posts(*, posts: Sequence[Post], by: User, at: datetime) -> None:
    """Tell those who watch over access of the wide posts among these."""
    by_school: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        if Role(post.role) in WIDE_ROLES | ADMINISTRATORS:
            by_school[post.unit.root_id].append(post)
    for school_id, given_posts in by_school.items():
        watchers = watchers_of(school_id=school_id, at=at, without={by.pk})
        if len(given_posts) > EACH_UP_TO:
            counts: dict[str, str | int | date] = {"by": by.name, "count": len(given_posts)}
            notices.post(to=watchers, kind="post.wide", title=MANY, params=counts, at=at, urgent=True)
            continue
        for post in given_posts:
            people = [person for person in watchers if person.pk != post.holder_id]
            params: dict[str, str | int | date] = {"by": by.name, "name": post.holder.name}
            params |= {"unit": post.unit.name} if "%(unit)s" in TITLES[Role(post.role)] else {}
            notices.post(to=people, kind="post.wide", title=TITLES[Role(post.role)], params=params, at=at, urgent=True)


def watchers_of(*, school_id: int, at: datetime, without: set[int]) -> list[User]:
    """Auditors, directors and leaders of the school, but for some."""
    posts = Post.objects.active(localdate(at)).filter(unit=school_id, role__in=TOLD_OF_WIDE_POSTS)
    holders = {post.holder_id: post.holder for post in posts.select_related("holder").order_by("pk")}
    return [person for pk, person in holders.items() if pk not in without and person.is_active]
