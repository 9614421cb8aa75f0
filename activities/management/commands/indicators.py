import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import localdate

from activities.services.indicators import Reference, indicators_of, is_countable
from network.models import Unit


class Command(BaseCommand):
    help = "Count the eight indicators of a year: staff, training, budget, course, reach, peers, plan, stations."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--college", default="", help="code of a college; without it the whole school is counted")
        parser.add_argument("--school", default="", help="code of the school, where the portal has several")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *, year: int, college: str, school: str, json: bool, **options: Any) -> None:
        today = localdate()
        if not is_countable(year, today):
            raise CommandError(f"There are no figures of {year}. Choose a year from 2000 to {today.year}.")
        reference = _reference(year=year, college=college, school=school)
        rows = {name: indicator.as_json() for name, indicator in indicators_of(reference).items()}
        self.stdout.write(_as_json(rows) if json else _as_table(rows))


def _reference(*, year: int, college: str, school: str) -> Reference:
    if college:
        unit = Unit.objects.colleges().select_related("school").filter(code=college).first()
        if unit is None or unit.school is None:
            raise CommandError(f"There is no college with the code {college}.")
        return Reference(unit.school, unit, year, localdate())
    schools = Unit.objects.schools()
    found = list((schools.filter(code=school) if school else schools).order_by("code")[:2])
    if len(found) != 1:
        raise CommandError("Name the school with --school CODE." if found else "There is no such school.")
    return Reference(found[0], None, year, localdate())


def _as_json(rows: dict[str, Any]) -> str:
    return json.dumps(rows, indent=2)


def _as_table(rows: dict[str, Any]) -> str:
    head = f"{'':<10}{'numerator':>14}{'denominator':>14}{'value':>10}{'target':>10}  met"
    lines = [
        f"{name:<10}{row['numerator']:>14}{row['denominator']:>14}{_cell(row['value']):>10}{row['target']:>10}"
        f"  {_cell(row['met'])}"
        for name, row in rows.items()
    ]
    return "\n".join([head, *lines])


def _cell(value: Any) -> str:
    words = {None: "N/A", True: "yes", False: "no"}
    return words[value] if value is None or isinstance(value, bool) else str(value)
