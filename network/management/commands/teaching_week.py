import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.periods import EARLIEST, LATEST
from network.management.commands.import_roster import find_school
from network.services.terms import calendar_of


class Command(BaseCommand):
    help = "Tell the teaching week of a date, and as which weekday (1 to 7 from Monday) it runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--school", metavar="CODE", help="code of the school; needed when there are several")
        parser.add_argument("--campus", default="", help="a campus with a calendar of its own")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        day = _day(options["date"])
        school = find_school(options["school"])
        if school is None:
            raise CommandError("There is no school yet.")
        calendar = calendar_of(school, first=day, last=day)
        week, run = calendar.week_of(day, options["campus"]), calendar.run(day, options["campus"])
        answer = {
            "date": day.isoformat(),
            "school": school.code,
            "campus": options["campus"],
            "year": week.year if week else None,
            "term": week.number if week else None,
            "week": week.week if week else None,
            "runs_as": run.weekday,
            "closed": run.weekday is None,
            "name": run.name,
        }
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        place = f"{week.year}-{week.number}, week {week.week}" if week else "outside of every term"
        runs = "closed" if run.weekday is None else f"runs as weekday {run.weekday}"
        self.stdout.write(f"{day}: {place}; {runs}")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"Not a date: {text[:20]}. Write it as 2026-09-07.") from None
    if not EARLIEST <= day <= LATEST:
        raise CommandError(f"Choose a date between {EARLIEST} and {LATEST}.")
    return day
