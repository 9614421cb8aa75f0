"""The shipped instruments, and answers to them."""

from typing import Any

from screening.rules.scales.definitions import Scale
from screening.rules.scoring.outcomes import Outcome, score
from screening.services.scales.shipped import shipped

KEYS = ("cesd", "gad7", "isi", "k10", "phq9", "psqi", "sas", "scl90", "sds", "upi", "who5")
# A paper of the sleep index: bed 23:30, 20 minutes to fall asleep, up 7:00, 6.5 hours asleep, once a week everything.
SLEEP: list[Any] = ["23:30", 20, "07:00", 6.5, *[1] * 10, 2, 0, 1, 1]


def scale(key: str) -> Scale:
    return shipped()[key].scale


def all_of(key: str, value: int, **others: int) -> list[int | None]:
    """The same answer everywhere but at the items named as i9=2."""
    answers: list[int | None] = [value] * len([item for item in scale(key).items if not item.optional])
    for name, other in others.items():
        answers[int(name[1:]) - 1] = other
    return answers


def yes(*codes: int, **others: Any) -> dict[str, Any]:
    """Answers to the personality inventory: yes to these, no to all others."""
    return {str(code): int(code in codes) for code in range(1, 65)} | others


def outcome(key: str, answers: Any, seconds: Any = None) -> Outcome:
    return score(scale(key), answers, seconds)
