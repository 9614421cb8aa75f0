"""Telling whom an entry of the audit log is about where an alias stands for them. The director alone, on record."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from kernel import audit, notices
from kernel.aliases import is_alias, known_aliases
from kernel.errors import Refused
from kernel.models import AuditEvent
from network import policies
from network.models import Post, Student, Unit, User
from network.rules import Role
from network.services.privacy.access_log import record_client_event

RESOLVED = gettext_noop("%(name)s has looked up whom entry %(entry)s of the audit log is about.")


@transaction.atomic
def resolve_alias(*, school: Unit, entry: int, by: User, at: datetime) -> Student:
    """The student behind the alias of one entry (its number in the log). Recorded under the alias, and told to the
    school's auditors. Refused for all but the director, and where no alias of this school stands."""
    if not policies.may_resolve_aliases(by, school):
        raise Refused(_("The center's director alone looks this up."), code="may-not-resolve")
    event = AuditEvent.objects.filter(pk=entry, unit=school.code).first()
    student = None if event is None or not is_alias(event.subject) else _behind(event, school)
    if student is None:
        raise Refused(_("This entry holds no alias of a student of your school."), code="no-alias")
    record_client_event(
        action="alias.resolve", student=student, by=by, at=at, purpose="review", detail={"entry": entry}
    )
    auditors = Post.objects.active(localdate(at)).filter(unit=school, role=Role.AUDITOR).select_related("holder")
    notices.post(
        to=[post.holder for post in auditors],
        kind="alias.resolved",
        title=RESOLVED,
        params={"name": by.name, "entry": entry},
        at=at,
        key=f"alias:{entry}:{by.pk}:{at.isoformat()}",
    )
    return student


def _behind(event: AuditEvent, school: Unit) -> Student | None:
    """Tries the students of the school, as none can be computed from the alias."""
    salt = audit.salt_of(event.action, event.at) if is_alias(event.actor_id) else ""
    keys = [str(pk) for pk in Student.objects.filter(school=school).order_by().values_list("pk", flat=True)]
    key = known_aliases(keys, salt=salt).get(event.subject)
    student: Student | None = Student.objects.select_related("school", "school_class").filter(pk=key).first()
    return student
