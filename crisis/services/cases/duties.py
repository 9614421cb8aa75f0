"""Duties around the person besides the one next report: a watch that runs out, a step, a look, a talk."""

from datetime import datetime

from crisis.models import Case
from crisis.services.cases.next_report import answering_post
from network.models import Duty, User
from network.rules import Role
from network.services import Owed, owe, withdraw

WATCH, REFERRAL, RETURN, TALK = "safety_watch", "referral_step", "return_follow_up", "case_talk"
# Those that go with the case to whoever answers for it; a talk stays with its holder.
GOING_ALONG = (WATCH, REFERRAL, RETURN)


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
    """What is owed around the person goes to whoever answers for the case now."""
    standing = Duty.objects.unsettled().filter(kind__in=GOING_ALONG, link__startswith=f"/cases/{case.pk}/")
    for duty in list(standing):
        kept = {"kind": duty.kind, "key": duty.key, "title": duty.title, "link": duty.link, "due_at": duty.due_at}
        owe_care_duty(case=case, at=at, **kept)
