import gc
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import now

from kernel.errors import Refused
from network.models import Unit
from network.rules.roster_columns import Fault
from network.services import create_school
from network.services.rosters import compare_file, import_file, is_blocked
from network.services.rosters.difference import Difference
from network.services.rosters.unusual import find_unusual
from network.services.rosters.wording import message, unusual_sentence

Answer = dict[str, Any]
FIRST_CODE = "S1"
FIRST_NAME = "学校"
FOUR = {"new": 0, "changed": 0, "unchanged": 0, "left": 0}


class Command(BaseCommand):
    help = (
        "Import the roster of a school (students, staff, posts) from an xlsx or csv file. Exit code 1 when a row was "
        "refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="tell what would change and write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows and leave the bad ones out")
        parser.add_argument("--partial", action="store_true", help="the file is a part of the roster: nobody leaves")
        parser.add_argument(
            "--renamed",
            action="store_true",
            help="a class that disappears while a new one has the same students was renamed: it keeps its history",
        )
        parser.add_argument("--school", metavar="CODE", help="code of the school; needed when there are several")
        parser.add_argument("--name", help="name of the school if it is created")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.")
        # A short process that keeps what it makes to the end: looking for garbage cost an eighth of its time.
        gc.disable()
        try:
            answer = self._work(path, options)
        except Refused as refused:
            answer = refusal(refused)
        finally:
            gc.enable()
        self._print(answer, as_json=options["json"])
        if answer["errors"]:
            raise SystemExit(1)

    @transaction.atomic
    def _work(self, path: Path, options: dict[str, Any]) -> Answer:
        at = now()
        school = find_school(options["school"]) or create_school(
            code=options["school"] or FIRST_CODE, name=options["name"] or FIRST_NAME, by=None, at=at
        )
        renamed = None if options["renamed"] else ()
        difference = compare_file(
            source=str(path), school=school, is_partial=options["partial"], at=at, renamed=renamed
        )
        answer = describe(difference)
        is_refused = is_blocked(difference) or (answer["errors"] and not options["skip_bad"])
        if options["dry_run"] or is_refused:
            transaction.set_rollback(True)
        else:
            import_file(difference=difference, file_name=path.name, by=None, at=at)
        return answer

    def _print(self, answer: Answer, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for fault in (*answer["notes"], *answer["warnings"], *answer["errors"]):
            self.stdout.write(f"{fault['sheet']} {fault['message']}")
        for unusual in answer["unusual"]:
            self.stdout.write(unusual_sentence(**unusual))
        for name in ("students", "staff", "units", "posts", "rooms_shared", "mended"):
            self.stdout.write(f"{name}: {answer[name]}")
        self.stdout.write(f"warnings: {len(answer['warnings'])}, errors: {len(answer['errors'])}")


def find_school(code: str | None) -> Unit | None:
    """The school of that code, or the only one; None when there is none yet."""
    schools = {school.code: school for school in Unit.objects.schools().order_by("code")}
    if code is None and len(schools) > 1:
        raise CommandError(f"There are several schools. Say which one with --school: {', '.join(schools)}.")
    if code is not None and schools and code not in schools:
        raise CommandError(f"There is no school {code}. There are: {', '.join(schools)}.")
    return schools.get(code or next(iter(schools), ""))


def describe(difference: Difference) -> Answer:
    """The outcome as others read it."""
    roster = difference.roster
    return difference.counts() | {
        "classes_renamed": len(difference.renamed),
        "warnings": [as_dict(fault) for fault in roster.warnings],
        "errors": [as_dict(fault) for fault in roster.errors],
        "notes": [as_dict(fault) for fault in roster.notes],
        "unusual": [one._asdict() for one in find_unusual(difference)],
    }


def as_dict(fault: Fault) -> Answer:
    return {
        "sheet": fault.sheet,
        "row": fault.row,
        "column": fault.column,
        "code": fault.code.value,
        "message": message(fault),
    }


def refusal(refused: Refused) -> Answer:
    """The answer for a file that could not be read as a roster."""
    error = {"sheet": "", "row": 0, "column": "", "code": refused.code, "message": str(refused.message)}
    return {
        "students": FOUR,
        "staff": FOUR,
        "units": {"new": 0, "by_level": {"college": 0, "class": 0, "dorm": 0}},
        "posts": {"new": 0, "ended": 0},
        "rooms_shared": 0,
        "classes_renamed": 0,
        "mended": {},
        "notes": [],
        "unusual": [],
        "warnings": [],
        "errors": [error],
    }
