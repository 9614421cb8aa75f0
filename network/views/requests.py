from django.http import HttpRequest

from network.models import Student, User


class Request(HttpRequest):
    """A request that the sign-in middleware has let through."""

    user: User
    # Set by the page of one student: whose file is open.
    opened_file: Student
