import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from network.models import Unit
from network.services.privacy.retention import Planned, apply_retention, kind_states, plan


class Command(BaseCommand):
    help = "Delete what is over its time, by the periods that were confirmed on the portal's page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", help="code of one school; otherwise all of them")
        parser.add_argument("--dry-run", action="store_true", help="delete nothing, tell what would be deleted")
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *, school: str | None, dry_run: bool, json: bool, **options: Any) -> None:
        schools = Unit.objects.schools().active()
        chosen = list(schools.filter(code=school) if school else schools)
        if not chosen:
            raise CommandError(_("There is no such school."))
        runs = {unit.code: self.plan(unit) if dry_run else self.apply(unit) for unit in chosen}
        self.stdout.write(_dump(runs) if json else _lines(runs))

    def plan(self, school: Unit) -> list[dict[str, Any]]:
        return [_row(planned) for planned in plan(school=school, at=now())]

    def apply(self, school: Unit) -> list[dict[str, Any]]:
        run = apply_retention(school=school, by=None, at=now())
        return [
            {
                "kind": state.category.name,
                "months": state.in_force,
                "rows": run.counts.get(state.category.name, 0),
                "waits": state.waits,
            }
            for state in kind_states(school)
        ]


def _row(planned: Planned) -> dict[str, Any]:
    state = planned.state
    return {"kind": state.category.name, "months": state.months, "rows": planned.count, "waits": state.waits}


def _dump(runs: dict[str, Any]) -> str:
    return json.dumps(runs, indent=2)


def _lines(runs: dict[str, Any]) -> str:
    lines = []
    for code, rows in runs.items():
        lines.append(code)
        for row in rows:
            note = _("waits for confirmation") if row["waits"] else ""
            lines.append(f"  {row['kind']:<24} {row['months'] or '-':>4} {row['rows']:>8}  {note}".rstrip())
    return "\n".join(lines)
