import json
import sys
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from counseling.management.commands.free_times import counselor_of, kind_of
from counseling.models import Counselor
from counseling.services.booking import book_session
from counseling.services.shared import NotBooked
from kernel.errors import Refused
from kernel.periods import TZ
from network.models import Student


class Command(BaseCommand):
    help = "Book a session for a student, as the student would. Exit 1 and {refused, alternatives} when it cannot be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--student", required=True, metavar="NUMBER")
        parser.add_argument("--counselor", required=True, metavar="NUMBER")
        parser.add_argument("--start", required=True, metavar="ISO", help="2026-11-16T14:00, in Beijing")
        parser.add_argument("--kind", choices=["first_talk", "individual", "phone", "online"], default="individual")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, **options: Any) -> None:
        students = Student.objects.select_related("school", "user")
        student: Student | None = students.filter(number=options["student"]).first()
        if student is None:
            raise CommandError(f"No student has the number {options['student'][:30]}.")
        counselor = counselor_of(student.school, options["counselor"])
        kind, channel = kind_of(options["kind"])
        try:
            booking = book_session(
                student=student,
                counselor=counselor,
                starts_at=_moment(options["start"]),
                kind=kind,
                channel=channel,
                by=student.user,
                at=timezone.now(),
            )
        except Refused as refused:
            self._tell(refused, student, options)
            sys.exit(1)
        session = booking.session
        answer = {
            "booked": str(booking.pk),
            "counselor": counselor.user.number,
            "start": session.starts_at.astimezone(TZ).isoformat(),
            "end": session.ends_at.astimezone(TZ).isoformat(),
            "kind": options["kind"],
            "room": session.room.name if session.room else None,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else f"booked {answer['start']}")

    def _tell(self, refused: Refused, student: Student, options: dict[str, Any]) -> None:
        free = refused.alternatives if isinstance(refused, NotBooked) else []
        people = Counselor.objects.filter(school=student.school, pk__in=[row.counselor for row in free])
        numbers = dict(people.order_by().values_list("pk", "user__number"))
        alternatives = [
            {
                "counselor": numbers[row.counselor],
                "start": row.starts_at.astimezone(TZ).isoformat(),
                "end": row.ends_at.astimezone(TZ).isoformat(),
            }
            for row in free
        ]
        if options["json"]:
            answer = {"refused": refused.code, "message": str(refused), "alternatives": alternatives}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stderr.write(f"{refused.code}: {refused}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"Not a time: {text[:30]}. Write it as 2026-11-16T14:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TZ)
