import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import anchors, chain
from kernel.chain import Fault, Head

WORDS = {
    "edited": "Entry {0} is not as it was written.",
    "gone": "Entry {0} is gone.",
    "unlinked": "Somebody added an entry past the chain, which ends at {0}.",
    "cut": "The end of the log was cut off: an anchor knows entry {0} or a later one.",
    "rewritten": "Up to entry {0} the log was written anew: an anchor knows it otherwise.",
}


class Command(BaseCommand):
    help = "Walk the audit log from its first entry and compare it with the signed anchors; exit 1 if it does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", action="append", type=Path, help="an anchor file (default: all that are kept)")
        parser.add_argument("--json", action="store_true", help="print the finding for a machine")

    def handle(self, *args: Any, anchor: list[Path] | None, json: bool, **options: Any) -> None:
        paths = anchors.kept() if anchor is None else anchor
        known, unsigned = self._read(paths)
        fault = chain.verify(known=known)
        finding = self._finding(known, unsigned, fault)
        self.stdout.write(_as_json(finding) if json else _as_text(finding))
        if not finding["holds"]:
            raise CommandError("The audit log does not hold.")

    def _read(self, paths: list[Path]) -> tuple[list[Head], list[str]]:
        known, unsigned, restores = [], [], anchors.restores()
        for path in paths:
            try:
                head = anchors.read_standing(path, restores)
                known += [] if head is None else [head]
            except anchors.NoAnchor:
                unsigned.append(str(path))
        return known, unsigned

    def _finding(self, known: list[Head], unsigned: list[str], fault: Fault | None) -> dict[str, Any]:
        return {
            "holds": fault is None and not unsigned,
            "entries": chain.head().sequence,
            "fault": None if fault is None else fault.code,
            "entry": None if fault is None else fault.sequence,
            "anchors": len(known),
            "restores": [f"{restore.at}: {restore.sequence}" for restore in anchors.restores()],
            "wrong_signatures": unsigned,
        }


def _as_json(finding: dict[str, Any]) -> str:
    return json.dumps(finding, indent=1)


def _as_text(finding: dict[str, Any]) -> str:
    lines = [f"{finding['entries']} entries, {finding['anchors']} anchors."]
    lines += [f"A backup was restored, time and last entry: {restore}." for restore in finding["restores"]]
    if not finding["anchors"]:
        lines.append("Without an anchor nobody can tell whether the end was cut off.")
    lines += [f"No anchor of ours, or a wrong signature: {path}" for path in finding["wrong_signatures"]]
    if finding["fault"]:
        lines.append(WORDS[finding["fault"]].format(finding["entry"]))
    if finding["holds"]:
        lines.append("The log holds.")
    return "\n".join(lines)
