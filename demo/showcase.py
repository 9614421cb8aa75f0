"""The corner of the university that the printed accounts look at: something to do for each of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.schedule import Schedule
from demo.settling import Cast
from network.models import Unit, User
from network.rules import Role

DAY = timedelta(days=1)
# The first days of a month show an empty month.
SHOWN_FROM = timedelta(days=6)


@dataclass(frozen=True)
class Showcase:
    """One fudaoyuan's classes: one still to be filed, one waiting to be checked, one sent back."""

    fudaoyuan: User
    to_file: Unit
    to_check: Unit
    sent_back: Unit
    room: Unit

    def arrange(self, times: Schedule, *, opened_at: datetime, now: datetime) -> None:
        """Bend the open month's schedule so that each account finds its work."""
        # In a vacation no class reports.
        if now - opened_at < SHOWN_FROM or self.to_check.pk not in times.classes:
            return
        for unit, filed in ((self.to_check, now - DAY), (self.sent_back, now - 2 * DAY)):
            for one in times.rooms_of(unit.pk):
                one.only(min(one.filed or filed, filed - timedelta(hours=3)))
            times.classes[unit.pk].only(filed)
        times.classes[self.sent_back.pk].sent_back = now - DAY
        for one in times.rooms_of(self.to_file.pk):
            one.only(min(one.filed or now - DAY, now - timedelta(hours=5)))
        times.dorms[self.room.pk].only(None)
        times.classes[self.to_file.pk].only(None)
        times.colleges[self.to_file.college_id or 0].only(None)


def pick(cast: Cast) -> Showcase:
    """The first fudaoyuan with three classes that have a committee member, the first of them with a headed room."""
    served: dict[int, list[Unit]] = {}
    for unit in cast.classes.values():
        fudaoyuan = cast.holder(Role.FUDAOYUAN, unit.pk)
        if fudaoyuan and cast.holder(Role.CLASS_COMMITTEE_MEMBER, unit.pk):
            served.setdefault(fudaoyuan.pk, []).append(unit)
    first = next(units for units in served.values() if len(units) >= 3)
    holder = cast.holder(Role.FUDAOYUAN, first[0].pk)
    committee = cast.holder(Role.CLASS_COMMITTEE_MEMBER, first[0].pk)
    rooms = (unit for unit in cast.dorms.values() if unit.parent_id == first[0].pk)
    room = next(unit for unit in rooms if cast.holder(Role.DORM_HEAD, unit.pk) not in (None, committee))
    assert holder is not None
    return Showcase(holder, first[0], first[1], first[2], room)
