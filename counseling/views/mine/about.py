"""What counseling is, with whom, and who will know: for everybody, signed in or not."""

from dataclasses import dataclass
from typing import Any

from django.core.cache import caches
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from counseling.models import Counselor
from counseling.models.labels import TOPIC_LABELS
from counseling.rules.who_knows import Fact, Knower, knowers, not_told, sees_by_glass
from counseling.services.overview import usual_wait
from kernel.periods import Month
from kernel.web import Request, require_GET
from network.access import public
from network.models import Unit
from network.models.labels import ROLE_LABELS

FACTS = {
    Fact.COMING: pgettext_lazy("who knows", "that you come, and when"),
    Fact.WRITTEN: pgettext_lazy("who knows", "what you write beforehand"),
    Fact.NOTES: pgettext_lazy("who knows", "what they note after a talk"),
    Fact.WAITING: pgettext_lazy("who knows", "that you wait for a time"),
}
# In seconds.
AN_HOUR = 3600
JOIN = pgettext_lazy("between items of a list", ", ")


@dataclass(frozen=True)
class Line:
    """One line of the list: who, what, and an icon."""

    who: str
    what: str
    icon: str


def who_knows() -> dict[str, object]:
    """The list of who learns what, from the rules of access."""
    lines = [*(_line(knower) for knower in knowers()), *_exceptions()]
    return {"knows": lines, "not_told": str(JOIN).join(str(ROLE_LABELS[role]) for role in not_told())}


def _line(knower: Knower) -> Line:
    what = str(JOIN).join(str(FACTS[fact]) for fact in knower.facts)
    if knower.is_own:
        return Line(str(gettext_lazy("The counselor who talks with you, and no other one")), what, "ear")
    who = str(JOIN).join(str(ROLE_LABELS[role]) for role in knower.roles)
    return Line(who, _("%(what)s; not what is said") % {"what": what}, "user-round")


def _exceptions() -> list[Line]:
    """Who else may learn something, and only then."""
    roles = str(JOIN).join(str(ROLE_LABELS[role]) for role in sees_by_glass())
    notes = _("what was noted, with a written reason; you are told, and somebody else reviews it")
    called = _("that you ask for a call, and your number")
    return [
        Line(_("The counselor on duty, if you choose “today”"), called, "phone"),
        Line(_("%(roles)s, in an emergency alone") % {"roles": roles}, notes, "lock-keyhole-open"),
    ]


@public
@require_GET
def about(request: Request) -> HttpResponse:
    school = _school(request.user)
    context = {
        **who_knows(),
        "counselors": _counselors(school) if school else [],
        "waits": _wait(school),
        # Staff have no times of their own; a visitor signs in first.
        "may_take_time": not request.user.is_authenticated or hasattr(request.user, "student"),
    }
    return render(request, "counseling/mine/about.html", context)


def _wait(school: Unit | None) -> dict[str, int] | None:
    """The usual wait of the last month in working days; None where it is hidden or nobody came. Kept for an hour."""
    if school is None:
        return None
    month = Month.of(localdate(now())).previous()
    days = caches["pages"].get_or_set(
        f"counseling-wait-{school.pk}-{month}", lambda: usual_wait(school=school, month=month), AN_HOUR
    )
    return {"days": days} if isinstance(days, int) and days >= 0 else None


def _school(user: Any) -> Unit | None:
    """The reader's own school; for strangers the only one there is."""
    if user.is_authenticated:
        return user.school  # type: ignore[no-any-return]
    schools = list(Unit.objects.schools().active()[:2])
    return schools[0] if len(schools) == 1 else None


@dataclass(frozen=True)
class PublicCounselor:
    """What everybody may read of a counselor."""

    name: str
    campus: str
    intro: str
    topics: str


def _counselors(school: Unit) -> list[PublicCounselor]:
    rows = Counselor.objects.filter(school=school, takes_new=True).bookable(localdate(now())).select_related("user")
    return [PublicCounselor(row.user.name, row.campus, row.intro, topics_of(row)) for row in rows]


def topics_of(counselor: Counselor) -> str:
    known = {topic.value: label for topic, label in TOPIC_LABELS.items()}
    return str(JOIN).join(str(known[topic]) for topic in counselor.topics if topic in known)
