"""What takes two people: posts that open a whole school or college, and resets upward. One asks, another decides."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.errors import Refused
from network import policies
from network.models import AccessRequest, Post, Unit, User
from network.rules import ADMINISTRATORS, Role
from network.rules.appointments import DECIDERS, WIDE_ROLES
from network.scope import Scope
from network.services.posts import check_appointment, give_post
from network.services.signin.accounts import FirstPassword, reset_password
from network.services.signin.factors import reset_factors

Kind = AccessRequest.Kind
ASKED = gettext_noop("%(by)s asks for something that takes two people. Please look at it and decide.")
GRANTED = gettext_noop("%(by)s has agreed to what you asked for %(name)s.")
DECLINED = gettext_noop("%(by)s has not agreed to what you asked for %(name)s.")


@transaction.atomic
def ask_post(
    *, holder: User, unit: Unit, role: Role, by: User, at: datetime, ends_on: date | None = None
) -> AccessRequest | Post:
    """Ask for a wide post; a second person confirms it. A post that is held already is returned as it is. Refused as
    `appoint` is."""
    check_appointment(holder=holder, unit=unit, role=role, by=by, at=at)
    held: Post | None = Post.objects.active(localdate(at)).filter(holder=holder, unit=unit, role=role).first()
    if held is not None:
        return held
    wanted = {"kind": Kind.POST, "holder": holder, "unit": unit, "role": role.value, "ends_on": ends_on}
    return _ask(school_id=unit.root_id, wanted=wanted, by=by, at=at)


@transaction.atomic
def ask_reset(*, holder: User, kind: AccessRequest.Kind, by: User, at: datetime) -> AccessRequest:
    """Ask for a reset that takes two people. The caller has checked that `by` may reset it."""
    school_id = holder.school_id or (by.school_id or 0)
    return _ask(school_id=school_id, wanted={"kind": kind, "holder": holder}, by=by, at=at)


@transaction.atomic
def decide_access_request(
    *, request: AccessRequest, grant: bool, by: User | None, at: datetime
) -> Post | FirstPassword | None:
    """Agree, and have it done, or decline. Returns the post or the new password. Refused to whoever asked, to the
    person concerned, and to whom they have just appointed. `by=None`: whoever runs the server."""
    request = (
        AccessRequest.objects.select_for_update(of=("self",)).select_related("holder", "asked_by").get(pk=request.pk)
    )
    if request.decided_at is not None:
        raise Refused(_("This has been decided already."), code="decided")
    if by is not None and not policies.may_decide_access_request(by, request, at):
        raise Refused(_("Somebody else has to decide this."), code="may-not-decide")
    done = _carry_out(request, at=at) if grant else None
    request.decided_by, request.decided_at, request.is_granted = by, at, grant
    request.save(update_fields=["decided_by", "decided_at", "is_granted"])
    action = "access.grant" if grant else "access.decline"
    detail = {"kind": request.kind, "holder": request.holder.number, "role": request.role}
    audit.record(action=action, by=by, at=at, obj=request, detail=detail)
    params = {"by": "" if by is None else by.name, "name": request.holder.name}
    title = GRANTED if grant else DECLINED
    notices.post(to=request.asked_by, kind="access.decided", title=title, params=params, at=at)
    return done


def _ask(*, school_id: int, wanted: dict[str, object], by: User, at: datetime) -> AccessRequest:
    standing = AccessRequest.objects.open().filter(
        kind=wanted["kind"], holder=wanted["holder"], unit=wanted.get("unit"), role=wanted.get("role", "")
    )
    request: AccessRequest | None = standing.first()
    if request is not None:
        return request
    asks_as_administrator = any(roles & ADMINISTRATORS for roles in Scope.of(by).roles.values())
    request = AccessRequest.objects.create(
        school_id=school_id, asked_by=by, asked_at=at, asked_by_administrator=asks_as_administrator, **wanted
    )
    detail = {"kind": request.kind, "holder": request.holder.number, "role": request.role}
    audit.record(action="access.ask", by=by, at=at, obj=request, detail=detail)
    notices.post(
        to=_deciders(request, at=at),
        kind="access.asked",
        title=ASKED,
        params={"by": by.name},
        link=reverse("network:access-request-list"),
        at=at,
        urgent=True,
    )
    return request


def _deciders(request: AccessRequest, *, at: datetime) -> list[User]:
    roles = DECIDERS - ADMINISTRATORS if request.asked_by_administrator else DECIDERS
    posts = Post.objects.active(localdate(at)).filter(unit=request.school_id, role__in=[role.value for role in roles])
    people = {post.holder_id: post.holder for post in posts.select_related("holder").order_by("pk")}
    return [person for pk, person in people.items() if pk not in (request.asked_by_id, request.holder_id)]


def _carry_out(request: AccessRequest, *, at: datetime) -> Post | FirstPassword | None:
    """SECURITY: what was asked for days ago is checked again as of now, with the right of who asked."""
    asked_by, holder = request.asked_by, request.holder
    if request.unit is not None:
        unit, role = request.unit, Role(request.role)
        check_appointment(holder=holder, unit=unit, role=role, by=asked_by, at=at)
        return give_post(holder=holder, unit=unit, role=role, ends_on=request.ends_on, by=asked_by, at=at)
    held = list(Post.objects.active(localdate(at)).filter(holder=holder).select_related("unit"))
    if not policies.may_reset_sign_in(asked_by, holder, None, held):
        raise Refused(_("Whoever asked may not reset this any more."), code="may-not-reset")
    if request.kind == Kind.PASSWORD:
        return reset_password(user=holder, by=asked_by, at=at)
    reset_factors(user=holder, by=asked_by, at=at)
    return None


def takes_two(role: Role) -> bool:
    """Whether a post of this role is asked for and confirmed."""
    return role in WIDE_ROLES
