import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from kernel.errors import Refused
from network.models import Unit
from network.services import first_passwords_workbook, issue_post_passwords


class Command(BaseCommand):
    help = "Makes sign-in slips for the post holders of a unit who have not signed in yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, help="code of the unit, such as that of the school")
        parser.add_argument("--out", required=True, type=Path, help="the workbook to write; it must not exist yet")
        parser.add_argument("--json", action="store_true", help="print the outcome as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        out: Path = options["out"]
        if unit is None:
            raise CommandError(f"no unit has the code {options['unit']}")
        if out.exists():
            raise CommandError(f"{out} exists already; choose another name")
        try:
            slips = issue_post_passwords(unit=unit, by=None, at=now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        # SECURITY: the codes are passwords until they are used, so the file is the caller's alone.
        with open(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(first_passwords_workbook(slips=slips))
        outcome = {"unit": unit.code, "slips": len(slips), "file": str(out)}
        self.stdout.write(json.dumps(outcome) if options["json"] else f"{len(slips)} slips written to {out}")
