"""What a rollover meets in reporting: months that are open; and how their drafts follow."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from network.models import Unit
from network.services.rollover.obstacles import Meeting, Obstacle, declare_follower, declare_obstacle
from reporting.models import Cycle
from reporting.policies import may_open_cycle
from reporting.services import refresh_cycle


def open_months(meeting: Meeting, reader: Any) -> list[Obstacle]:
    """Open months keep a plan waiting, unless whoever confirms it agrees that their drafts follow."""
    months = [str(cycle) for cycle in Cycle.objects.open().filter(school=meeting.school_id).order_by("month")]
    text = _(
        "The reports of %(months)s are not closed yet. Close the month first, or agree in the plan that drafts follow "
        "and what was filed stays."
    )
    is_reader = reader is not None and may_open_cycle(reader, Unit.objects.get(pk=meeting.school_id))
    links = ((_("The month"), reverse("reporting:month-board")),) if is_reader else ()
    return [
        Obstacle(
            code="month-open",
            text=text % {"months": "、".join(months)},
            count=len(months),
            blocks=True,
            agreeable=True,
            links=links,
        )
    ]


def follow_units(school_id: int, at: datetime) -> None:
    """Drafts and duties of open months follow the units; reports that were filed stay."""
    for cycle in Cycle.objects.open().filter(school=school_id).order_by("month"):
        refresh_cycle(cycle=cycle, at=at)


declare_obstacle("reporting.months", open_months)
declare_follower("reporting.months", follow_units)
