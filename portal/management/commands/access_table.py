import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from portal.access_table import Row, table


class Command(BaseCommand):
    help = "Print every route: address, methods, what it asks for, and what each role is told there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, **options: Any) -> None:
        rows = table()
        if options["json"]:
            self.stdout.write(json.dumps({"routes": [row.as_dict() for row in rows]}, ensure_ascii=False))
            return
        for row in rows:
            self._print(row)
        self.stdout.write(_("Entries: %(count)d. Static files are open to everybody.") % {"count": len(rows)})

    def _print(self, row: Row) -> None:
        self.stdout.write(f"{row.route.path}  {'/'.join(row.methods)}  ({row.route.name})")
        self.stdout.write("  " + _("asks for: %(words)s") % {"words": row.asks})
        for told, roles in row.told:
            self.stdout.write(f"  {told}: {roles}")
        self.stdout.write("")
