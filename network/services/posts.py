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
from network.rules import GRANTS, PEER_ROLES, ROLE_LEVEL, Role
from network.rules.appointments import WIDE_ROLES, excluded_roles
from network.services.duties import settle, vacancy_key
from network.services.signin.sessions import end_sessions
from network.services.wide_posts import tell_of_wide_posts

Appointment = tuple[User, Unit, Role]
BATCH = 500


@transaction.atomic
def appoint(
    *, holder: User, unit: Unit, role: Role, by: User | None, at: datetime, ends_on: date | None = None
) -> Post:
    """Give `holder` the role at the unit from today. A peer post has one holder: the one before is relieved.
    Refused when the role does not belong to the unit's level, `by` may not appoint there, would appoint themselves, the
    post takes a second person, or somebody would hold two posts that exclude each other. `by=None`: the system."""
    check_appointment(holder=holder, unit=unit, role=role, by=by, at=at)
    # SECURITY: `ask_post` asks for such a post, and a second person confirms it.
    if by is not None and role in WIDE_ROLES:
        raise Refused(_("This post takes a second person, who confirms it."), code="takes-two")
    return give_post(holder=holder, unit=unit, role=role, ends_on=ends_on, by=by, at=at)


def check_appointment(*, holder: User, unit: Unit, role: Role, by: User | None, at: datetime) -> None:
    """Refused as `appoint` is, but for the second person. Called inside the caller's transaction."""
    _check_level(unit, role)
    if by is not None and not policies.may_appoint(by, unit, role):
        raise Refused(_("You may not appoint anybody to this post."), code="may-not-appoint")
    _check_holders([(holder, unit, role)], by=by, at=at)


def give_post(*, holder: User, unit: Unit, role: Role, ends_on: date | None, by: User | None, at: datetime) -> Post:
    """Give the post, which the caller has checked, and relieve the holder before where there is one at a time."""
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
def appoint_many(
    *, appointments: Iterable[Appointment], by: User | None, at: datetime, ends_on: date | None = None
) -> list[Post]:
    """Give many posts at once, until `ends_on` where there is a term; those already held are passed over. The caller
    has checked that `by` may. Refused as one appointment is."""
    wanted = dict.fromkeys(appointments)
    for _holder, unit, role in wanted:
        _check_level(unit, role)
    units = {unit.pk for _holder, unit, _role in wanted}
    active = Post.objects.active(localdate(at)).filter(unit__in=units)
    held = set(active.values_list("holder_id", "unit_id", "role"))
    fresh = [(holder, unit, role) for holder, unit, role in wanted if (holder.pk, unit.pk, role.value) not in held]
    _check_holders(fresh, by=by, at=at)
    return _give(fresh, ends_on=ends_on, by=by, at=at)


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


def _check_holders(appointments: Sequence[Appointment], *, by: User | None, at: datetime) -> None:
    """SECURITY: nobody raises themselves, and administrators neither see data nor hold two of their posts."""
    if by is not None and any(holder.pk == by.pk for holder, _unit, _role in appointments):
        raise Refused(
            _("Nobody appoints themselves. Ask the security administrator, or whoever appoints at your unit."),
            code="own-post",
        )
    held = _roles_held({holder.pk for holder, _unit, role in appointments if excluded_roles(role)}, at=at)
    for holder, _unit, role in appointments:
        if held[holder.pk] & excluded_roles(role):
            raise Refused(
                _(
                    "%(name)s already holds a post that excludes this one. Administrators of system, security and "
                    "audit are kept apart and see no data: choose somebody else, or end that post first."
                )
                % {"name": holder.name},
                code="two-administrators",
            )
        held[holder.pk].add(role)


def _roles_held(holders: set[int], *, at: datetime) -> dict[int, set[Role]]:
    """The roles that these people hold or will hold. Their rows are locked, so that two appointments at once see each
    other."""
    held: dict[int, set[Role]] = defaultdict(set)
    keys = sorted(holders)
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        list(User.objects.select_for_update(of=("self",)).filter(pk__in=batch).order_by("pk").values_list("pk"))
        posts = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gt=localdate(at)), holder__in=batch)
        for holder_id, role in posts.order_by("pk").values_list("holder_id", "role"):
            held[holder_id].add(Role(role))
    return held


def _check_level(unit: Unit, role: Role) -> None:
    if unit.level != ROLE_LEVEL[role]:
        raise Refused(_("This role does not exist at this level of the network."), code="wrong-level")


def _give(appointments: Sequence[Appointment], *, ends_on: date | None, by: User | None, at: datetime) -> list[Post]:
    posts = Post.objects.bulk_create(
        Post(holder=holder, unit=unit, role=role, appointed_by=by, starts_on=localdate(at), ends_on=ends_on)
        for holder, unit, role in appointments
    )
    _grant(posts)
    settle(keys=[vacancy_key(unit.pk, role) for _holder, unit, role in appointments], at=at)
    audit.record_many(_giving(post, by=by, at=at) for post in posts)
    end_sessions(users=(post.holder for post in posts), by=by, at=at)
    if by is not None:
        tell_of_wide_posts(posts=posts, by=by, at=at)
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
