"""A text column that is stored encrypted."""

from functools import cached_property
from typing import Any

from django.core import checks
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from kernel import crypto
from kernel.crypto import DecryptionError

__all__ = ["Ciphertext", "DecryptionError", "EncryptedTextField", "seal"]


class Ciphertext:
    """An encrypted value as it is stored. `values()` yields it; only an instance, which knows its row, can read it."""

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ciphertext) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __str__(self) -> str:
        return "••••"

    __repr__ = __str__


class EncryptedAttribute(DeferredAttribute):
    """Decrypts at first access, because the row's key is not known before the instance is built."""

    field: "EncryptedTextField"

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Ciphertext):
            value = self.field.read(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text under AES-256-GCM, bound to table, column and primary key; "" and NULL are stored as they are.

    Written by save, create and bulk_create. Refused, since they do not know the row: update and bulk_update with a
    text (`seal` it for the row first), every lookup but isnull, and dumpdata. In bulk_create(update_conflicts=True)
    leave it out of `update_fields`, for the row that stays may have another key. `max_length` counts characters of the
    plain text.
    """

    descriptor_class = EncryptedAttribute

    @cached_property
    def validators(self) -> list[Any]:
        own = [] if self.max_length is None else [MaxLengthValidator(self.max_length)]
        return [*super().validators, *own]

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        return [*super().check(**kwargs), *self._check_key_known_before_insert(), *self._check_ring()]

    def _check_key_known_before_insert(self) -> list[checks.CheckMessage]:
        if self.model._meta.abstract or self.model._meta.pk.has_default():
            return []
        hint = "Give the model an `id = UUIDField(primary_key=True, default=uuid.uuid4)`."
        message = "An encrypted field needs a primary key with a Python default."
        return [checks.Error(message, hint=hint, obj=self, id="kernel.E001")]

    def _check_ring(self) -> list[checks.CheckMessage]:
        try:
            crypto.first_key_id()
        except ImproperlyConfigured as error:
            return [checks.Error(str(error), obj=self, id="kernel.E002")]
        return []

    def read(self, instance: models.Model, stored: Ciphertext) -> str:
        """The plain text of what is stored in the instance's row; DecryptionError if it belongs elsewhere."""
        return crypto.unseal(stored.token, place=self._place(instance))

    def write(self, instance: models.Model, text: str) -> Ciphertext:
        """The ciphertext of a text for the instance's row, under the first key."""
        return Ciphertext(crypto.seal(text, place=self._place(instance)))

    def writes_now(self) -> str:
        """How a token begins that the first key has written."""
        return f"{crypto.first_key_id()}:"

    def _place(self, instance: models.Model) -> bytes:
        # A key given as text and the same key read back must name one place.
        key = self.model._meta.pk.to_python(instance.pk)
        return "\0".join((self.model._meta.db_table, str(self.column), str(key))).encode()

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = getattr(model_instance, self.attname)
        if value is None or value == "":
            return value
        return self.write(model_instance, str(value))

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Ciphertext | str | None:
        return Ciphertext(value) if value else value

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Ciphertext) else super().to_python(value)

    def get_prep_value(self, value: Any) -> str | None:
        if isinstance(value, Ciphertext):
            return value.token
        if value is None:
            return None
        if value == "":
            return ""
        # SECURITY: without the row's key the text could only be stored in clear.
        raise FieldError(f"“{self.name}” is encrypted for its row: write it with save() or bulk_create().")

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"“{self.name}” is encrypted: nothing but isnull can be asked of it.")
        return super().get_lookup(lookup_name)

    def value_to_string(self, obj: models.Model) -> str:
        # SECURITY: a fixture would hold the text in clear.
        raise FieldError(f"“{self.name}” is encrypted and is not serialized.")


def seal(instance: models.Model, name: str, text: str) -> Ciphertext:
    """A text as the instance's row keeps it in an encrypted column: what `QuerySet.update` takes for that row."""
    field = instance._meta.get_field(name)
    if not isinstance(field, EncryptedTextField):
        raise FieldError(f"“{name}” is not encrypted.")
    return field.write(instance, text)
