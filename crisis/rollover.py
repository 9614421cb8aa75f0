"""What a rollover meets in crisis: open cases of students who leave."""

from typing import Any

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crisis.models import Case, SafetyWatch
from crisis.rules import AlertLevel
from network.services.rollover.obstacles import SHOWN, Meeting, Obstacle, declare_obstacle


def open_cases(meeting: Meeting, reader: Any) -> list[Obstacle]:
    """A red case keeps its student until somebody has taken over: the case is lowered or closed, or its watch ended
    with family or hospital. Any other case is a warning. Neither sentence tells a level."""
    watches = SafetyWatch.objects.filter(case=OuterRef("pk")).order_by()
    handed_over = Exists(watches.exclude(ended_at=None)) & ~Exists(watches.filter(ended_at=None))
    cases = Case.objects.open().filter(school=meeting.school_id).annotate(is_handed_over=handed_over)
    leaving = [case for case in cases.order_by("number") if str(case.student_id) in meeting.leaving]
    blocking = [case for case in leaving if case.level == AlertLevel.RED and not case.is_handed_over]
    others = [case for case in leaving if case not in blocking]
    seen = _visible({case.pk for case in leaving}, reader)
    return [
        Obstacle(
            code="case-not-handed-over",
            text=ngettext(
                "%(n)d student who leaves has an open case that must be handed over first. End the watch with "
                "family or hospital, or lower or close the case.",
                "%(n)d students who leave have open cases that must be handed over first. End the watches with "
                "family or hospital, or lower or close the cases.",
                len(blocking),
            )
            % {"n": len(blocking)},
            count=len(blocking),
            blocks=True,
            links=_links(blocking, seen),
        ),
        Obstacle(
            code="case-open",
            text=ngettext(
                "%(n)d student who leaves has an open case. Think of the hand-over in time.",
                "%(n)d students who leave have open cases. Think of the hand-over in time.",
                len(others),
            )
            % {"n": len(others)},
            count=len(others),
            links=_links(others, seen),
        ),
    ]


def _visible(cases: set[Any], reader: Any) -> set[Any]:
    if reader is None or not cases:
        return set()
    return set(Case.objects.visible_to(reader).filter(pk__in=cases).order_by().values_list("pk", flat=True))


def _links(cases: list[Case], seen: set[Any]) -> tuple[tuple[str, str], ...]:
    shown = [case for case in cases if case.pk in seen][:SHOWN]
    return tuple(
        (_("Case %(number)s") % {"number": case.number}, reverse("crisis:case-detail", args=[case.pk]))
        for case in shown
    )


declare_obstacle("crisis.cases", open_cases)
