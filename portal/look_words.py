"""How looks at the student file are described to the student: plain words, nothing that frightens, no name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kernel.models import AuditEvent
from network.models.labels import ROLE_LABELS
from network.rules import Role
from network.rules.access_log import BREAK_GLASS, LookPurpose

LOOK_WORDS: dict[str, Promise] = {
    "glass.break": _("opened sealed notes about you for one hour, with a written reason"),
    "glass.read": _("checked whether opening sealed notes about you was right"),
    "line.read": _("read what the monthly reports say of you"),
    "look.read_delay": _("looked at how your file is shown to you"),
    "student.read": _("opened your roster card"),
}
OF_CARE = _("read notes of the people who look after you")
OF_THE_FILE = _("looked at something in your file")
CARE_NOUNS = ("alarm", "case")
PURPOSE_WORDS: dict[str, Promise] = {
    LookPurpose.CARE: pgettext_lazy("to the student", "to look after you in everyday life"),
    LookPurpose.DUTY: pgettext_lazy("to the student", "as part of their regular duty"),
    LookPurpose.FOLLOW_UP: pgettext_lazy("to the student", "to see how things have gone on"),
    LookPurpose.REVIEW: pgettext_lazy("to the student", "to check that all was done rightly"),
    LookPurpose.EMERGENCY: pgettext_lazy("to the student", "because help was needed quickly"),
    LookPurpose.OWN_REQUEST: pgettext_lazy("to the student", "because you asked for it"),
    BREAK_GLASS: pgettext_lazy("to the student", "for a reason that others check"),
}


@dataclass(frozen=True)
class ToldLook:
    """A look in the words that the student reads: in what role, what, and what for. No name. `times`: how often that
    day."""

    event: AuditEvent
    times: int = 1

    @property
    def role(self) -> Promise:
        return ROLE_LABELS[Role(self.event.role)] if self.event.role in set(Role) else _("Somebody at the school")

    @property
    def what(self) -> Promise:
        noun = self.event.action.partition(".")[0]
        if noun in CARE_NOUNS or self.event.object_type.startswith("crisis."):
            return OF_CARE
        return LOOK_WORDS.get(self.event.action, OF_THE_FILE)

    @property
    def purpose(self) -> Promise | str:
        return PURPOSE_WORDS.get(self.event.purpose, "")


def told_by_day(events: Iterable[AuditEvent]) -> list[ToldLook]:
    """The looks in their order; what the same post did for the same purpose on one day is told once, with its number,
    so that a busy day does not hide the others."""
    found: dict[tuple[date, str, str, str], ToldLook] = {}
    for look in map(ToldLook, events):
        key = (localdate(look.event.at), str(look.role), str(look.what), str(look.purpose))
        found[key] = replace(found[key], times=found[key].times + 1) if key in found else look
    return list(found.values())
