"""The safety watch: at every moment two people at least; where there are fewer, there is a gap. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

LEAST = 2
# How long before a gap the owner of the case is warned.
WARN_BEFORE = timedelta(hours=1)
AHEAD = timedelta(hours=24)

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Gap:
    """A time in which fewer than needed are there; `people`: how many at the worst."""

    starts: datetime
    ends: datetime
    people: int


def gaps(spans: Sequence[Span], *, since: datetime, until: datetime, least: int = LEAST) -> list[Gap]:
    """All gaps between two moments, in order; what touches is one gap."""
    edges = {since, until, *(edge for span in spans for edge in span if since < edge < until)}
    result: list[Gap] = []
    for starts, ends in pairwise(sorted(edges)):
        people = sum(first <= starts and last >= ends for first, last in spans)
        if people >= least:
            continue
        if result and result[-1].ends == starts:
            before = result.pop()
            result.append(Gap(before.starts, ends, min(before.people, people)))
        else:
            result.append(Gap(starts, ends, people))
    return result


def next_gap(spans: Sequence[Span], *, since: datetime, at: datetime, least: int = LEAST) -> Gap:
    """The gap at `at`, or the next one; every roster ends, so there is always one."""
    end = max([at, since, *(last for _first, last in spans)]) + AHEAD
    return next(gap for gap in gaps(spans, since=since, until=end, least=least) if gap.ends > at)


def is_to_warn(gap: Gap, at: datetime) -> bool:
    """Whether the gap is so near that people are told."""
    return gap.starts - WARN_BEFORE <= at
