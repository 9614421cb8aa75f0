"""Documents are printed by a job, kept encrypted for a day for who asked, and each download is on record.

An app registers a kind of document in its tasks.py: who may have it, what it says, and whose data it shows. Rendering
takes seconds and happens outside every transaction.
"""

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils.translation import get_language, gettext_noop, override

from kernel import audit, jobs, notices, pdf
from kernel.models import Job, PrintedFile, PrintedFileQuerySet

JOB = "kernel.print_file"
KEPT_FOR = timedelta(days=1)
READY = gettext_noop("The document that you had printed is ready. It is kept for a day.")

About = Mapping[str, Any]


@dataclass(frozen=True)
class Document:
    """What is printed, and what the file is called."""

    html: str
    css: str
    file_name: str


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document; each function takes what the document is about.

    `check` raises Refused when the person may not have it; it is asked at the start, by the job and at each download.
    `compose` writes it in the active language, within a transaction, and records that it was printed. `look` records
    that a student's data were read; only for documents about one student.
    """

    check: Callable[[About, Any], None]
    compose: Callable[[About, Any, datetime], Document]
    look: Callable[[About, Any, datetime], None] | None = None


_kinds: dict[str, DocumentKind] = {}


def register(name: str, kind: DocumentKind) -> None:
    if name in _kinds:
        raise KeyError(f"two kinds of documents are called {name}")
    _kinds[name] = kind


def start(*, kind: str, about: About, by: AbstractBaseUser, at: datetime) -> Job:
    """Have a document printed. While the same one is being printed for this person, that job is the answer."""
    _kinds[kind].check(about, by)
    argument = {"kind": kind, "about": dict(about), "language": get_language() or ""}
    return jobs.start(name=JOB, argument=argument, by=by, at=at, is_single=True)


def print_file(*, kind: str, about: About, by: AbstractBaseUser, at: datetime) -> PrintedFile:
    """Print a document and keep it for download; who asked is told. Refused as by the kind's check."""
    document_kind = _kinds[kind]
    with transaction.atomic():
        document_kind.check(about, by)
        if document_kind.look is not None:
            document_kind.look(about, by, at)
        document = document_kind.compose(about, by, at)
    content = pdf.render(document.html, css=document.css)
    with transaction.atomic():
        file: PrintedFile = PrintedFile.objects.create(
            kind=kind,
            about=dict(about),
            made_by_id=by.pk,
            made_at=at,
            file_name=document.file_name,
            sha256=hashlib.sha256(content).hexdigest(),
            content=b64encode(content).decode(),
        )
        detail = {"kind": kind, "sha256": file.sha256}
        audit.record(action="file.print", by=by, at=at, obj=file, detail=detail)
        link = file.get_absolute_url()
        notices.post(to=by, kind="file.ready", title=READY, params={}, link=link, at=at)
    return file


def run(job: Job, *, at: datetime) -> PrintedFile:
    """Do what `start` asked for, in the language in which it was asked."""
    asked = cast("dict[str, Any]", job.argument)
    with override(asked["language"] or None):
        return print_file(kind=asked["kind"], about=asked["about"], by=cast("AbstractBaseUser", job.by), at=at)


def files_of(user: AbstractBaseUser, *, at: datetime) -> PrintedFileQuerySet:
    """The files that somebody can still download."""
    return PrintedFile.objects.for_user(user, since=at - KEPT_FOR)


@transaction.atomic
def read_file(*, file: PrintedFile, by: AbstractBaseUser, at: datetime) -> bytes:
    """The file, with the download on record. Refused when the person may not have the document any more."""
    kind = _kinds[file.kind]
    kind.check(file.about, by)
    if kind.look is not None:
        kind.look(file.about, by, at)
    audit.record(action="file.download", by=by, at=at, obj=file, detail={"kind": file.kind})
    return b64decode(file.content)


@transaction.atomic
def forget_files(*, at: datetime) -> int:
    """Delete the files of yesterday; returns how many."""
    return int(PrintedFile.objects.made_before(at - KEPT_FOR).delete()[0])
