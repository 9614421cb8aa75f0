"""What students are asked to agree to, and when a yes still stands. Pure."""

import difflib
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Purpose(StrEnum):
    """What data may be used for only if the student says so."""

    SCREENING = "screening"
    COUNSELING = "counseling"
    RESEARCH = "research"
    PUBLICITY = "publicity"


class Act(StrEnum):
    GIVEN = "given"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Wording:
    """A consent text in both languages, as it is shown."""

    title_zh: str
    body_zh: str
    title_en: str
    body_en: str

    @property
    def sha256(self) -> str:
        """The fingerprint of the wording: the same words give the same, whatever the ends of their lines."""
        parts = (self.title_zh, self.body_zh, self.title_en, self.body_en)
        return hashlib.sha256("\0".join(tidy(part) for part in parts).encode()).hexdigest()

    def changes(self, last: "Wording | None") -> list[list[tuple[str, str]]]:
        """What is new against the last version, in Chinese and in English, title and text."""
        before = last or Wording("", "", "", "")
        return [
            difference(f"{before.title_zh}\n\n{before.body_zh}", f"{self.title_zh}\n\n{self.body_zh}"),
            difference(f"{before.title_en}\n\n{before.body_en}", f"{self.title_en}\n\n{self.body_en}"),
        ]


def tidy(text: str) -> str:
    """A text as it is stored: the line ends of one system, nothing around it."""
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()


def binding_version(versions: Iterable[tuple[int, bool]]) -> int:
    """The oldest version whose yes still holds. `versions`: number, and whether it asks everybody again, because
    purpose, manner or kind of data changed (PIPL art. 14)."""
    return max((number for number, asks_again in versions if asks_again), default=1)


def stands(act: Act | None, version: int, binding: int) -> bool:
    """Whether somebody whose last act this was consents now."""
    return act == Act.GIVEN and version >= binding


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """What changed, line by line: ("same" | "gone" | "new", the line)."""
    marks = {" ": "same", "-": "gone", "+": "new"}
    compared = difflib.ndiff(tidy(old).split("\n") if tidy(old) else [], tidy(new).split("\n"))
    return [(marks[line[0]], line[2:]) for line in compared if line[0] in marks]
