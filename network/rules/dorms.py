"""Dorms: the class through which a room reports, and the order of beds. Pure."""

from collections.abc import Mapping


def home_class(residents: Mapping[int, int], current: int | None, codes: Mapping[int, str]) -> int | None:
    """The class a shared room reports through: it keeps the one it has while a resident is left there, else takes the
    one with most residents, the lower code first. `residents`: present students per class id; `codes`: class id to
    code."""
    if current is not None and residents.get(current):
        return current
    if not residents:
        return current
    return min(residents, key=lambda key: (-residents[key], codes[key]))


def bed_order(bed: str) -> tuple[int, str]:
    """Sorts beds as people count them: 2 before 10, none last."""
    digits = "".join(letter for letter in bed if letter.isdecimal())
    return (int(digits) if digits else 10**6, bed)
