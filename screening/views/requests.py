from django.http import HttpRequest

from network.models import User


class Request(HttpRequest):
    """A request that the sign-in middleware has let through."""

    user: User
