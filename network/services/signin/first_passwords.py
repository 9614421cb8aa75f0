"""Slips for whole units: who gets one, and the workbook that is handed out once."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kernel import xlsx
from kernel.errors import Refused
from network import policies
from network.models import Post, Unit, User
from network.services.signin.accounts import issue_first_passwords


class PostPassword(NamedTuple):
    """One line of the list that is cut into slips."""

    number: str
    name: str
    unit: str
    role: str
    code: str


@transaction.atomic
def issue_post_passwords(*, unit: Unit, by: User | None, at: datetime) -> list[PostPassword]:
    """New codes for all who hold a post at the unit or below and have not signed in yet, as far as `by` appoints to all
    their posts. Refused when there is nobody."""
    waiting = Post.objects.active(localdate(at)).filter(
        unit__in=Unit.objects.within(unit), holder__must_change_password=True, holder__is_active=True
    )
    held = posts_of({post.holder_id for post in waiting}, at=at)
    chosen = {pk: posts for pk, posts in held.items() if by is None or policies.may_issue_first_password(by, posts)}
    if not chosen:
        raise Refused(_("Everybody here has signed in already; no slip is needed."), code="nobody-waits")
    people = {pk: posts[0].holder for pk, posts in chosen.items()}
    codes = {slip.number: slip.code for slip in issue_first_passwords(users=people.values(), unit=unit, by=by, at=at)}
    return [
        PostPassword(post.holder.number, post.holder.name, post.unit.name, post.label(), codes[post.holder.number])
        for posts in chosen.values()
        for post in posts[:1]
    ]


def first_passwords_workbook(*, slips: Sequence[PostPassword]) -> bytes:
    """The list to print and cut, with a word on what to do with it."""
    heads = [_("ID number"), _("Name"), _("Unit"), _("Post"), _("First password")]
    note = [
        [_("Print this list, cut it into slips and hand each person their own.")],
        [_("The first password works once: the portal then asks for a password of one's own.")],
        [_("Codes are shown here only. Delete this file afterwards; a lost slip is replaced by a new one.")],
    ]
    return xlsx.write_workbook({_("Slips"): [heads, *map(list, slips)], _("How to use"): note})


def posts_of(holders: set[int], *, at: datetime) -> dict[int, list[Post]]:
    posts: dict[int, list[Post]] = {}
    active = Post.objects.active(localdate(at)).filter(holder__in=holders)
    for post in active.select_related("holder", "unit").order_by("unit__code", "role", "pk"):
        posts.setdefault(post.holder_id, []).append(post)
    return posts
