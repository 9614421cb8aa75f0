"""Those who let in all others: the first administrator of a school, and colleagues whom no roster names yet."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from kernel.errors import Refused
from network import policies
from network.models import Unit, User
from network.rules import Role
from network.services.access_requests import ask_post, takes_two
from network.services.posts import appoint
from network.services.signin.accounts import FirstPassword, issue_first_passwords


@transaction.atomic
def admit_colleague(
    *, school: Unit, number: str, name: str, at: datetime, by: User | None, role: Role = Role.SECURITY_ADMINISTRATOR
) -> FirstPassword:
    """An account with a post of the school and a code for the first sign-in; a post that takes two people is asked for
    and opens nothing before it is confirmed. Refused when the number is taken, or `by`
    does not manage access there. `by=None`: whoever runs the server, from the command line."""
    # SECURITY: policies.may_appoint is asked again by `appoint`; this guards the account itself.
    if by is not None and not policies.may_manage_access(by, school):
        raise Refused(_("You may not open accounts at this school."), code="may-not-manage-access")
    if User.objects.filter(number__iexact=number).exists():
        raise Refused(_("This number is taken. Choose another one."), code="number-taken")
    user = User.objects.create_user(number, name=name, school=school)
    if by is not None and takes_two(role):
        ask_post(holder=user, unit=school, role=role, by=by, at=at)
    else:
        appoint(holder=user, unit=school, role=role, by=by, at=at)
    return issue_first_passwords(users=[user], unit=school, by=by, at=at)[0]
