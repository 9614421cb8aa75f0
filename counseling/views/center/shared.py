from django.core.exceptions import PermissionDenied

from kernel.web import Request
from network.models import Unit
from network.rules import Ability


def directed_school(request: Request) -> Unit:
    """The school whose center the user directs."""
    school: Unit | None = Unit.objects.schools().visible_to(request.user, Ability.ARRANGE_COUNSELING).first()
    if school is None:
        raise PermissionDenied
    return school
