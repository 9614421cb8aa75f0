"""Numbers that somebody signs in with already."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

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


class Zeros:
    """Numbers by what a spreadsheet leaves of them: it drops the zeros in front."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._known = set(numbers)
        self._stripped: dict[str, str] = {}
        for number in self._known:
            stripped = number.lstrip("0")
            # Two that differ by zeros alone cannot be told apart.
            self._stripped[stripped] = "" if stripped in self._stripped else number

    def meant(self, number: str) -> str:
        """The known number that is meant; the same where it is known, or where none or several would fit."""
        if number in self._known or not number.isdecimal():
            return number
        return self._stripped.get(number.lstrip("0")) or number


def same_but_for_zeros(named: Iterable[str], zeros: Zeros) -> Mapping[str, str]:
    """Number in the file → known number, where they differ."""
    return {number: meant for number in named if (meant := zeros.meant(number)) != number}
