import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from kernel import audit
from kernel.errors import Refused
from kernel.periods import Month
from network.models import Unit, User
from network.rules import Level
from reporting.management.commands.roll_up import read_month
from reporting.services.exports import fresh_summary
from reporting.services.printing import render_summary


class Command(BaseCommand):
    help = "Print the monthly summary of a school, college or class as a PDF."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--unit", required=True, help="code, or name if no other unit has it")
        parser.add_argument("--month", required=True, help="2026-11")
        parser.add_argument("--out", required=True, type=Path, help="file to write")
        parser.add_argument("--by", default="", help="number of the person who exports; the system itself by default")
        parser.add_argument("--language", default="", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        month, unit = read_month(options["month"]), find_unit(options["unit"])
        by = _person(options["by"])
        with override(options["language"] or settings.LANGUAGE_CODE):
            content, answer = self._make(unit, month, by)
        try:
            options["out"].write_bytes(content)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from error
        self.stdout.write(f"{options['out']}: {unit.name} {month}, {len(content)} bytes")
        if options["json"]:
            self.stdout.write(json.dumps({**answer, "out": str(options["out"])}, ensure_ascii=False))

    def _make(self, unit: Unit, month: Month, by: User | None) -> tuple[bytes, dict[str, Any]]:
        at = timezone.now()
        try:
            summary = fresh_summary(unit=unit, month=month, at=at)
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        content = render_summary(summary=summary, by=by, at=at)
        audit.record(action="summary.export", by=by, at=at, obj=unit, unit=unit.code, detail={"month": str(month)})
        shown = {status.name.lower(): _plain(count) for status, count in summary.weather.weather.items()}
        return content, {
            "unit": unit.code,
            "month": str(month),
            "bytes": len(content),
            "closed": summary.is_closed,
            "empty": summary.is_empty,
            "students": summary.figures.students,
            "reported": _plain(summary.weather.reported),
            "weather": shown,
        }


def find_unit(text: str) -> Unit:
    """A school, college or class by its code, or by a name that no other has."""
    units = Unit.objects.exclude(level=Level.DORM).select_related("school", "college")
    matches: list[Unit] = list(units.filter(code=text)) or list(units.filter(name=text)[:2])
    if not matches:
        raise CommandError(f"No school, college or class is called “{text}”. Give its code.")
    if len(matches) > 1:
        raise CommandError(f"Several units are called “{text}”. Give the code of the one you mean.")
    return matches[0]


def _person(number: str) -> User | None:
    if not number:
        return None
    person = User.objects.filter(number=number).first()
    if person is None:
        raise CommandError(f"Nobody has the number “{number}”.")
    return person


def _plain(count: object) -> object:
    """A hidden figure is null."""
    return count if isinstance(count, int) else None
