"""Adds up what the suites reached, room by room: python -m setup.report_coverage [--raise]"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "coverage"
# What each room reaches today, in whole percent. A figure may rise and never fall; --raise writes the present ones.
FLOORS = ROOT / "setup" / "coverage_floors.json"
# The rooms of an app that decide and write aim at 100 %, branches included; everything else of an app at 90 %.
DECIDING = ("rules", "policies", "services")
AIM, AIM_ELSEWHERE = 100, 90


def report(*, gate: bool) -> int:
    """The table of what was missed; with the gate, only whether each room is enough."""
    parts = sorted(str(part) for part in FOLDER.glob("data.*"))
    if not parts:
        print("Nothing was measured yet: run `make test` first.")
        return 1
    _coverage("combine", "--keep", "--quiet", *parts)
    if not gate:
        _coverage("report", "--skip-covered", "--show-missing", "--fail-under=0")
    reached, floors = reached_by_room(), read_floors()
    print("\nCoverage of each room in % (lines and branches), and what it must reach:")
    for room, percent in reached.items():
        print(f"  {room:24} {percent:6.1f} {floor_of(room, floors):5}")
    low = [room for room, percent in reached.items() if percent < floor_of(room, floors)]
    for room in low:
        print(f"{room} is below its floor; `make coverage` names the lines.")
    return 1 if low else 0


def reached_by_room() -> dict[str, float]:
    """The share of lines and branches that were run."""
    _coverage("json", "--quiet", "--fail-under=0", "-o", str(FOLDER / "combined.json"))
    run: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for name, file in json.loads((FOLDER / "combined.json").read_text())["files"].items():
        figures, room = file["summary"], room_of(name)
        run[room] += figures["covered_lines"] + figures["covered_branches"]
        whole[room] += figures["num_statements"] + figures["num_branches"]
    return {room: 100 * run[room] / whole[room] for room in sorted(whole) if whole[room]}


def room_of(name: str) -> str:
    """The app and its deciding room: crisis/services; everything else of an app is one room."""
    app, *rest = Path(name).with_suffix("").parts
    return f"{app}/{rest[0]}" if rest and rest[0] in DECIDING else app


def floor_of(room: str, floors: dict[str, int]) -> int:
    return floors.get(room, AIM if "/" in room else AIM_ELSEWHERE)


def read_floors() -> dict[str, int]:
    floors: dict[str, int] = json.loads(FLOORS.read_text())
    return floors


def raise_floors() -> int:
    """Write down what each room reaches now, never less than before."""
    floors = read_floors()
    raised = {room: max(int(percent), floors.get(room, 0)) for room, percent in reached_by_room().items()}
    FLOORS.write_text(json.dumps(raised, indent=2) + "\n")
    return 0


def _coverage(*arguments: str) -> int:
    env = os.environ | {"COVERAGE_FILE": str(FOLDER / "combined")}
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(raise_floors() if "--raise" in sys.argv[1:] else report(gate=False))
