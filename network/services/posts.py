"""Posts are given and taken; each gives its abilities on one unit and takes them back when it ends. Whoever's posts
change signs in anew: what is open on a screen belongs to the post of before."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from kernel.models import AuditEvent
from network import policies
from network.models import Post, Unit, UnitGrant, User
from network.rules import ADMINISTRATORS, GRANTS, PEER_ROLES, ROLE_LEVEL, Role
from network.services.duties import settle, vacancy_key
from network.services.signin.sessions import end_sessions

Appointment = tuple[User, Unit, Role]
BATCH = 500


@transaction.atomic
def appoint(
    *, holder: User, unit: Unit, role: Role, by: User | None, at: datetime, ends_on: date | None = None
) -> Post:
    """Give `holder` the role at the unit from today. A peer post has one holder: the one before is relieved.
    Refused when the role does not belong to the unit's level, `by` may not appoint there, would appoint themselves, or
    somebody would hold two administrators' posts. `by=None`: the system."""
    _check_level(unit, role)
    if by is not None and not policies.may_appoint(by, unit, role):
        raise Refused(_("You may not appoint anybody to this post."), code="may-not-appoint")
    _check_holder(holder, role, by=by, at=at)
    Unit.objects.select_for_update().get(pk=unit.pk)
    today = localdate(at)
    standing = Post.objects.active(today).filter(unit=unit, role=role)
    held: Post | None = standing.filter(holder=holder).first()
    if held is not None:
        return held
    if role in PEER_ROLES:
        for post in standing:
            _end(post, by=by, at=at)
    return _give([(holder, unit, role)], ends_on=ends_on, by=by, at=at)[0]


@transaction.atomic
def appoint_many(*, appointments: Iterable[Appointment], by: User | None, at: datetime) -> list[Post]:
    """Give many posts at once; those already held are passed over. The caller has checked that `by` may. Refused as one
    appointment is."""
    wanted = dict.fromkeys(appointments)
    for _holder, unit, role in wanted:
        _check_level(unit, role)
    units = {unit.pk for _holder, unit, _role in wanted}
    active = Post.objects.active(localdate(at)).filter(unit__in=units)
    held = set(active.values_list("holder_id", "unit_id", "role"))
    fresh = [one for one in wanted if (one[0].pk, one[1].pk, one[2].value) not in held]
    for holder, _unit, role in fresh:
        _check_holder(holder, role, by=by, at=at)
    return _give(fresh, ends_on=None, by=by, at=at)


@transaction.atomic
def relieve(*, post: Post, by: User | None, at: datetime) -> Post:
    """End a post now: its rights are gone with it. Refused when `by` may not appoint to it."""
    if by is not None and not policies.may_appoint(by, post.unit, Role(post.role)):
        raise Refused(_("You may not end this post."), code="may-not-appoint")
    post = Post.objects.select_for_update(of=("self",)).select_related("unit", "holder").get(pk=post.pk)
    if post.ends_on is not None and post.ends_on <= localdate(at):
        return post
    return _end(post, by=by, at=at)


@transaction.atomic
def relieve_many(*, posts: Iterable[Post], by: User | None, at: datetime) -> int:
    """End many posts now; returns how many. The caller has checked that `by` may."""
    ended = list(posts)
    keys = [post.pk for post in ended]
    Post.objects.filter(pk__in=keys).update(ends_on=localdate(at))
    UnitGrant.objects.filter(post__in=keys).delete()
    audit.record_many(_ending(post, by=by, at=at) for post in ended)
    end_sessions(users=(post.holder for post in ended), by=by, at=at)
    return len(ended)


@transaction.atomic
def restore_posts(*, posts: Iterable[Post], by: User | None, at: datetime) -> int:
    """Posts that were ended by mistake go on until the `ends_on` they carry; returns how many."""
    restored = list(posts)
    Post.objects.bulk_update(restored, ["ends_on"], batch_size=BATCH)
    _grant(restored)
    audit.record_many(_giving(post, by=by, at=at) for post in restored)
    end_sessions(users=(post.holder for post in restored), by=by, at=at)
    return len(restored)


@transaction.atomic
def end_posts(*, at: datetime) -> int:
    """Take back the grants of posts whose last day has passed; returns how many posts that were."""
    over = UnitGrant.objects.filter(post__in=Post.objects.over(localdate(at)))
    ended = list(Post.objects.filter(pk__in=over.values("post")).select_related("holder"))
    over.delete()
    end_sessions(users=(post.holder for post in ended), by=None, at=at)
    return len(ended)


@transaction.atomic
def renew_grants(*, at: datetime) -> int:
    """Give every post in force exactly the abilities of its role, after the table of roles has changed; returns how
    many posts were put right."""
    posts = Post.objects.active(localdate(at))
    held: dict[int, set[str]] = defaultdict(set)
    for post_id, codename in UnitGrant.objects.filter(post__in=posts).values_list("post", "permission__codename"):
        held[post_id].add(codename)
    stale = [post for post in posts if held[post.pk] != {ability.value for ability in GRANTS[Role(post.role)]}]
    UnitGrant.objects.filter(post__in=stale).delete()
    _grant(stale)
    return len(stale)


def _check_holder(holder: User, role: Role, *, by: User | None, at: datetime) -> None:
    """SECURITY: nobody raises themselves, and the three administrators watch each other, so nobody is two of them."""
    if by is not None and holder.pk == by.pk:
        raise Refused(
            _("Nobody appoints themselves. Ask the security administrator, or whoever appoints at your unit."),
            code="own-post",
        )
    if role not in ADMINISTRATORS:
        return
    User.objects.select_for_update(of=("self",)).get(pk=holder.pk)
    others = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gt=localdate(at)), holder=holder)
    if others.filter(role__in=ADMINISTRATORS - {role}).exists():
        raise Refused(
            _(
                "%(name)s already holds another administrator's post. System, security and audit are kept apart: "
                "choose somebody else, or end that post first."
            )
            % {"name": holder.name},
            code="two-administrators",
        )


def _check_level(unit: Unit, role: Role) -> None:
    if unit.level != ROLE_LEVEL[role]:
        raise Refused(_("This role does not exist at this level of the network."), code="wrong-level")


def _give(appointments: Sequence[Appointment], *, ends_on: date | None, by: User | None, at: datetime) -> list[Post]:
    posts = Post.objects.bulk_create(
        Post(holder=holder, unit=unit, role=role, starts_on=localdate(at), ends_on=ends_on)
        for holder, unit, role in appointments
    )
    _grant(posts)
    settle(keys=[vacancy_key(unit.pk, role) for _holder, unit, role in appointments], at=at)
    audit.record_many(_giving(post, by=by, at=at) for post in posts)
    end_sessions(users=(post.holder for post in posts), by=by, at=at)
    return posts


def _grant(posts: Iterable[Post]) -> None:
    of_units = Permission.objects.filter(content_type__app_label="network", content_type__model="unit")
    permissions = dict(of_units.order_by("pk").values_list("codename", "pk"))
    UnitGrant.objects.bulk_create(
        UnitGrant(
            user_id=post.holder_id,
            content_object_id=post.unit_id,
            post_id=post.pk,
            permission_id=permissions[ability.value],
        )
        for post in posts
        for ability in sorted(GRANTS[Role(post.role)])
    )


def _end(post: Post, *, by: User | None, at: datetime) -> Post:
    post.ends_on = localdate(at)
    post.save(update_fields=["ends_on"])
    post.grants.all().delete()
    audit.record_many([_ending(post, by=by, at=at)])
    end_sessions(users=[post.holder], by=by, at=at)
    return post


def _giving(post: Post, *, by: User | None, at: datetime) -> AuditEvent:
    detail = {"holder": post.holder.number, "role": post.role}
    return audit.event(action="post.appoint", by=by, at=at, obj=post, unit=post.unit.code, detail=detail)


def _ending(post: Post, *, by: User | None, at: datetime) -> AuditEvent:
    detail = {"holder": post.holder.number, "role": post.role}
    return audit.event(action="post.relieve", by=by, at=at, obj=post, unit=post.unit.code, detail=detail)
