"""Duties of a case besides its next report: a watch that needs people, a referral step, a follow-up, a talk."""

from datetime import datetime

from crisis.models import Case
from crisis.rules.first_hours import FirstDuty
from crisis.services.cases.report_schedule import answering_post
from network.models import Duty, User
from network.rules import Role
from network.services import Owed, owe, withdraw

WATCH, REFERRAL, RETURN, TALK = "safety_watch", "referral_step", "return_follow_up", "case_talk"
# These pass to a new owner of the case; a talk stays with its holder.
GOING_ALONG = (WATCH, REFERRAL, RETURN, *(duty.value for duty in FirstDuty))


def owe_care_duty(
    *, case: Case, kind: str, key: str, title: str, link: str, due_at: datetime, at: datetime, owner: User | None = None
) -> None:
    """Let the owner of the case, or `owner`, owe something by a time, and the center's director from the moment their
    post ends. A key that is there already is owed anew."""
    whose = owner or case.owner
    withdraw(keys=[key])
    owe(
        duties=[
            Owed(
                kind=kind,
                key=key,
                unit=case.school,
                role=Role.CENTER_DIRECTOR,
                owner=whose,
                post=answering_post(user=whose, case=case, at=at),
                title=title,
                params={"number": case.number},
                link=link,
                due_at=due_at,
            )
        ]
    )


def pass_on_duties(*, case: Case, at: datetime) -> None:
    """Give the open duties of a case to its present owner."""
    standing = Duty.objects.unsettled().filter(kind__in=GOING_ALONG, link__startswith=f"/cases/{case.pk}/")
    for duty in list(standing):
        same = {"kind": duty.kind, "key": duty.key, "title": duty.title, "link": duty.link, "due_at": duty.due_at}
        owe_care_duty(case=case, at=at, **same)
