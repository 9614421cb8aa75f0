"""How everybody is in a month of the story. Who was low last month is more often low again."""

from random import Random

from demo.words import SEEN, SIGNS, THUNDER, WHEREABOUTS
from network.models import Student
from reporting.rules.dorm_lines import Event, Help, Sign, Status
from reporting.services import LineEntry

SHARES = {Status.CLEAR: 946, Status.CLOUDY: 36, Status.OVERCAST: 12, Status.RAIN: 6}
STAYS = 0.3
HELPS = {
    Status.CLOUDY: (Help.TALKED, Help.KEPT_COMPANY),
    Status.OVERCAST: (Help.TALKED, Help.TOLD_COMMITTEE_MEMBER),
    Status.RAIN: (Help.KEPT_COMPANY, Help.TOLD_FUDAOYUAN, Help.SUGGESTED_COUNSELING),
    Status.THUNDER: (Help.KEPT_COMPANY, Help.TOLD_FUDAOYUAN),
}


# What is seen most often first of all: sleep.
OFTEN = {
    Sign.SLEEP: 12,
    Sign.CLASS_ABSENCE: 5,
    Sign.WITHDRAWAL: 5,
    Sign.GAMING: 5,
    Sign.CONFLICT: 4,
    Sign.EATING: 3,
    Sign.CRYING: 3,
    Sign.DRINKING: 1,
}


def draw_signs(draw: Random, wanted: int) -> list[Sign]:
    """Different signs, the frequent ones more often."""
    left = dict(OFTEN)
    signs = []
    for _ in range(wanted):
        sign = draw.choices(list(left), list(left.values()))[0]
        signs.append(sign)
        del left[sign]
    return signs


class Weather:
    """The weather of each student, drawn once a month."""

    def __init__(self, draw: Random) -> None:
        self.draw = draw
        self.entries: dict[str, LineEntry] = {}
        self.before: dict[str, Status] = {}

    def turn(self) -> None:
        """A new month begins."""
        self.before = {number: entry.status for number, entry in self.entries.items()}
        self.entries = {}

    def thunder(self, student: Student) -> None:
        self.entries[student.number] = self._entry(student, Status.THUNDER)

    def of(self, student: Student) -> LineEntry:
        """The same answer however often it is asked in a month."""
        if student.number not in self.entries:
            self.entries[student.number] = self._entry(student, self._status(student))
        return self.entries[student.number]

    def _status(self, student: Student) -> Status:
        before = self.before.get(student.number, Status.CLEAR)
        if before != Status.CLEAR and self.draw.random() < STAYS:
            return min(before, Status.RAIN)
        return self.draw.choices(list(SHARES), list(SHARES.values()))[0]

    def _entry(self, student: Student, status: Status) -> LineEntry:
        if status == Status.CLEAR:
            return LineEntry(student.pk, status)
        signs = draw_signs(self.draw, SIGNS[status])
        urgent = status == Status.THUNDER
        return LineEntry(
            student.pk,
            status,
            signs=sum(signs),
            events=self.draw.choice(list(Event)) if self.draw.random() < 0.3 else 0,
            helps=sum(HELPS[status]) if self.draw.random() < 0.7 else int(HELPS[status][0]),
            observation=self.draw.choice(THUNDER if urgent else SEEN[signs[0]]),
            whereabouts=self.draw.choice(WHEREABOUTS) if urgent else "",
        )
