"""Rows that several views ask for: 404 out of sight, 403 where the act is refused."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from activities import policies
from activities.models import Activity, Occasion
from activities.services.pages import BOARD
from kernel.web import Request

JOINED = ("unit", "school", "festival", "brand", "planned_by", "approved_by")


def fetch_activity(request: Request, pk: UUID) -> Activity:
    """An activity that the board shows, or that the user runs."""
    rows = Activity.objects.visible_to(request.user, *BOARD).select_related(*JOINED)
    activity: Activity = get_object_or_404(rows, pk=pk)
    return activity


def fetch_to(request: Request, pk: UUID, may: Callable[[Any, Activity], bool]) -> Activity:
    """The same for an act; 403 if the policy says no."""
    activity = fetch_activity(request, pk)
    if not may(request.user, activity):
        raise PermissionDenied
    return activity


def fetch_to_run(request: Request, pk: UUID) -> Activity:
    return fetch_to(request, pk, policies.may_run_activity)


def fetch_occasion(request: Request, pk: UUID) -> Occasion:
    """An occasion of an activity that the user runs; 403 for one that is only in sight."""
    rows = Occasion.objects.of(Activity.objects.visible_to(request.user, *BOARD)).select_related("activity__unit")
    occasion: Occasion = get_object_or_404(rows, pk=pk)
    if not policies.may_run_activity(request.user, occasion.activity):
        raise PermissionDenied
    return occasion
