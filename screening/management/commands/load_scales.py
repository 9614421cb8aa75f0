from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now

from kernel.errors import Refused
from screening.services.scales.library import load_shipped


class Command(BaseCommand):
    help = "Bring the instruments that come with the portal into the database; running it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            fresh = load_shipped(at=now())
        except Refused as refused:
            raise CommandError(str(refused)) from None
        for scale in fresh:
            self.stdout.write(f"{scale.key} {scale.version}")
