import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from portal.kernel.fields import Ciphertext, DecryptionError, EncryptedTextField


@dataclass
class Count:
    """What became of one column."""

    table: str
    column: str
    rewritten: int = 0
    unreadable: int = 0


class Command(BaseCommand):
    """Encrypts anew, under the first key, whatever another key has written. A killed run is simply started again."""

    help = "Re-encrypt every encrypted column under the first key of FIELD_KEYS."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="rows per transaction")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = [rotate(field, batch=options["batch"]) for field in encrypted_fields()]
        if options["json"]:
            self.stdout.write(json.dumps([asdict(count) for count in counts]))
        else:
            for count in counts:
                self.stdout.write(
                    f"{count.table}.{count.column}: {count.rewritten} rewritten, {count.unreadable} unreadable"
                )
        if any(count.unreadable for count in counts):
            raise CommandError("Some rows cannot be read with any key of FIELD_KEYS: keep the old keys, and see above.")


def encrypted_fields() -> Iterator[EncryptedTextField]:
    """Every encrypted column of every table, once."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            yield from (field for field in model._meta.local_fields if isinstance(field, EncryptedTextField))


def rotate(field: EncryptedTextField, *, batch: int) -> Count:
    """Rewrite one column, batch by batch, each in a transaction of its own."""
    count = Count(field.model._meta.db_table, str(field.column))
    last: Any = None
    while True:
        with transaction.atomic():
            rows = list(_old(field, after=last).select_for_update(of=("self",))[:batch])
            for row in rows:
                _rewrite(field, row, count)
        if not rows:
            return count
        last = rows[-1].pk


def _old(field: EncryptedTextField, *, after: Any) -> QuerySet[Any]:
    """Rows that another key has written, in the order of their keys."""
    rows = field.model._base_manager.annotate(stored=Cast(field.attname, TextField())).order_by("pk")
    old = rows.only("pk", field.attname).exclude(Q(stored="") | Q(stored__startswith=field.writes_now()))
    old = old.filter(**{f"{field.attname}__isnull": False})
    return old if after is None else old.filter(pk__gt=after)


def _rewrite(field: EncryptedTextField, row: models.Model, count: Count) -> None:
    try:
        fresh: Ciphertext = field.write(row, getattr(row, field.attname))
    except DecryptionError:
        count.unreadable += 1
        return
    field.model._base_manager.filter(pk=row.pk).update(**{field.attname: fresh})
    count.rewritten += 1
