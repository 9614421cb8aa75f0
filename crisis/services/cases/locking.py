"""How a change to a case begins: lock the row, check the right and the state."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.models import Case, CaseFile
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import User

REOPEN = _("This case is closed. Reopen it to go on.")


def lock(case: Case) -> Case:
    """The case as the database has it now, held until the transaction ends."""
    locked: Case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    return locked


def lock_to_manage(case: Case, *, by: User, even_closed: bool = False, instead: Any = REOPEN) -> Case:
    """The locked case for a user who works on it. Refused to others, and for a closed case with `instead`."""
    case = lock(case)
    if not policies.may_manage(by, case):
        raise Refused(_("You may not change this case."), code="may-not-manage")
    if not case.is_open and not even_closed:
        raise Refused(instead, code="closed")
    return case


def save(case: Case) -> None:
    """Save a locked case under the next version, so that a form written on an older one is noticed."""
    case.version += 1
    case.save()


def check_version(case: Case, version: int) -> None:
    """Refused when somebody changed the case after it was read."""
    if case.version != version:
        raise Refused(
            _("Somebody has changed this case while you were writing. Compare both texts, then send yours again."),
            code="changed-meanwhile",
        )


def keep_file(*, case: Case, upload: Upload | None, by: User, at: datetime) -> CaseFile | None:
    """Keep an accepted scan with its case, encrypted; the caller holds the lock."""
    if upload is None:
        return None
    content = {"name": upload.name, "media_type": upload.media_type, "content": upload.text}
    return CaseFile.objects.create(case=case, added_by=by, added_at=at, **content)
