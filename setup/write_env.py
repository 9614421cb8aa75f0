"""Writes var/env with fresh secrets, unless it is there. All other settings keep the defaults of a server."""

import base64
import os
import secrets
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "var" / "env"


def contents() -> str:
    field_key, audit_key = (base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(2))
    key_id = f"k{secrets.token_hex(3)}"
    return f"SECRET_KEY={secrets.token_urlsafe(50)}\nFIELD_KEYS={key_id}:{field_key}\nAUDIT_KEY={audit_key}\n"


def main() -> None:
    TARGET.parent.mkdir(exist_ok=True)
    try:
        # SECURITY: created closed, so that no other user of the machine reads the keys in between.
        handle = os.open(TARGET, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(contents())


if __name__ == "__main__":
    main()
