"""Measures the portal at the size of a large university: python -m tests.bench --only rollup"""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psycopg2

from setup.run_tests import TEST_ENV
from tests import services
from tests.bench import evening
from tests.bench.importing import import_roster
from tests.bench.stages import fresh_database, run, stage
from tests.bench.tables import Section, met, write

FULL, SMALL, MONTHS = 40_000, 2_000, 24
TURNS = 3
Pages = dict[str, dict[str, float]]
OF_A_UNIVERSITY = ("import", "rollover", "pages", "rollup", "pdf", "watchlist")
PARTS = (*OF_A_UNIVERSITY, "evening", "rescoring", "booking")
ROLLING, ROLLING_MIB = 60, 512
QUERIES, SLOWER, ROLLUP, SHARE, RESCORING = 25, 1.5, 20, 0.8, 10
CASES, JOURNEYS = 2000, 128
BOOKINGS, PROCESSES, PER_SECOND, FREE_TIMES, FREE_QUERIES = 1000, 8, 100, 20, 6
PAGES_HOW = (
    "Each list and home page of each role that may open it, through Django's test client (middleware, session and "
    "template included): queries, and the shortest of 21 times after a first one, taken at both sizes in turn."
)
ROLLUP_HOW = "`roll_up` of the last closed month, and one `GROUP BY` in SQL over the same lines: medians of 7, in turn."
WATCHLIST_HOW = (
    "Pages of the center's director through Django's test client with so many open cases in the school: queries, and "
    "the shortest of 5 times."
)
RESCORING_HOW = (
    "`rescore` of whole SCL-90 papers after a key is corrected so that each comes to something else and one in a "
    "hundred is invited to a talk, earlier results kept; against it the reading of the same papers and results through "
    "the ORM, seals opened, the shortest of 3."
)
BOOKING_HOW = (
    "`book_session` at distinct times of 20 counselors by 8 processes; free times of 20 counselors over 28 days: the "
    "rule alone, and with all that it reads, the shortest of 7."
)
ROLLOVER_HOW = (
    "`manage.py roll_over --plan FILE --json` with its start, in which the oldest grade graduates and all other "
    "classes merge and come to another college, and the undoing; memory is the peak of the process."
)
PDF_HOW = "`make_pdf` for the school and its last closed month: medians of 5, the first with cold fonts."


def main() -> None:
    options = arguments()
    os.environ.update({name: value for name, value in TEST_ENV.items() if name not in os.environ})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    with ExitStack() as stack:
        url = os.environ.get("BENCH_DATABASE_URL") or os.environ.get("TEST_DATABASE_URL")
        url = url or stack.enter_context(services.running_postgres())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="shouwang-bench-"))
        for section in measure(url, Path(folder), options):
            say(section.text())
            if options.students >= FULL or options.write:
                write([section], machine(url, options))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--students", type=int, default=FULL)
    parser.add_argument("--months", type=int, default=MONTHS, help="closed months")
    parser.add_argument("--only", choices=PARTS, action="append", help="may be given several times")
    parser.add_argument("--write", action="store_true", help="write the document even at a smaller size")
    options = parser.parse_args()
    options.only = options.only or list(PARTS)
    return options


def measure(url: str, folder: Path, options: argparse.Namespace) -> Iterator[Section]:
    name = f"shouwang_bench_{os.getpid()}"
    if set(options.only) & set(OF_A_UNIVERSITY):
        yield from _measure_university(url, name, folder, options)
    if "rescoring" in options.only:
        with fresh_database(url, name) as database:
            yield rescoring(stage(database, "rescoring", str(options.students)).answer)
    if "booking" in options.only:
        with fresh_database(url, name) as database:
            yield booking(stage(database, "booking", str(BOOKINGS), str(PROCESSES)).answer)
    if "evening" in options.only:
        yield from evening.compare(url, folder, JOURNEYS)


def _measure_university(url: str, name: str, folder: Path, options: argparse.Namespace) -> Iterator[Section]:
    small = min(SMALL, options.students // 2)
    with fresh_database(url, name) as database:
        file = roster(database, folder, options.students)
        yield from _measure_full(database, file, options)
        if "pages" in options.only:
            with fresh_database(url, f"{name}_small") as at_small:
                run(at_small, "manage.py", "import_roster", str(roster(at_small, folder, small)), "--json")
                stage(at_small, "history", str(options.months))
                yield pages(*_in_turn(at_small, database), small, options.students)
        if "watchlist" in options.only:
            yield watchlist(stage(database, "cases", str(min(CASES, options.students // 4))).answer)


def _in_turn(*databases: str) -> list[Pages]:
    """The pages of each database, the shortest times of three turns."""
    best: list[Pages] = [{} for _ in databases]
    for _ in range(TURNS):
        for found, database in zip(best, databases, strict=True):
            for key, page in stage(database, "pages").answer.items():
                found[key] = page | {"ms": min(page["ms"], found.get(key, page)["ms"])}
    return best


def _measure_full(database: str, file: Path, options: argparse.Namespace) -> Iterator[Section]:
    if "import" in options.only:
        yield import_roster(database, file, options.students)
    else:
        run(database, "manage.py", "import_roster", str(file), "--json")
    if "rollover" in options.only:
        yield rollover(database, file.with_name("plan.json"))
    if not set(options.only) & set(OF_A_UNIVERSITY) - {"import", "rollover"}:
        return
    filled = stage(database, "history", str(options.months))
    say(f"{filled.answer['lines']:,} lines in {filled.answer['reports']:,} reports, written in {filled.seconds:.0f} s")
    if "rollup" in options.only:
        yield rollup(stage(database, "summing").answer)
    if "pdf" in options.only:
        yield pdf(stage(database, "printing").answer)


def roster(database: str, folder: Path, students: int) -> Path:
    file = folder / f"roster-{students}.xlsx"
    stage(database, "roster", "write", str(file), str(students))
    return file


def rollover(database: str, file: Path) -> Section:
    """Apply a plan that changes everybody, and undo it; the database is as before."""
    stage(database, "rolling", "plan", str(file))
    section = Section("Rollover", ROLLOVER_HOW, ("what", "aim", "measured", "outcome"))
    applied = run(database, "manage.py", "roll_over", "--plan", str(file), "--json")
    undone = stage(database, "rolling", "undo")
    changed = applied.answer["students"]["changed"]
    for name, outcome in ((f"{changed:,} students changed", applied), ("undone", undone)):
        is_met = outcome.seconds <= ROLLING and outcome.peak_mib < ROLLING_MIB
        told = f"{outcome.seconds:.1f} s, {outcome.peak_mib:.0f} MiB"
        section.rows.append((name, f"≤ {ROLLING} s, < {ROLLING_MIB} MiB", told, met(is_met)))
    return section


def rollup(answer: dict[str, float]) -> Section:
    ratio = answer["rollup_ms"] / answer["group_by_ms"]
    section = Section("Rollup of a month", ROLLUP_HOW, ("what", "aim", "measured", "outcome"))
    section.rows = [
        (f"one GROUP BY over {answer['lines']:,} lines", "", f"{answer['group_by_ms']:.1f} ms", ""),
        ("rollup", f"≤ {ROLLUP} ×", f"{answer['rollup_ms']:.0f} ms = {ratio:.1f} ×", met(ratio <= ROLLUP)),
    ]
    return section


def pdf(answer: dict[str, float]) -> Section:
    section = Section("PDF of the school", PDF_HOW, ("what", "aim", "measured", "outcome"))
    share = f"{answer['share']:.0%} ({answer['inside']:.2f} s)"
    section.rows = [
        ("export", "", f"{answer['seconds']:.2f} s, {answer['bytes'] / 1024:.0f} KiB", ""),
        ("of it the WeasyPrint call", f"≥ {SHARE:.0%}", share, met(answer["share"] >= SHARE)),
    ]
    return section


def watchlist(answer: dict[str, Any]) -> Section:
    title = "The watchlist"
    section = Section(title, f"{WATCHLIST_HOW} Here {answer['open']:,}.", ("page", "aim", "queries", "ms", "outcome"))
    for name, page in answer["pages"].items():
        is_met = met(page["queries"] <= QUERIES)
        section.rows.append((name, f"≤ {QUERIES} queries", str(page["queries"]), str(page["ms"]), is_met))
    return section


def rescoring(answer: dict[str, float]) -> Section:
    ratio = answer["rescoring"] / answer["reading"]
    section = Section("Scoring again", RESCORING_HOW, ("what", "aim", "measured", "outcome"))
    told = f"{answer['rescoring']:.1f} s = {ratio:.1f} ×, {answer['steps']} reports of progress"
    section.rows = [
        (f"reading {answer['papers']:,} papers", "", f"{answer['reading']:.1f} s", ""),
        ("scoring them again", f"≤ {RESCORING} ×", told, met(ratio <= RESCORING)),
    ]
    return section


def booking(answer: dict[str, float]) -> Section:
    section = Section("Booking in counseling", BOOKING_HOW, ("what", "aim", "measured", "outcome"))
    rate, rule, queries = answer["per_second"], answer["rule_ms"], answer["queries"]
    section.rows = [
        ("bookings", f"≥ {PER_SECOND} a second", f"{rate:.0f} a second", met(rate >= PER_SECOND)),
        ("free times, the rule", f"≤ {FREE_TIMES} ms", f"{rule:.1f} ms", met(rule <= FREE_TIMES)),
        (
            "free times, all",
            f"≤ {FREE_QUERIES} queries",
            f"{queries:.0f}, {answer['page_ms']:.0f} ms",
            met(queries <= FREE_QUERIES),
        ),
    ]
    return section


def pages(at_small: Pages, at_full: Pages, small: int, full: int) -> Section:
    heads = (
        "role",
        "page",
        f"queries {small:,}",
        f"queries {full:,}",
        f"ms {small:,}",
        f"ms {full:,}",
        "ratio",
        "outcome",
    )
    section = Section("Lists and home pages", PAGES_HOW, heads)
    section.how += f" Aims: as many queries at both sizes, ≤ {QUERIES}; lists of students and lines ≤ {SLOWER} ×."
    for key, after in at_full.items():
        before = at_small.get(key, {"queries": 0, "ms": 0.0})
        ratio = after["ms"] / before["ms"] if before["ms"] else 0.0
        is_met = before["queries"] == after["queries"] <= QUERIES
        if key.endswith(("network:student-list", "reporting:line-list")):
            is_met = is_met and ratio <= SLOWER
        role, page = key.split()
        counts = (f"{before['queries']:.0f}", f"{after['queries']:.0f}", f"{before['ms']:.0f}", f"{after['ms']:.0f}")
        section.rows.append((role, page, *counts, f"{ratio:.1f}", met(is_met)))
    return section


def machine(url: str, options: argparse.Namespace) -> str:
    """Where and with what it was measured."""
    connection = psycopg2.connect(url)
    postgres = connection.server_version // 10000
    connection.close()
    cpu = next((line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")), ":?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    packages = ", ".join(f"{name} {version(name)}" for name in ("Django", "WeasyPrint", "openpyxl", "python-calamine"))
    parts = (
        f"{datetime.now(UTC):%Y-%m-%d}",
        f"{options.students:,} students, {options.months} closed months",
        f"{os.cpu_count()} × {cpu.split(':')[1].strip()}, {memory:.0f} GiB",
        f"Python {platform.python_version()}, PostgreSQL {postgres}, {packages}",
    )
    return "; ".join(parts)


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
