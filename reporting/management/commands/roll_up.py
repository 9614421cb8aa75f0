import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from kernel.periods import Month
from reporting.models import Cycle, Summary
from reporting.services import roll_up
from reporting.services.publishing import publish
from reporting.services.rollups import is_stale
from reporting.services.verification import differences


class Command(BaseCommand):
    help = "Rebuild a month's figures from its lines; with --check count the lines a second time and compare."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--month", required=True, help="2026-11")
        parser.add_argument("--school", default="", help="code of the school; all schools by default")
        parser.add_argument("--check", action="store_true", help="compare what is stored; exit 1 on any difference")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        month, at = read_month(options["month"]), timezone.now()
        cycles = Cycle.objects.filter(month=month.first).select_related("school").order_by("school__code")
        if options["school"]:
            cycles = cycles.filter(school__code=options["school"])
        if not cycles:
            raise CommandError(f"No cycle was opened for {month}{_of(options['school'])}: there is nothing to roll up.")
        results = [self._check_or_build(cycle, at, check=options["check"]) for cycle in cycles]
        wrong = any(result["differences"] for result in results)
        if options["json"]:
            answer = {"month": str(month), "checked": options["check"], "ok": not wrong, "schools": results}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        if wrong:
            raise SystemExit(1)

    def _check_or_build(self, cycle: Cycle, at: datetime, *, check: bool) -> dict[str, Any]:
        if not check or is_stale(cycle, at=at):
            roll_up(cycle=cycle, at=at)
            publish(cycle=cycle, at=at)
            cycle.refresh_from_db()
        wrong = differences(cycle=cycle, at=cycle.rolled_up_at or at) if check else []
        rows = {row.unit_id: row for row in Summary.objects.filter(cycle=cycle)}
        for difference in wrong:
            self.stdout.write(
                f"{difference.where}: {difference.figure}: stored {difference.stored}, counted {difference.counted}"
            )
        self.stdout.write(f"{cycle.school.code} {cycle}: {len(rows)} units, {len(wrong)} differences")
        figures = rows[cycle.school_id].figures if cycle.school_id in rows else {}
        return {
            "school": cycle.school.code,
            "units": len(rows),
            "figures": figures,
            "differences": [asdict(difference) for difference in wrong],
        }


def read_month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a month. Write it as 2026-11.") from error


def _of(school: str) -> str:
    return f" in school {school}" if school else ""
