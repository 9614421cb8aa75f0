import json
from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from counseling.models import Counselor
from counseling.rules.kinds import Channel, SessionKind
from counseling.services.free_times import free_times_of
from kernel.periods import TZ
from network.management.commands.import_roster import find_school
from network.models import Unit

MOST_DAYS = 180


class Command(BaseCommand):
    help = "List the times that can be booked in counseling."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--counselor", metavar="NUMBER", help="staff number; without it, all counselors")
        parser.add_argument("--from", dest="first", required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--days", type=int, default=7, help=f"how many days, at most {MOST_DAYS}")
        parser.add_argument("--kind", choices=["first_talk", "individual", "phone", "online"], default="individual")
        parser.add_argument("--school", metavar="CODE", help="code of the school; needed when there are several")
        parser.add_argument("--json", action="store_true", help="print one JSON list")

    def handle(self, **options: Any) -> None:
        first = day_of(options["first"])
        if not 1 <= options["days"] <= MOST_DAYS:
            raise CommandError(f"Choose between 1 and {MOST_DAYS} days.")
        school = find_school(options["school"])
        if school is None:
            raise CommandError("There is no school yet.")
        kind, channel = kind_of(options["kind"])
        center, found = free_times_of(
            school_id=school.pk,
            kind=kind,
            channel=channel,
            first=first,
            last=first + timedelta(days=options["days"] - 1),
            at=timezone.now(),
            counselors=None if options["counselor"] is None else [counselor_of(school, options["counselor"]).pk],
        )
        rows = [
            {
                "counselor": center.counselors[row.counselor].user.number,  # type: ignore[index]
                "start": row.starts_at.astimezone(TZ).isoformat(),
                "end": row.ends_at.astimezone(TZ).isoformat(),
                "kind": options["kind"],
                "rooms": [center.rooms[key].name for key in row.rooms],  # type: ignore[index]
            }
            for row in found
        ]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            self.stdout.write(f"{row['start']} {row['counselor']} {', '.join(row['rooms'])}")


def kind_of(word: str) -> tuple[SessionKind, Channel]:
    """phone and online are individual sessions held that way."""
    if word in (Channel.PHONE, Channel.ONLINE):
        return SessionKind.INDIVIDUAL, Channel(word)
    return SessionKind(word), Channel.IN_PERSON


def counselor_of(school: Unit, number: str) -> Counselor:
    counselor: Counselor | None = (
        Counselor.objects.filter(school=school, user__number=number).select_related("user", "school").first()
    )
    if counselor is None:
        raise CommandError(f"No counselor of {school.code} has the number {number[:30]}.")
    return counselor


def day_of(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"Not a date: {text[:20]}. Write it as 2026-09-07.") from None
