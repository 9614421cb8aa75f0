from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from network.models import Tombstone
from network.services.privacy.tombstones import write_tombstones


class Command(BaseCommand):
    help = "Write the tombstones of erased people to a file. Keep it apart from the backups; it holds no name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        tombstones = list(Tombstone.objects.order_by("erased_at", "pk"))
        # Written beside and moved: an interrupted export leaves the last whole file.
        beside = file.with_name(f"{file.name}.part")
        beside.write_text(write_tombstones(tombstones), encoding="utf-8")
        beside.replace(file)
        self.stdout.write(_("%(count)s tombstones written to %(file)s.") % {"count": len(tombstones), "file": file})
