from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from portal.operations.drill import DrillFailed, drill, newest


class Command(BaseCommand):
    help = "Restore a backup into a scratch database, prove that it is whole, and take the database away again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a backup, or a folder whose newest one is taken")

    def handle(self, *, file: Path, **options: Any) -> None:
        archive = newest(file) if file.is_dir() else file
        if archive is None or not archive.is_file():
            raise CommandError(f"There is no backup in {file}. Encrypted ones (.enc) must be decrypted first.")
        try:
            seconds = drill(archive=archive, at=now())
        except DrillFailed as error:
            raise CommandError(f"{archive.name} does not restore:\n{error}") from None
        self.stdout.write(f"{archive.name} restores and is whole; it took {seconds:.0f} s.")
