"""The import of a whole roster against the time that openpyxl needs to read the file."""

from pathlib import Path
from statistics import median

from tests.bench.stages import run, stage
from tests.bench.tables import Section, met

TIMES, MEMORY_MIB = 5, 512
READINGS = 3
HOW = (
    "`manage.py import_roster FILE --json` into an empty school, the whole command with its start; memory is the peak "
    "of its largest process. Against it: openpyxl's `read_only` reading of every cell of the same file alone, the "
    f"median of {READINGS}. The second import of the same file writes nothing."
)


def import_roster(database: str, file: Path, students: int) -> Section:
    """Import the file twice; the database is left with the roster in it."""
    readings = [stage(database, "roster", "read", str(file)).answer["seconds"] for _ in range(READINGS)]
    reading = median(readings)
    section = Section("Import of a roster", HOW, ("what", "aim", "measured", "outcome"))
    section.rows.append((f"openpyxl reads {students:,} students", "", f"{reading:.1f} s", ""))
    for name in ("first import", "the same again"):
        outcome = run(database, "manage.py", "import_roster", str(file), "--json")
        ratio = outcome.seconds / reading
        told = outcome.answer["students"]
        counts = ", ".join(f"{count:,} {kind}" for kind, count in told.items() if count)
        time_taken = f"{outcome.seconds:.1f} s = {ratio:.1f} × ({counts})"
        section.rows.append((f"{name}: time", f"≤ {TIMES} ×", time_taken, met(ratio <= TIMES)))
        memory = f"{outcome.peak_mib:.0f} MiB"
        section.rows.append((f"{name}: memory", f"< {MEMORY_MIB} MiB", memory, met(outcome.peak_mib < MEMORY_MIB)))
    return section
