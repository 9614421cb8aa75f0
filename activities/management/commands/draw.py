"""Compute a draw again from its published seed: `manage.py draw --activity ID --verify --json`."""

import json
from argparse import ArgumentParser
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from activities.models import Activity
from activities.services import verify_draw
from kernel.errors import Refused


class Command(BaseCommand):
    help = "Compute a draw again from its published seed, and say whether the result agrees."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--activity", required=True, type=UUID, help="id of the activity")
        parser.add_argument("--verify", action="store_true", required=True, help="compute again and compare")
        parser.add_argument("--json", action="store_true", help="print the whole result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        activity = Activity.objects.filter(pk=options["activity"]).first()
        if activity is None:
            raise CommandError("there is no activity with this id")
        try:
            result = verify_draw(activity)
        except Refused as refused:
            raise CommandError(str(refused.message)) from refused
        if options["json"]:
            row = {
                "activity": str(activity.pk),
                "seed": result.seed,
                "seed_hash": result.seed_hash,
                "places": result.places,
                "order": result.order,
                "matches": result.matches,
            }
            self.stdout.write(json.dumps(row))
        else:
            self.stdout.write(f"{len(result.order)} enrolments, {result.places} places, matches: {result.matches}")
        if not result.matches:
            raise CommandError("the result is not the one that the seed gives")
