import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from screening.rules.papers.pages import read_paper
from screening.rules.scales.definitions import Scale
from screening.rules.scales.faults import Fault
from screening.rules.scoring.explaining import as_record
from screening.rules.scoring.outcomes import score
from screening.services.scales.shipped import read_path, shipped

# A paper is a few hundred bytes.
LONGEST = 100_000
SHOWN = ("total", "raw", "standard", "positives", "psdi", "band", "class", "interview", "critical", "valid")


class Command(BaseCommand):
    help = "Score one paper, and say of each result which rule gave it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("scale", help=f"one of {' '.join(shipped())}, or a scale file")
        parser.add_argument("--answers", default="-", help="a JSON file with the answers; - reads standard input")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        scale = _scale(options["scale"])
        try:
            answers, seconds = read_paper(scale, _read(options["answers"]))
            outcome = score(scale, answers, seconds)
        except Fault as fault:
            raise CommandError(str(fault)) from None
        record = as_record(outcome)
        for name in SHOWN:
            self.stdout.write(f"{name}: {_plain(record[name])}")
        for rule in record["rules"]:
            self.stdout.write(f"  {rule['result']} = {_plain(rule['value'])}: {rule['rule']}")
        if options["json"]:
            self.stdout.write(json.dumps(record))


def _scale(named: str) -> Scale:
    if named.lower() in shipped():
        return shipped()[named.lower()].scale
    path = Path(named)
    if not path.is_file():
        raise CommandError(f"No scale is called “{named}”. There are: {' '.join(shipped())}.")
    try:
        return read_path(path).scale
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{named} cannot be read: {error}") from None
    except Fault as fault:
        raise CommandError(f"{named}: {fault}") from None


def _read(named: str) -> str:
    try:
        with sys.stdin.buffer if named == "-" else open(named, "rb") as source:
            return source.read(LONGEST + 1)[:LONGEST].decode("utf-8-sig")
    except OSError as error:
        raise CommandError(f"{named} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError("answers: this is not text in UTF-8.") from None


def _plain(value: Any) -> str:
    """As JSON writes it, floats shortened for the eye."""
    return f"{value:.4g}" if isinstance(value, float) else json.dumps(value)
