"""What happens around the person: watch, family, referral, talks, return."""

from datetime import datetime
from typing import Any

from crisis.models import Case


def care_of(case: Case, at: datetime) -> dict[str, Any]:
    """What the case's page shows of it."""
    return {}
