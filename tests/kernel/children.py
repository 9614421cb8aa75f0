"""What the children of a test took: each one's memory and time, as the system counted them.

Linux carries the memory of whoever starts a program into that program's account. So a small process of its own starts
the child, reads its meter when it has ended, and then ends in the same way.
"""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

METER = """#!{python} -IS
import json, os, signal, sys
child = os.posix_spawn({python!r}, [{python!r}, *sys.argv[1:]], os.environ)
_, status, use = os.wait4(child, 0)
with open({account!r}, "a") as account:
    account.write(json.dumps([use.ru_maxrss / 1024, use.ru_utime + use.ru_stime]) + "\\n")
if os.WIFSIGNALED(status):
    signal.signal(os.WTERMSIG(status), signal.SIG_DFL) if os.WTERMSIG(status) != signal.SIGKILL else None
    os.kill(os.getpid(), os.WTERMSIG(status))
os._exit(os.waitstatus_to_exitcode(status))
"""


@dataclass
class Measured:
    """The use of every child that has ended."""

    account: Path

    def check(self, *, mebibytes: int, seconds: int) -> None:
        uses = [json.loads(line) for line in self.account.read_text().splitlines()]
        assert uses
        memory, time = (max(column) for column in zip(*uses, strict=True))
        assert memory < mebibytes, f"{memory:.0f} MiB"
        assert time < seconds, f"{time:.1f} s"


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Measured]:
    meter, account = tmp_path / "meter", tmp_path / "account"
    meter.write_text(METER.format(python=sys.executable, account=str(account)))
    meter.chmod(0o700)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", str(meter))
        yield Measured(account)
