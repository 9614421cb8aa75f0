"""Taking in a picture or a PDF: known by its content, held to its limits, rid of what it should not tell."""

import re
import tempfile
from base64 import b64decode, b64encode
from collections.abc import Set
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from kernel.children import End, TooSlow, run_child
from kernel.errors import Refused
from kernel.uploads.kinds import DOCUMENTS, PICTURES, SUFFIXES, Kind, is_other_picture, is_whole_pdf, sniff
from kernel.uploads.refusals import MESSAGES

CHILD = Path(__file__).with_name("child.py")
MEBI = 1 << 20
MOST_BYTES = 10 * MEBI
MOST_PIXELS, MOST_JPEG_PIXELS = 25_000_000, 60_000_000
LONGEST_SIDE = 2400
LONGEST_NAME = 80
SECONDS = 9
LIMITS = {
    "memory": 448 * MEBI,
    "answer": 32 * MEBI,
    "seconds": SECONDS,
    "pixels": MOST_PIXELS,
    "jpeg_pixels": MOST_JPEG_PIXELS,
    "side": LONGEST_SIDE,
}
# Time on a busy machine is not work: the child's own clock counts its work.
PATIENCE = 30
FORBIDDEN_IN_NAMES = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2066-\u2069\ufeff\"'*:<>?\\/|;]+")
ANY_KIND = PICTURES | DOCUMENTS


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be kept: in an encrypted column, as text. `media_type` is what it is, not what it was called."""

    content: bytes
    media_type: str
    name: str

    @property
    def text(self) -> str:
        """The content as an EncryptedTextField keeps it."""
        return b64encode(self.content).decode()

    @classmethod
    def from_text(cls, text: str, *, media_type: str, name: str) -> Self:
        """The upload as it was kept."""
        return cls(b64decode(text), media_type, name)


def accept_upload(
    file: IO[bytes] | Any, *, kinds: Set[Kind] = ANY_KIND, most_bytes: int = MOST_BYTES, name: str = ""
) -> Upload:
    """Read a file that somebody sent; Refused unless it is of one of the kinds and within the limits.

    A picture comes back written anew: upright, at most 2400 pixels long, without place, time and camera; as PNG where
    it is transparent, else as JPEG. A PDF comes back as it came, so it is only ever handed on by `as_download`.
    """
    file.seek(0)
    # SECURITY: what a browser says of size, kind and name counts for nothing.
    data = file.read(most_bytes + 1)
    if not data:
        raise refusal("empty")
    if len(data) > most_bytes:
        raise refusal("too-large")
    kind = _kind(data, kinds)
    content = data if kind is Kind.PDF else _written_anew(data, kind)
    media_type = sniff_media_type(content)
    return Upload(content, media_type, safe_name(name or getattr(file, "name", "") or "", media_type))


def sniff_media_type(content: bytes) -> str:
    """The media type of what is kept."""
    return {Kind.PDF: "application/pdf", Kind.PNG: "image/png", Kind.JPEG: "image/jpeg"}[Kind(sniff(content) or "")]


def safe_name(name: str, media_type: str) -> str:
    """The last part of the name, without what could mislead a reader or a disk, with the suffix of what it is."""
    last = re.split(r"[\\/]", name)[-1]
    stem = FORBIDDEN_IN_NAMES.sub("", last.rpartition(".")[0] or last).strip(" .")[:LONGEST_NAME]
    return (stem or "file") + SUFFIXES[media_type]


def refusal(code: str) -> Refused:
    return Refused(MESSAGES[code], code=code)


def _kind(data: bytes, kinds: Set[Kind]) -> Kind:
    kind = sniff(data)
    if kind is None:
        raise refusal("other-picture" if is_other_picture(data) else "unknown")
    if kind not in kinds:
        raise refusal("no-pdf-here" if kind is Kind.PDF else "no-picture-here")
    if kind is Kind.PDF and not is_whole_pdf(data):
        raise refusal("damaged")
    return kind


def _written_anew(data: bytes, kind: Kind) -> bytes:
    with tempfile.NamedTemporaryFile() as copy, tempfile.TemporaryFile() as answer:
        copy.write(data)
        copy.flush()
        end = _run(Path(copy.name), kind, answer)
        answer.seek(0)
        if end.code == 0:
            return answer.read()
        if end.answered:
            raise refusal(answer.read().decode())
        if end.out_of_time:
            raise refusal("too-slow")
        raise refusal("too-many-pixels" if end.out_of_bounds else "damaged")


def _run(path: Path, kind: Kind, answer: IO[bytes]) -> End:
    try:
        return run_child(CHILD, path, LIMITS | {"kind": kind.value}, answer=answer, seconds=PATIENCE)
    except TooSlow:
        raise refusal("too-slow") from None
