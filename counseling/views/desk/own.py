"""What the pages of one counselor share: which counselor the user is, and the school."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from counseling.models import Counselor
from kernel.web import Request
from network.models import Unit
from network.rules import Ability


def own_counselor(request: Request) -> Counselor | None:
    """The user's own place on the center's list; None until the director has put them there."""
    rows = Counselor.objects.filter(user=request.user).select_related("school", "user")
    counselor: Counselor | None = rows.order_by("pk").first()
    return counselor


def fetch_own(request: Request) -> Counselor:
    """The same, or nothing is there."""
    rows = Counselor.objects.filter(user=request.user).select_related("school", "user")
    counselor: Counselor = get_object_or_404(rows.order_by("pk")[:1])
    return counselor


def desk_school(request: Request) -> Unit:
    """The school for whose center the user sits here."""
    school: Unit | None = Unit.objects.schools().visible_to(request.user, Ability.TAKE_COUNSELING).first()
    if school is None:
        raise PermissionDenied
    return school
