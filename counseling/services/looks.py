from datetime import datetime

from django.db.models import Model

from network.models import Student, User
from network.services import record_look

PURPOSE = "counseling"


def record_client_look(*, action: str, student: Student, by: User, at: datetime, obj: Model | None = None) -> None:
    """Write down that `by` read something of a client."""
    record_look(action=action, student=student, by=by, at=at, purpose=PURPOSE, obj=obj, discreet=True)
