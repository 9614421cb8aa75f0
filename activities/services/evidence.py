"""Keeping what proves an entry."""

from datetime import datetime

from activities.models import Evidence
from kernel.uploads import Upload
from network.models import Unit, User


def keep_evidence(*, upload: Upload | None, school: Unit, by: User, at: datetime) -> Evidence | None:
    """The accepted file as a row; None without a file."""
    if upload is None:
        return None
    return Evidence.objects.create(
        school=school, name=upload.name, media_type=upload.media_type, content=upload.text, added_by=by, added_at=at
    )
