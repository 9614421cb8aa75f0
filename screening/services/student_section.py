"""A student's screenings over time, as far as the reader may see them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext

from network.models import Student, User
from network.rules import Ability
from network.scope import Scope
from screening.models import Feedback, ImportedResult, Interview, Result
from screening.models.captions import CARE_LABELS, LEVEL_LABELS
from screening.services.scales.instruments import title_of

CARE = (Ability.VIEW_SCREENING_LEVEL, Ability.VIEW_SCREENING_TASK, Ability.VIEW_SCREENING_FACTORS)


@dataclass(frozen=True)
class Section:
    """`trend`: per scale, each result's campaign and level; `told`: what colleges heard; `talks`: those whose pages the
    reader may open."""

    trend: list[dict[str, Any]]
    told: list[dict[str, Any]]
    talks: list[Interview]


def students_for(user: User) -> QuerySet[Student]:
    """Students whose section the reader may open: those in their care, and an interviewer's own."""
    talks = Interview.objects.visible_to(user).filter(counselor=user).order_by().values("student")
    cared_for = Student.objects.visible_to(user, *CARE).order_by().values("pk")
    return Student.objects.filter(Q(pk__in=cared_for) | Q(pk__in=talks))


def section_for(student: Student, user: User) -> Section:
    """SECURITY: the center sees levels, a college what it was told, an interviewer their own student's levels too."""
    talks = Interview.objects.visible_to(user).filter(student=student).select_related("campaign", "counselor")
    shown = list(talks.defer("note").order_by("-created_at"))
    scope = Scope.of(user)
    center = scope.covers(Ability.RUN_SCREENING, student.school) or scope.covers(
        Ability.VIEW_SCREENING_FACTORS, student.school
    )
    mine = any(talk.counselor_id == user.pk for talk in shown)
    told = Feedback.objects.visible_to(user).filter(student=student).select_related("campaign").order_by("-given_at")
    return Section(
        trend=_trend(student) if center or mine else [],
        told=[{"feedback": feedback, "word": CARE_LABELS[feedback.level]} for feedback in told],
        talks=shown,
    )


def _trend(student: Student) -> list[dict[str, Any]]:
    """Papers of the portal and results of other systems, by scale; the latter named after where they come from."""
    results = Result.objects.filter(student=student).select_related("campaign", "scale")
    brought = ImportedResult.objects.current().filter(student=student).select_related("came_in", "scale")
    points = [
        (result.scale, result.campaign.name, localdate(result.scored_at), result)
        for result in results.defer("outcome", "scale__definition", "scale__wording")
    ]
    points += [
        (result.scale, gettext("from %(source)s") % {"source": result.came_in.source}, result.day, result)
        for result in brought.defer("outcome", "scale__definition", "scale__wording", "came_in__sheet")
    ]
    lines: dict[str, dict[str, Any]] = {}
    for scale, name, day, result in sorted(points, key=lambda point: (point[0].key, point[2])):
        line = lines.setdefault(scale.key, {"title": title_of(scale), "points": []})
        spoiled = not getattr(result, "is_valid", True)
        line["points"].append({"name": name, "day": day, "spoiled": spoiled, "word": LEVEL_LABELS.get(result.level)})
    return list(lines.values())
