"""Numbers that somebody signs in with already."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models.functions import Lower

from network.models import User

CHUNK = 5000


def taken_numbers(numbers: Iterable[str]) -> set[str]:
    """Those of the numbers that somebody signs in with, in any spelling."""
    asked: dict[str, list[str]] = defaultdict(list)
    for number in numbers:
        asked[number.lower()].append(number)
    spellings = list(asked)
    taken: set[str] = set()
    for start in range(0, len(spellings), CHUNK):
        users = User.objects.annotate(lower=Lower("number")).filter(lower__in=spellings[start : start + CHUNK])
        for lower in users.order_by("pk").values_list("lower", flat=True):
            taken.update(asked[lower])
    return taken
