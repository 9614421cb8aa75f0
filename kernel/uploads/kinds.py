"""What a file is, told by its first bytes; names and what browsers claim are not asked."""

from enum import StrEnum

HEAD_BYTES = 32
END_BYTES = 2048
OTHER_PICTURES = (b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*")
PHONE_PICTURES = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypavif", b"ftypheim", b"ftypmsf1")


class Kind(StrEnum):
    """The kinds that can be taken in."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    PDF = "pdf"


PICTURES = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP})
DOCUMENTS = frozenset({Kind.PDF})
SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf"}


def sniff(data: bytes) -> Kind | None:
    """The kind of the file, or None for anything else."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Kind.PNG
    if data.startswith(b"\xff\xd8\xff"):
        return Kind.JPEG
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Kind.WEBP
    if data.startswith(b"%PDF-"):
        return Kind.PDF
    return None


def is_other_picture(data: bytes) -> bool:
    """A picture of a kind that not every browser shows, such as a phone's HEIC."""
    return data.startswith(OTHER_PICTURES) or data[4:12] in PHONE_PICTURES


def is_whole_pdf(data: bytes) -> bool:
    """It ends as a PDF ends; half of one does not."""
    return b"%%EOF" in data[-END_BYTES:]
