"""Keeps the Chinese catalogue: `collect` brings in new messages, `check` fails when one has no Chinese yet."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("locale/zh_Hans/LC_MESSAGES/django.po")
APART = ("var", ".*", "node_modules", "tests", "setup", "dist", "docs", "frontend", "*.mo")


def collect(folder: Path) -> None:
    (folder / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    ignored = [word for pattern in APART for word in ("--ignore", pattern)]
    options = ["--locale", "zh_Hans", "--no-obsolete", "--no-wrap", "--no-location", "--verbosity", "0"]
    command = [sys.executable, "-m", "django", "makemessages", *options, *ignored]
    # Without settings the folder at hand is read and written, be it this tree or a copy.
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    subprocess.run(command, cwd=folder, env=env, check=True)
    # In the order of the messages and without places, so that moving code changes nothing here.
    path = str(folder / CATALOGUE)
    _run("msgattrib", "--sort-output", "--no-wrap", "--no-location", "--output-file", path, path)


def check() -> int:
    with tempfile.TemporaryDirectory(prefix="shouwang-catalogue-") as temporary:
        copy = Path(temporary, "tree")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*APART))
        collect(copy)
        missing = [_entries(copy, "--untranslated"), _entries(copy, "--only-fuzzy")]
        _run("msgfmt", "--check-format", "--output-file", os.devnull, str(copy / CATALOGUE))
    if not any(missing):
        return 0
    print("\n".join(missing))
    print("These messages have no Chinese yet: run `make messages` and fill them in.")
    return 1


def _entries(folder: Path, selection: str) -> str:
    return _run("msgattrib", "--no-obsolete", "--no-wrap", selection, str(folder / CATALOGUE)).strip()


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    if sys.argv[1:] == ["collect"]:
        collect(ROOT)
    elif sys.argv[1:] == ["check"]:
        sys.exit(check())
    else:
        sys.exit(__doc__)
