"""Special periods that follow from the terms of a school. Pure. Source: the domain rules, § 3."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from network.rules.terms import WEEK, TermSpan

# Weeks 1 to 4 of a term; two weeks before and after its exams; graduation and spring by the month.
START_WEEKS = 4
AROUND_EXAMS = 2 * WEEK
GRADUATION, SPRING = (4, 6, 30), (3, 5, 31)
A_DAY = timedelta(days=1)


class PeriodKind(StrEnum):
    """The kinds that come round every year; an incident is entered when it happens."""

    TERM_START = "term_start"
    EXAMS = "exams"
    GRADUATION = "graduation"
    SPRING = "spring"


class Proposal(NamedTuple):
    """Days of raised vigilance that the calendar suggests, first and last day included."""

    kind: PeriodKind
    starts_on: date
    ends_on: date


def proposals(terms: Iterable[TermSpan]) -> list[Proposal]:
    """What the terms suggest, by time. Campuses whose days differ give a proposal each; equal ones are given once."""
    suggested: set[Proposal] = set()
    for term in terms:
        suggested |= {_term_start(term), *_exams(term), *_months(term)}
    return sorted(suggested, key=lambda proposal: (proposal.starts_on, proposal.kind))


def still_to_set(suggested: Iterable[Proposal], kept: Sequence[tuple[str, date, date]], on: date) -> list[Proposal]:
    """Proposals that are not over and that no kept period of the same kind touches."""
    return [
        proposal
        for proposal in suggested
        if proposal.ends_on >= on
        and not any(
            kind == proposal.kind and first <= proposal.ends_on and last >= proposal.starts_on
            for kind, first, last in kept
        )
    ]


def _term_start(term: TermSpan) -> Proposal:
    weeks = min(START_WEEKS, term.weeks)
    return Proposal(PeriodKind.TERM_START, term.first_monday, term.first_monday + weeks * WEEK - A_DAY)


def _exams(term: TermSpan) -> set[Proposal]:
    if not term.exam_weeks:
        return set()
    return {Proposal(PeriodKind.EXAMS, term.exams_start - AROUND_EXAMS, term.last_day + AROUND_EXAMS)}


def _months(term: TermSpan) -> set[Proposal]:
    """Spring and graduation lie in the second year of an academic year, and are known from its second term on."""
    if term.number != 2:
        return set()
    year = int(term.year[-4:])
    return {
        Proposal(kind, date(year, first, 1), date(year, last, day))
        for kind, (first, last, day) in ((PeriodKind.SPRING, SPRING), (PeriodKind.GRADUATION, GRADUATION))
    }
