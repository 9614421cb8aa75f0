import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from kernel.fields import Ciphertext, DecryptionError, EncryptedTextField

SECONDS_BETWEEN_REPORTS = 1.0


@dataclass
class Count:
    """What became of one column: `done` of `total` values are under the first key, `rewritten` of them by this run."""

    table: str
    column: str
    total: int = 0
    done: int = 0
    rewritten: int = 0
    unreadable: int = 0

    def __str__(self) -> str:
        return (
            f"{self.table}.{self.column}: {self.done} / {self.total},"
            f" {self.rewritten} rewritten, {self.unreadable} unreadable"
        )


class Command(BaseCommand):
    """Encrypts anew, under the first key, whatever another key has written. A killed run is simply started again."""

    help = "Re-encrypt every encrypted column under the first key of FIELD_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows per transaction")
        parser.add_argument("--json", action="store_true", help="print the counts as one JSON object, as the last line")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = []
        for field in encrypted_fields():
            counts.append(rotate(field, batch=options["batch"], progress=self._progress()))
            self.stdout.write(str(counts[-1]))
        unreadable = sum(count.unreadable for count in counts)
        if options["json"]:
            sums = {"rewritten": sum(count.rewritten for count in counts), "unreadable": unreadable}
            self.stdout.write(json.dumps(sums | {"columns": [asdict(count) for count in counts]}))
        if unreadable:
            raise CommandError("Some rows cannot be read with any key of FIELD_KEYS: keep the old keys, and see above.")

    def _progress(self) -> Callable[[Count], None]:
        """Reports now and then how far a long column has come."""
        reported_at = time.monotonic()

        def tell(count: Count) -> None:
            nonlocal reported_at
            if time.monotonic() - reported_at >= SECONDS_BETWEEN_REPORTS:
                reported_at = time.monotonic()
                self.stdout.write(f"{count} …")
                self.stdout.flush()

        return tell


def encrypted_fields() -> Iterator[EncryptedTextField]:
    """Every encrypted column of every table, once."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            yield from (field for field in model._meta.local_fields if isinstance(field, EncryptedTextField))


def rotate(field: EncryptedTextField, *, batch: int, progress: Callable[[Count], None]) -> Count:
    """Rewrite one column, batch by batch, each in a transaction of its own."""
    count = Count(field.model._meta.db_table, str(field.column), total=_sealed(field).count())
    count.done = count.total - _old(field).count()
    last: Any = None
    while True:
        with transaction.atomic():
            rows = list(_old(field, after=last).select_for_update(of=("self",))[:batch])
            for row in rows:
                _rewrite(field, row, count)
        if not rows:
            return count
        progress(count)
        last = rows[-1].pk


def _sealed(field: EncryptedTextField) -> QuerySet[Any]:
    """Rows that hold a value, in the order of their keys."""
    rows = field.model._base_manager.annotate(stored=Cast(field.attname, TextField())).order_by("pk")
    return rows.only("pk", field.attname).exclude(stored="").filter(**{f"{field.attname}__isnull": False})


def _old(field: EncryptedTextField, *, after: Any = None) -> QuerySet[Any]:
    """Those that another key has written."""
    old = _sealed(field).exclude(Q(stored__startswith=field.writes_now()))
    return old if after is None else old.filter(pk__gt=after)


def _rewrite(field: EncryptedTextField, row: models.Model, count: Count) -> None:
    try:
        fresh: Ciphertext = field.write(row, getattr(row, field.attname))
    except DecryptionError:
        count.unreadable += 1
        return
    field.model._base_manager.filter(pk=row.pk).update(**{field.attname: fresh})
    count.rewritten += 1
    count.done += 1
