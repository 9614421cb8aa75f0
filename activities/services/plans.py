"""What an organizer writes down, and what cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from activities.models import Brand, Festival
from activities.rules.activities import (
    LONGEST_OCCASION,
    MOST_HOURS,
    MOST_OCCASIONS,
    MOST_PLACES,
    Admission,
    Audience,
    Kind,
    is_whole_step,
)
from kernel.errors import Refused
from network.models import Unit
from network.models.bounds import FIRST_MOMENT, LAST_MOMENT


@dataclass(frozen=True)
class OccasionPlan:
    """One meeting; `hours` in steps of half an hour."""

    starts_at: datetime
    ends_at: datetime
    place: str
    hours: Decimal = Decimal("0.0")


@dataclass(frozen=True, kw_only=True)
class ActivityPlan:
    """What an organizer writes down. `capacity`: None for no limit."""

    unit: Unit
    title: str
    occasions: Sequence[OccasionPlan]
    enrol_from: datetime
    enrol_until: datetime
    kind: Kind = Kind.LECTURE
    description: str = ""
    capacity: int | None = None
    admission: Admission = Admission.QUEUE
    audience: Audience = Audience.UNIT
    grade: int | None = None
    is_discreet: bool = False
    is_public: bool = False
    festival: Festival | None = None
    brand: Brand | None = None
    fields: tuple[str, ...] = field(
        default=(
            *("unit", "title", "enrol_from", "enrol_until", "kind", "description", "capacity", "admission"),
            *("audience", "grade", "is_discreet", "is_public", "festival", "brand"),
        ),
        init=False,
    )


def check_plan(plan: ActivityPlan) -> None:
    """Refused for what cannot be, with a sentence that says what to change."""
    _check_places(plan)
    _check_occasions(plan)
    if not FIRST_MOMENT <= plan.enrol_from <= LAST_MOMENT:
        raise Refused(_("This year cannot be right. Look at the date once more."), code="date")
    if plan.enrol_until <= plan.enrol_from:
        raise Refused(_("Enrolment closes before it opens. Change one of the two times."), code="closes-early")
    if plan.enrol_until > max(occasion.ends_at for occasion in plan.occasions):
        raise Refused(_("Enrolment closes after the activity is over. Let it close earlier."), code="closes-late")
    if plan.is_discreet and plan.is_public:
        raise Refused(
            _("A discreet activity is not shown on the public site. Choose one of the two."), code="discreet-and-public"
        )


def _check_places(plan: ActivityPlan) -> None:
    if plan.capacity is not None and not 1 <= plan.capacity <= MOST_PLACES:
        raise Refused(_("Give at least one place, or leave the number empty for no limit."), code="places")
    if plan.admission is Admission.DRAW and plan.capacity is None:
        raise Refused(_("A draw needs a number of places."), code="draw-without-places")


def _check_occasions(plan: ActivityPlan) -> None:
    if not plan.occasions:
        raise Refused(_("Give at least one time and place."), code="no-occasion")
    if len(plan.occasions) > MOST_OCCASIONS:
        raise Refused(_("At most %(count)s times go into one activity.") % {"count": MOST_OCCASIONS}, code="too-many")
    for occasion in plan.occasions:
        _check_occasion(occasion)
    if len({occasion.starts_at for occasion in plan.occasions}) < len(plan.occasions):
        raise Refused(_("Two of the times begin at the same moment. Remove one."), code="twice")


def _check_occasion(occasion: OccasionPlan) -> None:
    if not FIRST_MOMENT <= occasion.starts_at <= LAST_MOMENT:
        raise Refused(_("This year cannot be right. Look at the date once more."), code="date")
    if occasion.ends_at <= occasion.starts_at:
        raise Refused(_("It ends before it starts. Change one of the two times."), code="ends-early")
    if occasion.ends_at - occasion.starts_at > LONGEST_OCCASION:
        raise Refused(_("One time lasts three days at most. Give several times instead."), code="too-long")
    hours = occasion.hours
    if not is_whole_step(hours) or not 0 <= hours <= MOST_HOURS:
        raise Refused(_("Hours go in halves from 0 to 24, such as 1.5 or 2."), code="hours")
