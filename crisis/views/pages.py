"""What all pages of the watchlist share."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from crisis.models import Case
from network.models import User
from network.rules import Ability

UNPROCESSABLE = 422
CONFLICT = 409
CASE_JOINED = ("student", "school", "college", "school_class", "dorm", "owner", "deputy", "opened_by")


class Request(HttpRequest):
    user: User


def fetch_case(request: Request, pk: UUID, *abilities: Ability) -> Case:
    """The case as far as the reader may see it; 404 otherwise."""
    cases = Case.objects.visible_to(request.user, *abilities).select_related(*CASE_JOINED)
    case: Case = get_object_or_404(cases, pk=pk)
    return case
