"""How much of one kind a test does: a little in `make test`, all of it in `make soak`."""

import os
from typing import TypeVar

IS_SOAK = os.environ.get("SOAK") == "1"
Amount = TypeVar("Amount")


def size(*, quick: Amount, full: Amount) -> Amount:
    """The same test at two sizes. Every case that differs in kind belongs to the quick one too."""
    return full if IS_SOAK else quick
