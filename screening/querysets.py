"""Who sees which scales, campaigns, papers, results and talks. Each ends in none() unless something was granted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from network.models import Consent, ConsentText
from network.querysets import ScopedQuerySet
from network.rules import Ability, Level
from network.rules.consents import Purpose
from network.scope import ROW_KEYS, Scope, any_of

CENTER = (Ability.RUN_SCREENING,)


class ScaleQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Shipped scales and those of the schools at which the user holds any of the abilities."""
        schools = Scope.of(user).units(abilities).get(Level.SCHOOL)
        return self.filter(Q(school=None) | Q(school__in=schools)) if schools else self.none()

    def of_school(self, school: Any) -> Self:
        """Shipped scales and the school's own."""
        return self.filter(Q(school=None) | Q(school=school))

    def published(self) -> Self:
        return self.filter(state="published")


class CampaignQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Campaigns of the user's school, for whoever holds one of the abilities anywhere in it."""
        if not Scope.of(user).units(abilities):
            return self.none()
        return self.filter(school=user.school_id)

    def shown_to(self, user: Any) -> Self:
        """Drafts are the center's alone."""
        return self if Scope.of(user).units(CENTER) else self.opened()

    def opened(self) -> Self:
        return self.exclude(opened_at=None)

    def with_figures(self, user: Any) -> Self:
        """How many of those that the user follows are asked, and have finished."""
        followed = Scope.of(user).rows([Ability.FOLLOW_SCREENING], "participations__") or Q(pk=None)
        asked = followed & Q(participations__exempted_at=None)
        done = asked & Q(participations__finished_at__isnull=False)
        return self.annotate(
            asked=Count("participations", filter=asked), done=Count("participations", filter=done)
        ).order_by("-opens_on", "-created_at")

    def answerable(self, on: date) -> Self:
        """Campaigns that take answers on that day."""
        in_time = Q(closes_on__gte=on) | Q(makeup_until__gte=on)
        return self.opened().filter(in_time, opens_on__lte=on, closed_at=None)

    def past(self, on: date) -> Self:
        """Opened campaigns whose last day has passed and that nobody has closed."""
        over = Q(makeup_until=None, closes_on__lt=on) | Q(makeup_until__lt=on)
        return self.opened().filter(over, closed_at=None)


class ParticipationQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """A student's own rows, of campaigns that were opened."""
        return self.filter(student__user=user, campaign__opened_at__isnull=False)

    def within(self, unit: Any) -> Self:
        """Rows of one unit."""
        return self.filter(**{ROW_KEYS[Level(unit.level)]: unit.pk})

    def unfinished(self) -> Self:
        """Who is asked and has not finished: neither exempted nor declined."""
        return self.filter(finished_at=None, exempted_at=None, declined_at=None)

    def not_reminded_on(self, day: date) -> Self:
        """Who has had no reminder that day."""
        return self.filter(Q(reminded_at=None) | Q(reminded_at__date__lt=day))

    def due(self) -> Self:
        """All that count in the denominator: everybody but those exempted."""
        return self.filter(exempted_at=None)

    def tally(self, *keys: str) -> QuerySet[Any, dict[str, Any]]:
        """How many are asked, at work, done, declined and exempted, by the keys. Invalid and declined stay among the
        asked."""
        asked = Q(exempted_at=None)
        counted: QuerySet[Any, dict[str, Any]] = (
            self.order_by()
            .values(*keys)
            .annotate(
                due=Count("pk", filter=asked),
                done=Count("pk", filter=asked & Q(finished_at__isnull=False)),
                valid=Count("pk", filter=asked & Q(finished_at__isnull=False, is_valid=True)),
                begun=Count("pk", filter=asked & Q(consented_at__isnull=False, finished_at=None)),
                declined=Count("pk", filter=asked & Q(declined_at__isnull=False)),
                exempted=Count("pk", filter=~asked),
            )
            .order_by(*keys)
        )
        return counted


class ExemptionQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        condition = Scope.of(user).rows(abilities, "participation__")
        return self.none() if condition is None else self.filter(condition)

    def waiting(self) -> Self:
        return self.filter(approved=None)

    def with_people(self) -> Self:
        """With the student, the class and who asked."""
        joined = ("participation__student", "participation__school_class", "participation__campaign", "asked_by")
        return self.select_related(*joined)


class TrainingQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Trainings at the schools on which the user holds one of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))

    def valid(self, on: date) -> Self:
        """Completed by that day and not run out."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=on), completed_on__lte=on)


class PaperQuerySet(QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        """A student's own papers."""
        return self.filter(participation__student__user=user)

    def to_answer(self) -> Self:
        """Papers with all that saving an answer asks: campaign, student, and the student's consent, in one query."""
        student, school = OuterRef("participation__student"), OuterRef("participation__school")
        last = Consent.objects.filter(student=student, purpose=Purpose.SCREENING).newest_first()
        texts = ConsentText.objects.filter(school=school, purpose=Purpose.SCREENING, asks_again=True)
        joined = self.select_related("participation__campaign").defer("participation__campaign__population")
        return joined.annotate(
            student_user=F("participation__student__user"),
            last_consent=Subquery(last.values(said=JSONObject(act="act", version="text__version"))[:1]),
            binding_version=Subquery(texts.order_by("-version").values("version")[:1]),
        )


class ResultQuerySet(ScopedQuerySet):
    def for_user(self, user: Any) -> Self:
        """A student's own results."""
        return self.filter(student__user=user)

    def counted_for(self, user: Any) -> Self:
        """Valid results of the schools and colleges whose statistics the user reads. A class is too few for figures."""
        found = _counted(user)
        return self.none() if found is None else self.filter(found, is_valid=True)


class InterviewQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """The center sees every talk of its school; a counselor those that are theirs."""
        scope = Scope.of(user)
        every = scope.rows(abilities or CENTER)
        mine = Q(counselor=user.pk) if Ability.HOLD_INTERVIEW in scope.abilities else None
        if every is None and mine is None:
            return self.none()
        return self.filter((every or Q(pk=None)) | (mine or Q(pk=None)))

    def open(self) -> Self:
        return self.filter(settled_at=None)

    def overdue(self, at: datetime) -> Self:
        return self.open().filter(due_at__lt=at)


class FeedbackQuerySet(ScopedQuerySet):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """What was told to the college; a fudaoyuan sees the students that they were asked to look after."""
        scope = Scope.of(user)
        level = scope.rows([Ability.VIEW_SCREENING_LEVEL])
        task = scope.rows([Ability.VIEW_SCREENING_TASK])
        if level is None and task is None:
            return self.none()
        return self.filter((level or Q(pk=None)) | ((task & Q(tells_fudaoyuan=True)) if task else Q(pk=None)))


class DualRelationQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        condition = Scope.of(user).below(abilities, "unit__")
        return self.none() if condition is None else self.filter(condition)


class ResultImportQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any, *abilities: Ability) -> Self:
        """Files of the schools at which the user holds one of the abilities."""
        return self.filter(school__in=Scope.of(user).units(abilities).get(Level.SCHOOL, frozenset()))


class ImportedResultQuerySet(ScopedQuerySet):
    def current(self) -> Self:
        """Those that no later file has corrected."""
        return self.filter(replaced_in=None)

    def counted_for(self, user: Any) -> Self:
        """Those of the schools and colleges whose statistics the user reads."""
        found = _counted(user)
        return self.none() if found is None else self.filter(found)


def _counted(user: Any) -> Q | None:
    units = Scope.of(user).units([Ability.VIEW_STATS])
    return any_of({ROW_KEYS[level]: units[level] for level in (Level.SCHOOL, Level.COLLEGE) if level in units})
