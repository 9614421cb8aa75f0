"""How students of the demo answer a PHQ-9: most are well, one in five is strained, in each college a few are worse."""

from collections.abc import Iterator, Sequence
from itertools import count
from random import Random

from screening.models import Participation
from screening.rules.papers.answering import SentAnswer

Values = Sequence[int]
WELL, MILD, DANGER = (0, 0, 1, 0, 0, 0, 1, 0), (1, 1, 1, 1, 0, 1, 1, 0), (1,) * 8
STRAINED, HEAVY = (2, 1, 1, 1, 1, 2, 2, 0), (3, 2, 3, 2, 2, 3, 2, 2)


# One in thirty of each college is in class 1; one in seventy says yes to the ninth item.
HEAVY_ONE_IN, YES_ONE_IN = 30, 70


class Moods:
    """Counts who answers, college by college."""

    def __init__(self, *, heavy: bool = True) -> None:
        self.heavy = heavy
        self.answered: dict[int | None, Iterator[int]] = {}
        self.asked = count()

    def of(self, row: Participation) -> Values:
        n = next(self.answered.setdefault(row.college_id, count()))
        college = list(self.answered).index(row.college_id)
        if self.heavy and n % HEAVY_ONE_IN == 7:
            return HEAVY
        if n % 5 == 4:
            return STRAINED
        return MILD if n % (3 + college % 2) == 1 else WELL

    def ninth(self) -> int:
        """What the next one answers to the last item, which asks about thoughts of death."""
        return 1 if next(self.asked) % YES_ONE_IN == YES_ONE_IN // 2 else 0


def answers(draw: Random, values: Values, last: int = 0) -> list[SentAnswer]:
    """Eight answers, a little different for everybody, and the ninth."""
    shifted = [max(0, min(3, value + draw.choice((0, 0, 0, 0, 1)))) for value in values]
    return [SentAnswer(str(n), value, draw.uniform(2, 9)) for n, value in enumerate([*shifted, last], start=1)]
