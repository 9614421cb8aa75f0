"""Monthly figures: counted by class in SQL, added up to college and school, stored as summaries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.utils.timezone import localdate

from network.models import Placement, Unit
from network.rules import Level
from reporting.models import Cycle, Line, Report, Summary
from reporting.rules.dorm_lines import Status, Topic
from reporting.rules.totals import BITS, Figures, total
from reporting.services.cycles import due_on

# A pair of college and class, as they were on the day of filing.
Place = tuple[int | None, int | None]
LEVEL_COUNTS = {Level.DORM: "dorms", Level.CLASS: "classes", Level.COLLEGE: "colleges"}


def count(*, cycle: Cycle, at: datetime, school_class: Unit | None = None) -> dict[Place, Figures]:
    """Figures of a month by college and class, from the lines, the reports and who was there. Six queries."""
    raw: dict[Place, dict[str, Any]] = defaultdict(lambda: defaultdict(int))
    for part in (_weather, _flags, _absent, _reports, _class_forms):
        for place, name, value in part(cycle, at, school_class):
            if isinstance(value, dict):
                raw[place][name] = value
            else:
                raw[place][name] += value
    return {place: Figures(**values) for place, values in raw.items()}


@transaction.atomic
def roll_up(*, cycle: Cycle, at: datetime) -> dict[int, Figures]:
    """Rebuild the summaries of a month; returns the figures by unit id. Only rows that changed are written. What may be
    shown of them is worked out apart, by `publish`."""
    cycle = Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
    figures = by_unit(cycle.school_id, count(cycle=cycle, at=at))
    standing = dict(Summary.objects.filter(cycle=cycle).order_by().values_list("unit_id", "figures"))
    changed = {pk: counts for pk, counts in figures.items() if standing.get(pk) != Summary.stored(counts)}
    levels = dict(Unit.objects.filter(pk__in=changed).values_list("pk", "level"))
    Summary.objects.filter(cycle=cycle, unit__in=set(standing) - set(figures)).delete()
    Summary.objects.bulk_create(
        (
            Summary(cycle=cycle, unit_id=pk, level=levels[pk], figures=Summary.stored(counts))
            for pk, counts in changed.items()
        ),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["cycle", "unit"],
        update_fields=["figures", "level"],
    )
    Cycle.objects.filter(pk=cycle.pk).update(rolled_up_at=at, placements_seen=placements_now(cycle, at))
    return figures


def by_unit(school_id: int, places: dict[Place, Figures]) -> dict[int, Figures]:
    """Add the places up to classes, colleges and the school."""
    parts: dict[int, list[Figures]] = defaultdict(list)
    for (college_id, class_id), figures in places.items():
        for unit_id in {college_id, class_id} - {None}:
            parts[unit_id].append(figures)  # type: ignore[index]
    sums = {unit_id: total(figures) for unit_id, figures in parts.items()}
    return {**sums, school_id: total(places.values())}


def stale(*, at: datetime) -> list[Cycle]:
    """Months in which a report changed after the last rollup, and open ones whose students are others now."""
    newer = Report.objects.filter(cycle=OuterRef("pk"), changed_at__gte=OuterRef("rolled_up_at"))
    changed = list(Cycle.objects.filter(Q(rolled_up_at=None) | Exists(newer)))
    others = Cycle.objects.open().exclude(pk__in=[cycle.pk for cycle in changed])
    return changed + [cycle for cycle in others if cycle.placements_seen != placements_now(cycle, at)]


def is_stale(cycle: Cycle, *, at: datetime) -> bool:
    """Whether the stored figures of a month are older than its reports or placements."""
    if cycle.rolled_up_at is None or cycle.reports.filter(changed_at__gte=cycle.rolled_up_at).exists():
        return True
    return cycle.closed_at is None and cycle.placements_seen != placements_now(cycle, at)


def placements_now(cycle: Cycle, at: datetime) -> str:
    """A fingerprint of the placements that a month's figures are counted from: how many, which, and where."""
    there = Placement.objects.on(localdate(due_on(cycle, at))).present().filter(school=cycle.school_id).order_by()
    sums = there.aggregate(
        rows=Count("pk"),
        keys=Sum("pk"),
        classes=Sum(F("pk") * F("school_class_id"), output_field=BigIntegerField()),
        colleges=Sum(F("pk") * F("college_id"), output_field=BigIntegerField()),
    )
    return ":".join(str(value or 0) for value in sums.values())


Part = Iterator[tuple[Place, str, Any]]


def _lines(cycle: Cycle, school_class: Unit | None) -> QuerySet[Any]:
    lines = Line.objects.current().filter(cycle=cycle).order_by()
    return lines if school_class is None else lines.filter(school_class=school_class)


def _weather(cycle: Cycle, at: datetime, school_class: Unit | None) -> Part:
    rows = _lines(cycle, school_class).values_list("college_id", "school_class_id", "status").annotate(n=Count("pk"))
    for college, klass, status, n in rows:
        yield (college, klass), "students", n
        yield (college, klass), "reported", n
        yield (college, klass), Status(status).name.lower(), n


def _flags(cycle: Cycle, at: datetime, school_class: Unit | None) -> Part:
    """How often each sign, event and help was ticked."""
    ticked = _lines(cycle, school_class).exclude(signs=0, events=0, helps=0)
    masks = ticked.values_list("college_id", "school_class_id", "signs", "events", "helps").annotate(n=Count("pk"))
    counts: dict[tuple[Place, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for college, klass, *bits, n in masks:
        for name, value in zip(("signs", "events", "helps"), bits, strict=True):
            for flag in BITS[name]:
                if value & flag.value:
                    counts[(college, klass), name][str(flag.name).lower()] += n
    for (place, name), ticked_by_flag in counts.items():
        yield place, name, dict(sorted(ticked_by_flag.items()))


def _absent(cycle: Cycle, at: datetime, school_class: Unit | None) -> Part:
    """Students who were there and of whom nothing was reported."""
    reported = Line.objects.current().filter(cycle=cycle, student=OuterRef("student"))
    there = Placement.objects.on(localdate(due_on(cycle, at))).present().filter(school=cycle.school_id)
    there = there if school_class is None else there.filter(school_class=school_class)
    rows = (
        there.filter(~Exists(reported)).order_by().values_list("college_id", "school_class_id").annotate(n=Count("pk"))
    )
    for college, klass, n in rows:
        yield (college, klass), "students", n


def _reports(cycle: Cycle, at: datetime, school_class: Unit | None) -> Part:
    reports = Report.objects.current().filter(cycle=cycle)
    reports = reports if school_class is None else reports.filter(school_class=school_class)
    for row in reports.tally("level", "college_id", "school_class_id"):
        place = row["college_id"], row["school_class_id"]
        name = LEVEL_COUNTS[Level(row["level"])]
        yield place, f"{name}_due", row["due"]
        yield place, f"{name}_filed", row["filed"]
        yield place, f"{name}_on_time", row["timely"]


def _class_forms(cycle: Cycle, at: datetime, school_class: Unit | None) -> Part:
    forms = Report.objects.current().arrived().filter(cycle=cycle, level=Level.CLASS)
    forms = forms if school_class is None else forms.filter(school_class=school_class)
    rows = forms.order_by("pk").values_list("college_id", "school_class_id", "mood_index", "topics", "activity")
    for college, klass, mood, topics, activity in rows:
        yield (college, klass), "activities", int(bool(activity))
        yield (college, klass), "mood_sum", mood or 0
        yield (college, klass), "mood_count", int(mood is not None)
        yield (college, klass), "topics", {str(topic.name).lower(): 1 for topic in Topic if topics & topic.value}
