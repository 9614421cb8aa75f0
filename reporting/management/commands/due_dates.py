import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.periods import TZ, Month
from network.models import Unit
from reporting.models import Calendar, Cycle
from reporting.rules.filing import DueTimes, due_times

YEARS = range(1, 10000)


class Command(BaseCommand):
    help = "Print when the reports of each level are due in a year."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", required=True, type=int)
        parser.add_argument("--school", default="", help="code of the school; the only one, or the defaults")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["year"] not in YEARS:
            raise CommandError(f"{options['year']} is not a year. Write it as 2026.")
        school = _school(options["school"])
        months = [_month(school, Month(options["year"], number)) for number in range(1, 13)]
        for month in months:
            times = " ".join(f"{level} {month[level] or '-'}" for level in ("dorm", "class", "college"))
            self.stdout.write(f"{month['month']}{' vacation' if month['vacation'] else ''} {times}")
        if options["json"]:
            self.stdout.write(json.dumps({"year": options["year"], "months": months}))


def _school(code: str) -> Unit | None:
    if code:
        school: Unit | None = Unit.objects.schools().filter(code=code).first()
        if school is None:
            raise CommandError(f"No school has the code “{code}”.")
        return school
    schools = list(Unit.objects.schools()[:2])
    if len(schools) > 1:
        raise CommandError("There are several schools. Say which with --school CODE.")
    return schools[0] if schools else None


def _month(school: Unit | None, month: Month) -> dict[str, Any]:
    """The times of the cycle where it was opened, else those of the calendar."""
    calendar = Calendar.objects.filter(school=school).first() if school else None
    times = calendar.due_times(month) if calendar else due_times(month)
    cycle = Cycle.objects.filter(school=school, month=month.first).first() if school else None
    if cycle is not None:
        times = DueTimes(month, cycle.dorm_due_at is None, cycle.dorm_due_at, cycle.class_due_at, cycle.college_due_at)
    return {
        "month": str(month),
        "vacation": times.vacation,
        "dorm": _text(times.dorm),
        "class": _text(times.school_class),
        "college": _text(times.college),
    }


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(TZ).isoformat()
