"""Choices of a column, made from the labels of an enum."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from django.utils.functional import Promise


def choices_of(labels: Mapping[Any, str | Promise]) -> list[tuple[Any, str | Promise]]:
    """Pairs of plain value and label. Migrations then name no Python enum, so an enum can be renamed or moved."""
    return [(key.value if isinstance(key, Enum) else key, label) for key, label in labels.items()]
