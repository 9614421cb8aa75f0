"""How long the classes of a school study: for a whole college, for a grade of it, or for one class."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from network.models import Unit, User
from network.rules import Level
from network.rules.rollover_plans import YEARS
from network.services.rollover.plans import check_by


@dataclass(frozen=True)
class GradeLength:
    """The classes of one grade of a college that study equally long; `years` None: as the college says."""

    college: Unit
    grade: int | None
    years: int | None
    classes: int

    @property
    def effective(self) -> int | None:
        return self.years or self.college.years


@transaction.atomic
def set_years(*, unit: Unit, grade: int | None, years: int | None, by: User, at: datetime) -> int:
    """Write a length of study down for a class, for a college, or for the classes of one of its grades; None takes it
    away. Returns how many units changed."""
    check_by(by, unit.school or unit)
    if unit.level not in (Level.COLLEGE, Level.CLASS) or (years is not None and years not in YEARS):
        raise Refused(_("Choose a college or a class, and 1 to 10 years."), code="years-impossible")
    units = Unit.objects.filter(pk=unit.pk)
    if grade is not None and unit.level == Level.COLLEGE:
        units = Unit.objects.classes().active().filter(college=unit, grade=grade)
        if not units.exists():
            raise Refused(_("The college has no open class of this grade."), code="no-class")
    changed = units.exclude(years=years).update(years=years) if years else units.update(years=None)
    detail = {"years": years, "grade": grade, "units": changed}
    audit.record(action="unit.set_years", by=by, at=at, obj=unit, unit=unit.code, detail=detail)
    return changed


def lengths_of(school: Unit) -> Sequence[GradeLength]:
    """The lengths of study of a school by college and grade, the unknown ones first."""
    colleges = Unit.objects.colleges().active().filter(school=school).in_bulk()
    rows: Any = Unit.objects.classes().active().filter(school=school, college__in=colleges).order_by()
    counted = rows.values_list("college", "grade", "years").annotate(n=Count("pk"))
    lengths = [GradeLength(colleges[college], grade, years, n) for college, grade, years, n in counted]
    return sorted(lengths, key=lambda row: (row.effective is not None, row.college.code, -(row.grade or 0)))
