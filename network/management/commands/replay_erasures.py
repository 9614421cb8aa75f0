from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now
from django.utils.translation import gettext as _

from kernel.errors import Refused
from network.models import Tombstone
from network.services import replay_erasures
from network.services.privacy.tombstones import read_tombstones


class Command(BaseCommand):
    help = "After a restore: erase again whoever was erased since the backup. May be run as often as you like."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="what export_tombstones wrote; else the table alone")

    def handle(self, *, file: Path | None, **options: Any) -> None:
        tombstones = list(Tombstone.objects.order_by("erased_at", "pk"))
        if file is not None:
            tombstones += self.read(file)
        returned = replay_erasures(tombstones=tombstones, by=None, at=now())
        counts = {"count": len({tombstone.subject for tombstone in tombstones}), "returned": returned}
        self.stdout.write(_("%(count)s tombstones; %(returned)s people had come back and are erased again.") % counts)

    def read(self, file: Path) -> list[Tombstone]:
        try:
            return read_tombstones(file.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(_("The file cannot be read: %(why)s") % {"why": error.strerror}) from None
        except (Refused, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None
