"""A device on which somebody has signed in before: a signed cookie says so, and opens nothing by itself."""

from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import get_random_string

COOKIE = "known_device"
SALT = "network.known_device"
AGE = 400 * 24 * 3600
# On a shared machine the one who has not come for the longest is forgotten.
MOST_PEOPLE = 8


def known_device(request: HttpRequest, user_id: int) -> str:
    """The name of this device if the user has signed in on it before, else ""."""
    name, people = _read(request)
    return name if user_id in people else ""


def remember_device(request: HttpRequest, response: HttpResponseBase, user_id: int) -> None:
    name, people = _read(request)
    people = [*(person for person in people if person != user_id), user_id][-MOST_PEOPLE:]
    value = signing.dumps({"name": name or get_random_string(22), "people": people}, salt=SALT)
    secure = bool(settings.SESSION_COOKIE_SECURE)
    response.set_cookie(COOKIE, value, max_age=AGE, secure=secure, httponly=True, samesite="Lax")


def _read(request: HttpRequest) -> tuple[str, list[int]]:
    try:
        kept: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=AGE)
        return str(kept["name"]), list(kept["people"])
    except signing.BadSignature:
        return "", []
