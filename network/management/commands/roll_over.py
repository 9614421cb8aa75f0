import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.timezone import localdate, now

from kernel.errors import Refused
from network.models import Rollover, Unit
from network.rules.rollover_plans import Problem
from network.services.rollover import RolloverDifference, apply_plan, compare_plan, is_blocking, load_plan
from network.services.rollover.obstacles import obstacles_of
from network.services.rollover.wording import message

Answer = dict[str, Any]
# A plan is a few lists of numbers.
LARGEST = 20 * 1024 * 1024


class Command(BaseCommand):
    help = (
        "Apply a plan for the turn of the year (graduation, splits, merges, moves, transfers) to a school. Exit code 1 "
        "when the plan was refused: something is wrong with it or in its way."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", type=Path, required=True, metavar="FILE", help="the plan, as JSON; see the guide")
        parser.add_argument("--dry-run", action="store_true", help="tell what would change and write nothing")
        parser.add_argument("--school", metavar="CODE", help="code of the school; needed when there are several")
        parser.add_argument("--json", action="store_true", help="print one JSON object as the last line")

    def handle(self, **options: Any) -> None:
        content = read_plan(options["plan"])
        try:
            answer = self._work(content, options)
        except Refused as refused:
            answer = refusal(refused)
        self._print(answer, as_json=options["json"])
        if answer["errors"]:
            raise SystemExit(1)

    @transaction.atomic
    def _work(self, content: Any, options: dict[str, Any]) -> Answer:
        at = now()
        named = content.get("school") if isinstance(content, dict) else None
        school = find_school(options["school"] or named)
        rollover = load_plan(school=school, content=content, by=None, at=at)
        difference = compare_plan(rollover, today=localdate(at), by=None)
        answer = describe(difference)
        if options["dry_run"] or answer["errors"]:
            transaction.set_rollback(True)
            return answer
        apply_plan(rollover=rollover, by=None, at=at)
        if not difference.is_empty:
            rollover.refresh_from_db(fields=["state"])
            answer |= {"state": rollover.state, "rollover": str(rollover.pk)}
        return answer

    def _print(self, answer: Answer, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        for line in (*answer["warnings"], *answer["errors"]):
            self.stdout.write(line["message"])
        for name in ("students", "delayed", "units", "posts", "open_duties", "state"):
            self.stdout.write(f"{name}: {answer[name]}")
        self.stdout.write(f"warnings: {len(answer['warnings'])}, errors: {len(answer['errors'])}")


def read_plan(path: Path) -> Any:
    """The JSON of the file; CommandError when there is none."""
    if not path.is_file():
        raise CommandError(f"There is no file {path}.")
    if path.stat().st_size > LARGEST:
        raise CommandError(f"{path} is larger than 20 MB, so it is no plan.")
    try:
        return json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError):
        raise CommandError(f"{path} is not JSON in UTF-8.") from None


def find_school(code: Any) -> Unit:
    """The school of that code, or the only one."""
    schools = {school.code: school for school in Unit.objects.schools().order_by("code")}
    if not schools:
        raise CommandError("There is no school yet. Import a roster first.")
    if code is None and len(schools) > 1:
        raise CommandError(f"There are several schools. Say which one with --school: {', '.join(schools)}.")
    if code is not None and code not in schools:
        raise CommandError(f"There is no school {code}. There are: {', '.join(schools)}.")
    school: Unit = schools[next(iter(schools)) if code is None else code]
    return school


def describe(difference: RolloverDifference) -> Answer:
    """The outcome as others read it. Names nobody; problems name students by number."""
    met = [] if difference.problems or difference.is_empty else obstacles_of(difference.meeting(), None)
    blocking = [obstacle for obstacle in met if is_blocking(obstacle, difference.rollover)]
    return difference.counts() | {
        "effective_on": difference.rollover.effective_on.isoformat(),
        "state": Rollover.State.PLANNED.value,
        "rollover": None,
        "warnings": [_met(obstacle) for obstacle in met if obstacle not in blocking],
        "errors": [as_dict(problem) for problem in difference.problems] + [_met(obstacle) for obstacle in blocking],
    }


def as_dict(problem: Problem) -> Answer:
    return {
        "step": problem.step,
        "row": problem.row,
        "code": problem.code.value,
        "value": problem.value,
        "message": message(problem),
    }


def _met(obstacle: Any) -> Answer:
    return {
        "step": 0,
        "row": 0,
        "code": obstacle.code,
        "value": str(obstacle.count),
        "message": str(obstacle.text),
    }


def refusal(refused: Refused) -> Answer:
    """The answer for a plan that could not be read, or whose turn it is not."""
    error = {"step": 0, "row": 0, "code": refused.code, "value": "", "message": str(refused.message)}
    return {
        "students": {"changed": 0},
        "delayed": 0,
        "staying_on_leave": 0,
        "units": {"new": 0, "changed": 0, "closed": 0},
        "posts": {"ended": 0, "given": 0},
        "open_duties": 0,
        "size": 0,
        "effective_on": None,
        "state": Rollover.State.PLANNED.value,
        "rollover": None,
        "warnings": [],
        "errors": [error],
    }
