"""Documents are printed by a job and kept for a day for whoever asked."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from kernel import jobs, pdf, printing
from kernel.errors import Refused
from kernel.models import AuditEvent, Job, JobState, Notice, PrintedFile
from network.models import User
from tests.factories import make_user

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
# Whatever else prints is called by a job too, or by a command on the server.
PRINTERS = {
    "activities/services/certificates.py",
    "kernel/printing.py",
    "network/services/signin/password_sheets.py",
    "reporting/services/printing.py",
}


class Letters:
    """A kind of document for tests: who may have it, and what happens while it is composed."""

    def __init__(self) -> None:
        self.is_open = True
        self.fails = False

    def check(self, about: Mapping[str, Any], by: Any) -> None:
        if not self.is_open:
            raise Refused("Not any more.")

    def compose(self, about: Mapping[str, Any], by: Any, at: datetime) -> printing.Document:
        if self.fails:
            raise RuntimeError("out of paper")
        return printing.Document(f"<html lang='zh'><body><p>{about['n']}</p></body></html>", "", "letter.pdf")


@pytest.fixture
def letters() -> Iterator[Letters]:
    kind = Letters()
    printing.register("test.letter", printing.DocumentKind(kind.check, kind.compose))
    yield kind
    del printing._kinds["test.letter"]


def start(by: User, n: int = 1) -> Job:
    return printing.start(kind="test.letter", about={"n": n, "of": "x"}, by=by, at=AT)


def ran(job: Job) -> Job:
    jobs.run(job.pk, clock=lambda: AT)
    job.refresh_from_db()
    return job


def test_a_document_is_printed_told_kept_sealed_and_its_download_is_on_record(user: User, letters: Letters) -> None:
    job = ran(start(user))
    file = PrintedFile.objects.get()
    assert (job.state, job.result_link) == (JobState.DONE, file.get_absolute_url())
    assert Notice.objects.get(recipient=user, kind="file.ready").link == file.get_absolute_url()
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM kernel_printedfile")
        assert "JVBERi" not in cursor.fetchone()[0]
    at = file.made_at + timedelta(hours=1)
    assert printing.read_file(file=file, by=user, at=at).startswith(b"%PDF-")
    assert AuditEvent.objects.get(action="file.download").object_id == str(file.pk)


def test_the_same_document_is_printed_once_at_a_time_for_a_person(user: User, letters: Letters) -> None:
    first = start(user)
    assert start(user) == first
    assert start(user, 2) != first
    assert start(make_user()) != first
    ran(first)
    assert start(user) != first


def test_a_failed_document_can_be_printed_again(user: User, letters: Letters) -> None:
    letters.fails = True
    job = ran(start(user))
    assert (job.state, PrintedFile.objects.count()) == (JobState.FAILED, 0)
    letters.fails = False
    assert ran(jobs.retry(job=job, by=user, at=AT)).state == JobState.DONE


def test_who_may_not_have_it_any_more_gets_neither_job_nor_file(user: User, letters: Letters) -> None:
    waiting, done = start(user, 1), ran(start(user, 2))
    assert done.state == JobState.DONE
    letters.is_open = False
    assert ran(waiting).state == JobState.FAILED
    with pytest.raises(Refused):
        printing.read_file(file=PrintedFile.objects.get(), by=user, at=AT)
    with pytest.raises(Refused):
        start(user, 3)


def test_a_file_is_its_makers_alone_and_for_a_day(user: User, letters: Letters) -> None:
    ran(start(user))
    file = PrintedFile.objects.get()
    later = file.made_at + timedelta(hours=23)
    assert printing.files_of(user, at=later).exists()
    assert not printing.files_of(make_user(), at=later).exists()
    assert printing.forget_files(at=later) == 0
    assert not printing.files_of(user, at=later + timedelta(hours=1)).exists()
    assert printing.forget_files(at=later + timedelta(hours=1)) == 1


def test_no_lock_is_held_while_a_document_is_rendered(
    user: User, letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    depths: list[int] = []

    def render(html: str, *, css: str) -> bytes:
        depths.append(len(connection.savepoint_ids))
        return b"%PDF"

    monkeypatch.setattr(pdf, "render", render)
    depth = len(connection.savepoint_ids)
    printing.print_file(kind="test.letter", about={"n": 1}, by=user, at=AT)
    assert depths == [depth]


def test_nothing_else_renders_a_pdf() -> None:
    sources = [
        path for path in ROOT.glob("*/**/*.py") if path.parts[len(ROOT.parts)] not in {"tests", ".venv", "node_modules"}
    ]
    printers = {str(path.relative_to(ROOT)) for path in sources if "pdf.render(" in path.read_text()}
    assert printers <= PRINTERS
