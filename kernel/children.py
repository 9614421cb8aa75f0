"""Running the reader of a foreign file in a process of its own: with little memory, little time, nothing of the portal.

The reader is a script that imports no module of ours and sets its own limits before it looks at the file. Where a
process cannot limit itself (no `resource` module, as on Windows) it fails, and every file is refused.
"""

import json
import logging
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

REFUSED, OUT_OF_MEMORY = 3, 4

logger = logging.getLogger(__name__)


class TooSlow(Exception):
    """The reader had not come to an end in its time."""


@dataclass(frozen=True, slots=True)
class End:
    """How a reader ended: well, with a refusal in its answer, or broken by the file."""

    code: int

    @property
    def answered(self) -> bool:
        return self.code in (0, REFUSED)

    @property
    def out_of_time(self) -> bool:
        """Its work took longer than it was given."""
        return self.code == -signal.SIGXCPU

    @property
    def out_of_bounds(self) -> bool:
        """It ran against a limit, or was killed by one."""
        return self.code < 0 or self.code == OUT_OF_MEMORY


def run_child(script: Path, path: Path, limits: dict[str, Any], *, answer: IO[bytes], seconds: int) -> End:
    """Run the script on the file; what it says goes to `answer`. TooSlow when it is not done within `seconds`."""
    command = [sys.executable, "-I", str(script), str(path), json.dumps(limits)]
    try:
        # SECURITY: an empty environment; the child has no use for the portal's keys.
        ended = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=answer,
            stderr=subprocess.PIPE,
            env={"PYTHONUTF8": "1"},
            timeout=seconds,
        )
    except subprocess.TimeoutExpired:
        raise TooSlow from None
    end = End(ended.returncode)
    if not end.answered:
        # SECURITY: the last line of a traceback may quote the file, so its type alone is logged.
        last = ended.stderr.decode(errors="replace").strip().rpartition("\n")[2]
        logger.info("a file ended its reader: %s %s", end.code, last.partition(":")[0][:80])
    return end
