"""Somebody's notices as they are shown: equal ones as one, and reminders of what is done by now marked as done."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from kernel.models import Notice
from network.models import Duty

REMINDER = "duty."


@dataclass
class NoticeGroup:
    """Notices that say the same, newest first. `is_done`: a reminder of something that is settled by now."""

    notices: list[Notice] = field(default_factory=list)
    is_done: bool = False

    @property
    def newest(self) -> Notice:
        return self.notices[0]

    @property
    def is_unread(self) -> bool:
        return any(notice.read_at is None for notice in self.notices)


def grouped(notices: Iterable[Notice]) -> list[NoticeGroup]:
    """Put notices of the same words and the same link together, where the first of them stands."""
    shown = list(notices)
    settled = _settled(shown)
    groups: dict[tuple[str, str], NoticeGroup] = {}
    for notice in shown:
        group = groups.setdefault((notice.sentence(), notice.link), NoticeGroup())
        group.notices.append(notice)
        group.is_done = group.is_done or notice.pk in settled
    return list(groups.values())


def equal_to(notice: Notice) -> list[Notice]:
    """The unread notices of the same person that say the same and lead to the same page, this one included."""
    own = Notice.objects.filter(recipient_id=notice.recipient_id, title=notice.title, link=notice.link)
    return [row for row in own.unread() if row.params == notice.params]


def _settled(notices: list[Notice]) -> set[object]:
    """Keys of those reminders of one duty whose duty is settled, or owed by nobody any more. A reminder's key ends with
    that of its duty; what counts several duties stays."""
    duties = {notice.pk: _duty(notice) for notice in notices}
    asked = {duty for duty in duties.values() if duty is not None}
    if not asked:
        return set()
    open_duties = set(Duty.objects.unsettled().filter(pk__in=asked).values_list("pk", flat=True))
    return {pk for pk, duty in duties.items() if duty is not None and duty not in open_duties}


def _duty(notice: Notice) -> int | None:
    key = notice.key.rpartition(":")[2]
    is_single = notice.kind.startswith(REMINDER) and notice.link not in ("", "/")
    return int(key) if is_single and key.isdecimal() else None
