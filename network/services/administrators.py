"""The first person of a school, who lets in all others."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from network.models import Unit, User
from network.rules import Role
from network.services.accounts import Slip, issue_slips
from network.services.posts import appoint
from portal.kernel.errors import Refused


@transaction.atomic
def admit_administrator(*, school: Unit, number: str, name: str, at: datetime) -> Slip:
    """An account with the post of administrator and a code for the first sign-in. Refused when the number is taken."""
    if User.objects.filter(number=number).exists():
        raise Refused(_("This number is taken. Choose another one."), code="number-taken")
    user = User.objects.create_user(number, name=name, school=school)
    appoint(holder=user, unit=school, role=Role.SYSTEM_ADMINISTRATOR, by=None, at=at)
    return issue_slips(users=[user], unit=school, by=None, at=at)[0]
