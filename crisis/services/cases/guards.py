"""How an act around the person begins: the case locked, the right asked, the case open."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.models import Case, CaseFile
from crisis.services.cases.lifecycle import lock
from kernel.errors import Refused
from kernel.uploads import Upload
from network.models import User

REOPEN = _("This case is closed. Reopen it to go on.")


def enter(case: Case, *, by: User, even_closed: bool = False, instead: Any = REOPEN) -> Case:
    """The case, locked, for somebody who works on it. Refused to others, and for a closed one with `instead`."""
    case = lock(case)
    if not policies.may_manage(by, case):
        raise Refused(_("You may not change this case."), code="may-not-manage")
    if not case.is_open and not even_closed:
        raise Refused(instead, code="closed")
    return case


def keep_file(*, case: Case, upload: Upload | None, by: User, at: datetime) -> CaseFile | None:
    """Keep an accepted scan with its case, encrypted; the caller holds the lock."""
    if upload is None:
        return None
    kept = {"name": upload.name, "media_type": upload.media_type, "content": upload.text}
    return CaseFile.objects.create(case=case, added_by=by, added_at=at, **kept)
