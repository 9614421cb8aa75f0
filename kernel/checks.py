"""Checks of the keys for `check --deploy`. No message quotes a key."""

import base64
import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseFailure

from kernel import crypto, key_checks

READABLE_BY_OTHERS = stat.S_IROTH | stat.S_IWOTH
ASCII = range(0x20, 0x7F)


@register(Tags.security, deploy=True)
def keys_stand_alone(**_: Any) -> list[CheckMessage]:
    """No key is SECRET_KEY or part of it: who learns one must not know the other. The ring checks the length."""
    # SECURITY: SECRET_KEY is known to more places, and is changed for other reasons.
    message = "The key “%s” of FIELD_KEYS is part of SECRET_KEY."
    return [
        Error(message % key_id, hint="Draw a key of its own, put it first, and run rotate_keys.", id="kernel.E003")
        for key_id, key in _keys().items()
        if _text(key) in settings.SECRET_KEY or key in settings.SECRET_KEY.encode()
    ]


@register(Tags.security, deploy=True)
def keys_are_drawn(**_: Any) -> list[CheckMessage]:
    """No key was typed by hand, or copied from an example."""
    message = "The key “%s” of FIELD_KEYS is a word or a pattern, not a random number."
    return [
        Error(message % key_id, hint="See .env.example for how to draw one.", id="kernel.E004")
        for key_id, key in _keys().items()
        # Of random keys not one in a billion is so plain.
        if all(byte in ASCII for byte in key) or len(set(key)) < len(key) // 2
    ]


@register(Tags.security, deploy=True)
def keys_are_those_that_wrote(**_: Any) -> list[CheckMessage]:
    """No key stands under the name of another one that has written into this database."""
    try:
        wrong = key_checks.wrong_keys()
    except (DatabaseFailure, ImproperlyConfigured):
        # Without a database nothing can be compared; the ring's own check speaks of its form.
        return []
    message = "The key “%s” of FIELD_KEYS is not the one that this database was written with."
    hint = "Set the right key. A new key needs a name of its own and stands first."
    return [Error(message % key_id, hint=hint, id="kernel.E006") for key_id in wrong]


@register(Tags.security, deploy=True)
def secret_files_are_closed(**_: Any) -> list[CheckMessage]:
    """Files with keys are read by their owner and perhaps their group."""
    return [
        Error(
            f"{path} holds keys, and everybody on this machine can read it.", hint=f"chmod o= {path}", id="kernel.E005"
        )
        for path in map(Path, settings.SECRET_FILES)
        if path.exists() and path.stat().st_mode & READABLE_BY_OTHERS
    ]


def _keys() -> dict[str, bytes]:
    try:
        return crypto.raw_keys()
    except ImproperlyConfigured:
        # The field's own check speaks of it.
        return {}


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()
