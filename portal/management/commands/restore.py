import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from portal.operations.restore import RestoreRefused, restore


class Command(BaseCommand):
    """Before anybody signs in: stop web, worker and beat first, and start them when this has ended with 0."""

    help = "Put a backup into an empty database and prove that it is whole; exit 1 if anything differs."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="what `backup` wrote, decrypted")
        parser.add_argument("--json", action="store_true", help="print the proof as one JSON object, as the last line")
        erased = parser.add_mutually_exclusive_group(required=True)
        erased.add_argument(
            "--tombstones", type=Path, help="what export_tombstones wrote last: erases those people again"
        )
        erased.add_argument("--without-tombstones", action="store_true", help="nobody was erased since the backup")
        erased.add_argument("--drill", action="store_true", help="a trial in a scratch database")

    def handle(self, *, file: Path, tombstones: Path | None, drill: bool, **options: Any) -> None:
        if tombstones is not None and not tombstones.is_file():
            raise CommandError(f"There is no file {tombstones}. Nothing was written.")
        try:
            proof = restore(archive=file, at=now(), is_drill=drill, tell=self.stdout.write)
        except RestoreRefused as error:
            raise CommandError(str(error)) from None
        if tombstones is not None:
            call_command("replay_erasures", str(tombstones), stdout=self.stdout)
        for fault in proof.faults:
            self.stderr.write(fault)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(proof), ensure_ascii=False))
        if proof.faults:
            raise CommandError(
                "The restored database is not what the backup says. Do not open it; take another backup."
            )
        self.stdout.write(
            f"{proof.rows} rows, {proof.sealed} sealed values read, {proof.months} months counted again,"
            " audit log whole. The portal may be started."
        )
