"""What all pages of screening share."""

import re
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from kernel.web import Request
from network.models import Unit
from network.rules import Ability
from screening import policies
from screening.models import Campaign, Interview, Participation

# A primary key as an address or a form holds it.
KEY = re.compile("[0-9]{1,18}")
DESK = (Ability.RUN_SCREENING, Ability.FOLLOW_SCREENING)


def fetch_campaign(request: Request, pk: UUID, *abilities: Ability) -> Campaign:
    campaigns = Campaign.objects.visible_to(request.user, *(abilities or DESK)).select_related("school")
    if Ability.RUN_SCREENING not in abilities:
        campaigns = campaigns.shown_to(request.user)
    campaign: Campaign = get_object_or_404(campaigns, pk=pk)
    return campaign


def fetch_to_run(request: Request, pk: UUID) -> Campaign:
    """The campaign for somebody who runs it; whoever follows it only is refused."""
    campaign = fetch_campaign(request, pk)
    if not policies.may_run(request.user, campaign.school):
        raise PermissionDenied
    return campaign


def fetch_school(request: Request, ability: Ability) -> Unit:
    """The school at which the user holds the ability."""
    school: Unit = get_object_or_404(
        Unit.objects.schools().visible_to(request.user, ability), pk=request.user.school_id
    )
    return school


def fetch_interview(request: Request, pk: UUID) -> Interview:
    joined = ("campaign", "student", "school", "college", "school_class", "counselor", "settled_by", "participation")
    interview: Interview = get_object_or_404(Interview.objects.visible_to(request.user).select_related(*joined), pk=pk)
    return interview


def fetch_own(request: Request, pk: UUID) -> Participation:
    rows = Participation.objects.for_user(request.user).select_related("campaign")
    participation: Participation = get_object_or_404(rows, pk=pk)
    return participation
