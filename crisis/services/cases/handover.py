"""The owner of a case: handed over on purpose, or because a post has ended."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from crisis.models import Case, CaseEvent, CaseMember
from crisis.models.base import keys_of
from crisis.rules import AlertLevel, first_report
from crisis.services.cases import report_schedule
from crisis.services.cases.care_duties import pass_on_duties
from crisis.services.cases.lifecycle import answer_for
from crisis.services.cases.locking import check_version, lock, lock_to_manage, save
from crisis.services.cases.moves import tell_of_move
from crisis.services.cases.recipients import holders_of
from crisis.services.cases.timeline import write_event
from crisis.services.scheduled import for_each
from kernel import audit, notices
from network.models import User
from network.rules import Role

# Who steps in when nobody in person is left, from near to far.
UNITS = ("school_id", "college_id", "school_class_id", "dorm_id")
HEIRS = (Role.COLLEGE_COORDINATOR, Role.DEPUTY_SECRETARY, Role.CENTER_DIRECTOR, Role.FULL_TIME_COUNSELOR)


ENDED_OWNER = gettext_noop("A post has ended: %(name)s answers for the case now")
MOVED_OWNER = gettext_noop("The student has moved: %(name)s answers for the case now")


@transaction.atomic
def transfer_case(*, case: Case, owner: User, deputy: User | None, version: int, by: User, at: datetime) -> Case:
    """Let somebody else answer for a case; the owed report goes with it. Refused for a closed case, for people without
    a post here, and when somebody changed the case meanwhile."""
    case = lock_to_manage(case, by=by, instead=_("This case is closed; nobody has to answer for it."))
    check_version(case, version)
    answer_for(case, owner=owner, deputy=deputy, at=at)
    _hand(case, title=gettext_noop("%(name)s answers for the case now"), by=by, at=at)
    audit.record(action="case.transfer", by=by, at=at, obj=case, detail={"owner": owner.number})
    return case


def keep_cases(*, at: datetime) -> int:
    """Follow posts and students: a case whose owner has left goes to the deputy or the next in line, one whose student
    has moved gets their new units. Returns how many were changed. Until it has run the director owes what is due, see
    `network.models.duties.orphaned`; so nothing is ever nobody's."""
    return for_each(_astray(at), lambda pk: _keep(pk, at), task="keep_cases", at=at)


def _keep(pk: UUID, at: datetime) -> int:
    case = lock(Case(pk=pk))
    return int(case.is_open and _put_right(case, at=at))


def _astray(at: datetime) -> list[UUID]:
    """Open cases without a responsible owner, and those whose student has moved. Reads keys alone, so that a row that
    cannot be read hides no other one."""
    on = localdate(at)
    lasting = Q(owner_post__starts_on__lte=on) & (Q(owner_post__ends_on=None) | Q(owner_post__ends_on__gt=on))
    orphaned = Case.objects.open().filter(~lasting | Q(owner_post=None) | Q(owner__is_active=False))
    keys = list(orphaned.values_list("pk", flat=True))
    rows = Case.objects.open().values_list("pk", *UNITS, *(f"student__{name}" for name in UNITS))
    keys += [pk for pk, *units in rows if units[: len(UNITS)] != units[len(UNITS) :]]
    return list(dict.fromkeys(keys))


def _put_right(case: Case, *, at: datetime) -> bool:
    before, old = case.owner, {name: getattr(case, name) for name in UNITS}
    for name, value in keys_of(case.student).items():
        setattr(case, name, value)
    standing = report_schedule.answering_post(user=case.owner, case=case, at=at)
    heirs = [case.owner, *_heirs(case, at)] if standing else _heirs(case, at)
    if not heirs:
        return False
    deputies = [heir for heir in heirs[1:2] if standing and case.deputy == heir]
    answer_for(case, owner=heirs[0], deputy=deputies[0] if deputies else None, at=at)
    if not case.reports.owed().exists():
        report_schedule.schedule_report(case=case, due=first_report(AlertLevel(case.level), at), at=at)
    has_moved = any(old[name] != getattr(case, name) for name in ("college_id", "school_class_id"))
    if heirs[0] == before:
        save(case)
    else:
        _hand(case, title=MOVED_OWNER if has_moved else ENDED_OWNER, by=None, at=at)
    if has_moved:
        tell_of_move(case=case, old=old, at=at)
    return True


def _heirs(case: Case, at: datetime) -> list[User]:
    heirs = [case.deputy] if case.deputy and report_schedule.answering_post(user=case.deputy, case=case, at=at) else []
    for role in HEIRS:
        heirs += holders_of(roles=[role], units=[case.college_id, case.school_id], at=at)
    return heirs


def _hand(case: Case, *, title: str, by: User | None, at: datetime) -> None:
    save(case)
    report = case.reports.owed().get()
    report_schedule.write_report_duty(case=case, report=report)
    pass_on_duties(case=case, at=at)
    for person in filter(None, (case.owner, case.deputy)):
        CaseMember.objects.get_or_create(case=case, user=person, defaults={"added_at": at})
    params = {"name": case.owner.name}
    write_event(case=case, kind=CaseEvent.Kind.PEOPLE, title=title, params=params, by=by, at=at)
    notices.post(
        to=case.owner,
        kind="case",
        title=gettext_noop("You answer for case %(number)s now."),
        params={"number": case.number},
        link=f"/cases/{case.pk}/",
        at=at,
        key=f"owner:{case.pk}:{case.version}",
        urgent=case.level == AlertLevel.RED,
    )
