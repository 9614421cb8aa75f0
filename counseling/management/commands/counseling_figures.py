import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from counseling.services.figures import figures_of
from kernel.periods import Month
from network.management.commands.import_roster import find_school


class Command(BaseCommand):
    help = "Print the figures of counseling of a month. A star stands for what is not shown, null for nothing counted."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, metavar="YYYY-MM")
        parser.add_argument("--school", metavar="CODE", help="code of the school; needed when there are several")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        try:
            month = Month.parse(options["month"])
        except ValueError:
            raise CommandError(f"Not a month: {options['month'][:20]}. Write it as 2026-11.") from None
        school = find_school(options["school"])
        if school is None:
            raise CommandError("There is no school yet.")
        figures = figures_of(school=school, month=month)
        indent = None if options["json"] else 2
        self.stdout.write(json.dumps(figures, ensure_ascii=False, indent=indent))
