"""Adds up what the suites reached on all databases: python -m setup.report_coverage"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "var" / "coverage"
DECIDING = "*/rules.py,*/rules/*,*/policies.py,*/querysets.py,*/querysets/*,*/services.py,*/services/*"


def report(*, gate: bool) -> int:
    """The table of what was missed; with the gate, only whether the whole is enough."""
    parts = sorted(str(part) for part in FOLDER.glob("data.*"))
    if not parts:
        print("Nothing was measured yet: run `make test` first.")
        return 1
    _coverage("combine", "--keep", "--quiet", *parts)
    if not gate:
        _coverage("report", "--skip-covered", "--show-missing", "--fail-under=0")
    print("\nWhat decides and writes (rules, policies, querysets, services; 100 % is the aim):", flush=True)
    _coverage("report", "--skip-covered", "--show-missing", f"--include={DECIDING}", "--fail-under=0")
    print("The whole, in %:", flush=True)
    return _coverage("report", "--format=total")


def _coverage(*arguments: str) -> int:
    env = os.environ | {"COVERAGE_FILE": str(FOLDER / "combined")}
    return subprocess.run([sys.executable, "-m", "coverage", *arguments], cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(report(gate=False))
