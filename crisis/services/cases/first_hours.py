"""The first hours of a red case as duties: school leader, family, watch and daily contact. They pass to a new owner and
are escalated like other duties."""

from datetime import datetime

from django.utils.translation import gettext_noop

from crisis.models import Case
from crisis.rules import AlertLevel, Audience
from crisis.rules.first_hours import FirstDuty, first_hours, next_contact
from crisis.services.cases.care_duties import owe_care_duty
from network.services import settle, withdraw

TITLES = {
    FirstDuty.LEADER: gettext_noop("Tell the school leader of case %(number)s"),
    FirstDuty.FAMILY: gettext_noop("Tell the family today, case %(number)s"),
    FirstDuty.WATCH: gettext_noop("Begin a safety watch of two people, case %(number)s"),
    FirstDuty.CONTACT: gettext_noop("Daily contact with the student, case %(number)s"),
}
PLACES = {FirstDuty.LEADER: "#told", FirstDuty.FAMILY: "family/", FirstDuty.WATCH: "watch/", FirstDuty.CONTACT: "#note"}


def owe_first_hours(*, case: Case, at: datetime) -> None:
    """Let a case that has become red owe its first hours; the caller holds the lock of the case."""
    if case.level != AlertLevel.RED:
        return
    for duty, due_at in first_hours(at).items():
        if _is_owed(case, duty):
            _owe(case, duty, due_at=due_at, at=at)


def drop_first_hours(*, case: Case) -> None:
    """A case that is no longer red owes them no more."""
    withdraw(keys=[_key(case, duty) for duty in FirstDuty])


def settle_first(*, case: Case, duty: FirstDuty, at: datetime) -> None:
    """One of them was done."""
    settle(keys=[_key(case, duty)], at=at)


def note_contact(*, case: Case, at: datetime) -> None:
    """The student of a red case was spoken with: the next contact is due tomorrow."""
    if case.is_open and case.level == AlertLevel.RED:
        _owe(case, FirstDuty.CONTACT, due_at=next_contact(at), at=at)


def note_abuse(*, case: Case, was_feared: bool, at: datetime) -> None:
    """The family is not called while abuse at home is feared, and owed a call again once the fear is gone."""
    if case.level != AlertLevel.RED or case.abuse_feared == was_feared:
        return
    if case.abuse_feared:
        withdraw(keys=[_key(case, FirstDuty.FAMILY)])
    elif _is_owed(case, FirstDuty.FAMILY):
        _owe(case, FirstDuty.FAMILY, due_at=first_hours(at)[FirstDuty.FAMILY], at=at)


def _is_owed(case: Case, duty: FirstDuty) -> bool:
    if duty == FirstDuty.FAMILY:
        return not case.abuse_feared and not case.guardian_notices.filter(reached_at__gte=case.level_since).exists()
    if duty == FirstDuty.WATCH:
        return not case.watches.filter(ended_at=None).exists()
    if duty == FirstDuty.LEADER:
        return case.members.filter(audience=Audience.SCHOOL_LEADER, told_at=None).exists()
    return True


def _owe(case: Case, duty: FirstDuty, *, due_at: datetime, at: datetime) -> None:
    link = f"/cases/{case.pk}/{PLACES[duty]}"
    title, key = TITLES[duty], _key(case, duty)
    owe_care_duty(case=case, kind=duty.value, key=key, title=title, link=link, due_at=due_at, at=at)


def _key(case: Case, duty: FirstDuty) -> str:
    return f"{duty.value}:{case.pk}"
