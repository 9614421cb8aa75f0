"""Switches each defence off, on a copy of the tree, and sees that its tests go red: python -m tests.sabotage [word …]

First the tests must be green as they are, or red would prove nothing. Exit 1 when a defence that is off leaves its
tests green, when switching it off only breaks the program, or when the tests were red before.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.sabotage.defences import DEFENCES, Defence
from tests.services import ROOT

# Made by `make setup`, and not in the list of files.
MADE = ("portal/static/dist", "locale/zh_Hans/LC_MESSAGES/django.mo", "var/env")
LINKED = (".venv", "node_modules")
PATIENCE = 1200
FAILED = re.compile(r"^FAILED (\S+)", re.MULTILINE)


def main() -> int:
    options = arguments()
    chosen = [one for one in DEFENCES if not options.words or any(word in one.name for word in options.words)]
    with tempfile.TemporaryDirectory(prefix="shouwang-sabotage-") as folder:
        tree = copy(Path(folder, "tree"))
        if not options.trust and not all_green(tree, chosen):
            return 1
        results = [report(defence, tree) for defence in chosen]
    stood = sum(results)
    print(f"\n{stood} of {len(results)} defences are guarded.")
    return 0 if stood == len(results) else 1


def copy(tree: Path) -> Path:
    """The tree as it lies here, changes not committed included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    for name in listed:
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    for name in MADE:
        source = ROOT / name
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, tree / name, dirs_exist_ok=True)
        elif source.exists():
            shutil.copy2(source, tree / name)
    (tree / "var/static").mkdir(parents=True, exist_ok=True)
    for name in LINKED:
        if (ROOT / name).exists():
            (tree / name).symlink_to(ROOT / name)
    return tree


def all_green(tree: Path, chosen: Sequence[Defence]) -> bool:
    """All tests pass before anything is switched off."""
    for database in sorted({defence.database for defence in chosen}):
        tests = sorted({test for one in chosen if one.database == database for test in one.tests})
        code, output = run(tree, database, tests)
        if code:
            print(f"These tests are red with every defence on ({database}):\n{output}")
            return False
    return True


def report(defence: Defence, tree: Path) -> bool:
    """Switch one defence off, run its tests, say in a line of the table what came of it."""
    begun = time.monotonic()
    with switched_off(defence, tree):
        code, output = run(tree, defence.database, defence.tests)
    red = FAILED.findall(output)
    word = "red" if red else "GREEN" if code == 0 else "BROKEN"
    names = ", ".join(sorted({name.partition("::")[2].partition("[")[0] for name in red}))
    print(f"{word:7} {time.monotonic() - begun:5.0f} s  {defence.name:50} {names}", flush=True)
    if not red:
        print(output)
    return bool(red)


@contextmanager
def switched_off(defence: Defence, tree: Path) -> Iterator[None]:
    kept = {change.path: (tree / change.path).read_text() for change in defence.changes}
    for change in defence.changes:
        path = tree / change.path
        text = path.read_text()
        if text.count(change.old) != 1:
            raise SystemExit(f"{defence.name}: {change.path} does not hold exactly once:\n{change.old}")
        path.write_text(text.replace(change.old, change.new))
    try:
        yield
    finally:
        for name, text in kept.items():
            (tree / name).write_text(text)


def run(tree: Path, database: str, tests: Sequence[str]) -> tuple[int, str]:
    """pytest's exit code and what it said. No bytecode is kept: a change within one second would not be noticed."""
    options = ["-n0", "-q", "--no-cov", "--tb=line", "-rfE", "-p", "no:randomly", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "setup.run_tests", database, "--", *options, *tests]
    env = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return 1, f"not done after {PATIENCE} seconds"
    return done.returncode, done.stdout + done.stderr


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*", help="only defences whose name holds one of these")
    parser.add_argument("--trust", action="store_true", help="do not run the tests with every defence on first")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
