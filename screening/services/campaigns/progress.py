"""How far a campaign has come, by college and class: two queries, whatever its size."""

from dataclasses import dataclass, field
from typing import Any

from network.models import Unit, User
from network.rules import Ability
from screening.models import Campaign, Participation

COUNTS = ("due", "done", "valid", "begun", "declined", "exempted")


@dataclass
class Row:
    """A college or class: asked, done (of those valid), at work, declined, exempted."""

    unit: Unit | None
    due: int = 0
    done: int = 0
    valid: int = 0
    begun: int = 0
    declined: int = 0
    exempted: int = 0
    classes: list["Row"] = field(default_factory=list)

    def add(self, other: dict[str, Any]) -> None:
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + other[name])

    @property
    def left(self) -> int:
        """Who has neither finished nor declined."""
        return self.due - self.done - self.declined


def progress_of(campaign: Campaign, user: User) -> tuple[Row, list[Row]]:
    """The whole and its colleges with their classes, of those students that the user follows."""
    rows = Participation.objects.visible_to(user, Ability.FOLLOW_SCREENING).filter(campaign=campaign)
    tally = list(rows.tally("college_id", "school_class_id"))
    units = Unit.objects.in_bulk({row[key] for row in tally for key in ("college_id", "school_class_id") if row[key]})
    whole = Row(None)
    colleges: dict[int | None, Row] = {}
    for row in tally:
        college = colleges.setdefault(row["college_id"], Row(units.get(row["college_id"])))
        school_class = Row(units[row["school_class_id"]])
        for into in (school_class, college, whole):
            into.add(row)
        college.classes.append(school_class)
    for college in colleges.values():
        college.classes.sort(key=lambda row: row.unit.code if row.unit else "")
    return whole, sorted(colleges.values(), key=lambda row: row.unit.code if row.unit else "~")
