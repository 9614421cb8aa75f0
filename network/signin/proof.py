"""Whether the session of a request shows who its user is, after staff have reset the password."""

from typing import Any

from allauth.account.authentication import get_authentication_records
from django.http import HttpRequest

from network.services import is_proved


def proves_identity(request: HttpRequest) -> bool:
    """Always so without a reset; otherwise only if the session was signed in by what the reset did not open."""
    user: Any = request.user
    return user.reset_at is None or is_proved(user, get_authentication_records(request, user))
