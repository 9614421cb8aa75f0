"""The file of a backup: a tar with the database, and a manifest that says what must come back."""

import hashlib
import json
import os
import tarfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "database"
ENCRYPTED = {b"-----BEGIN PGP": "gpg --decrypt", b"age-encryption": "age --decrypt", b"\x85": "gpg --decrypt"}
BLOCK = 1024 * 1024


class BadArchive(Exception):
    """A file that is no whole backup of ours; says what to do."""


@dataclass(frozen=True)
class Manifest:
    """What stood in the database when it was copied. `keys`: names and digests of the keys, never the keys."""

    format: int
    made_at: str
    version: str
    vendor: str
    migrations: dict[str, list[str]]
    rows: dict[str, int]
    audit_sequence: int
    audit_hash: str
    keys: dict[str, str]
    erasures: int
    sha256: str = ""


def write(path: Path, *, database: Path, manifest: Manifest) -> None:
    """Write the archive to `path`, which must not exist, readable by its owner alone."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    text = path.with_suffix(".manifest")
    try:
        with os.fdopen(handle, "wb") as file, tarfile.open(fileobj=file, mode="w") as archive:
            text.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True))
            archive.add(text, MANIFEST)
            archive.add(database, DATABASE)
            file.flush()
            os.fsync(file.fileno())
    finally:
        text.unlink(missing_ok=True)


def unpack(path: Path, folder: Path) -> tuple[Manifest, Path]:
    """Read and check an archive; the copy of the database lies in `folder`. BadArchive when anything is amiss."""
    try:
        start = path.open("rb").read(16)
    except OSError as error:
        raise BadArchive(f"The backup cannot be read: {error.strerror}.") from None
    for mark, command in ENCRYPTED.items():
        if start.startswith(mark):
            raise BadArchive(f"The backup is encrypted. Decrypt it first: {command} --output backup.tar {path.name}")
    target = folder / DATABASE
    try:
        with tarfile.open(path, mode="r:") as archive:
            manifest = _read_manifest(archive)
            source = archive.extractfile(DATABASE)
            if source is None:
                raise KeyError(DATABASE)
            with source, target.open("xb") as copy:
                while block := source.read(BLOCK):
                    copy.write(block)
    except (tarfile.TarError, EOFError, ValueError, TypeError, KeyError):
        raise BadArchive("This is no backup of the portal, or it is cut off. Take another copy.") from None
    if digest_of(target) != manifest.sha256:
        raise BadArchive("The backup was changed or damaged since it was written. Take another copy.")
    return manifest, target


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_manifest(archive: tarfile.TarFile) -> Manifest:
    file = archive.extractfile(MANIFEST)
    if file is None:
        raise KeyError(MANIFEST)
    values = json.loads(file.read(BLOCK * 8))
    if values.get("format") != FORMAT:
        raise BadArchive("The backup was written by a newer version of the portal. Update the portal first.")
    return Manifest(**{field.name: values[field.name] for field in fields(Manifest)})
