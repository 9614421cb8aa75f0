"""The eight indicators of a year, by exact numbers (docs/domain.md § 7). Pure.

A denominator of 0 gives no value, and no value never passes. Values are rounded down, for display alone: whether a
target is met is decided by the exact numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from math import ceil
from typing import Any

STUDENTS_PER_COUNSELOR = 4000
FEWEST_COUNSELORS = 2
HOURS_A_YEAR = Decimal(40)
CONFERENCES_A_YEAR = 2
YUAN_PER_STUDENT = 15
FEN_PER_STUDENT = YUAN_PER_STUDENT * 100
COURSE_CREDITS, COURSE_HOURS = Decimal(2), 32
# [D] The country sets no share of students to be reached; the school's plan may ask for more.
REACH_TARGET = Fraction(1, 2)
PLACES = Decimal("0.0001")

NAMES = ("staff", "training", "budget", "course", "reach", "peers", "plan", "stations")


@dataclass(frozen=True)
class Indicator:
    """`numerator` ÷ `denominator` against `target`; `extra`: a condition besides the ratio that must hold too."""

    numerator: Fraction
    denominator: Fraction
    target: Fraction = Fraction(1)
    extra: bool = True

    @property
    def ratio(self) -> Fraction | None:
        """The exact value; None where there is nothing to divide by."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def met(self) -> bool | None:
        """None where there is no value: neither met nor missed."""
        return None if self.ratio is None else self.ratio >= self.target and self.extra

    def as_json(self) -> dict[str, Any]:
        return {
            "numerator": number(self.numerator),
            "denominator": number(self.denominator),
            "value": None if self.ratio is None else number(self.ratio),
            "target": number(self.target),
            "met": self.met,
        }


def number(value: Fraction) -> int | float:
    """A whole number as such, anything else with four decimals, rounded down."""
    return value.numerator if value.denominator == 1 else float(rounded_down(value, PLACES))


def rounded_down(value: Fraction, places: Decimal) -> Decimal:
    """The value cut after these places, never rounded up to a target."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(places, ROUND_DOWN)


def counselors_needed(students: int) -> int:
    """Full-time counselors that a school with so many students needs; 0 for a school without students."""
    return max(FEWEST_COUNSELORS, ceil(Fraction(students, STUDENTS_PER_COUNSELOR))) if students else 0


def staff(full_time: int, students: int) -> Indicator:
    return Indicator(Fraction(full_time), Fraction(counselors_needed(students)))


def is_trained(hours: Iterable[Decimal], conferences: int) -> bool:
    """Whether a counselor's year is enough: confirmed hours, or confirmed conferences that qualify."""
    return sum(hours, Decimal(0)) >= HOURS_A_YEAR or conferences >= CONFERENCES_A_YEAR


def training(trained: int, full_time: int) -> Indicator:
    return Indicator(Fraction(trained), Fraction(full_time))


def budget(earmarked_fen: int, students: int) -> Indicator:
    """Yuan earmarked for each student."""
    return Indicator(Fraction(earmarked_fen, 100), Fraction(students), Fraction(YUAN_PER_STUDENT))


def execution(spent_fen: int, earmarked_fen: int) -> Indicator:
    """`spent_fen`: with refunds taken off. There is no target."""
    return Indicator(Fraction(spent_fen), Fraction(earmarked_fen), Fraction(0))


def counts_as_required(*, is_required: bool, credits_given: Decimal, hours: int) -> bool:
    """Whether a course counts for the coverage of first-years."""
    return is_required and credits_given >= COURSE_CREDITS and hours >= COURSE_HOURS


def course(enrolled: int, first_years: int) -> Indicator:
    return Indicator(Fraction(enrolled), Fraction(first_years))


def reach(present: int, students: int) -> Indicator:
    return Indicator(Fraction(present), Fraction(students), REACH_TARGET)


def peers(trained_units: int, inhabited_units: int) -> Indicator:
    return Indicator(Fraction(trained_units), Fraction(inhabited_units))


def plan(goals: Iterable[tuple[int, Fraction]]) -> Indicator:
    """`goals`: weight, and progress from 0 to 1."""
    rows = list(goals)
    return Indicator(
        sum((weight * progress for weight, progress in rows), Fraction(0)), Fraction(sum(weight for weight, _ in rows))
    )


def stations(met: int, applicable: int) -> Indicator:
    return Indicator(Fraction(met), Fraction(applicable))


def goal_progress(steps: Iterable[int]) -> Fraction:
    """The mean of the steps in percent, as a share from 0 to 1; 0 without a step."""
    rows = list(steps)
    return Fraction(sum(rows), 100 * len(rows)) if rows else Fraction(0)
