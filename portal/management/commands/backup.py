from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from portal.operations.backup import BackupFailed, back_up


class Command(BaseCommand):
    help = "Write a backup of the whole database with what proves it. The keys are not in it: keep them apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, required=True, help="a folder that only the portal's user can open")
        parser.add_argument("--recipient", type=Path, help="file with a public key of age or GnuPG; encrypts for it")

    def handle(self, *, to: Path, recipient: Path | None, **options: Any) -> None:
        try:
            path = back_up(folder=to, recipient=recipient, at=now())
        except BackupFailed as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Written: {path} ({path.stat().st_size:,} bytes).")
        if recipient is None:
            self.stdout.write(
                "It is not encrypted: whoever reads the file reads names, posts and times. See --recipient."
            )
