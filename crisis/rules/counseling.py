"""By when a referral to counseling needs its next step. Pure."""

from datetime import datetime, timedelta

# Defaults of ours; no rule of the country sets them.
FIND_WITHIN = timedelta(days=3)
MEET_WITHIN = timedelta(days=14)


def due_at(opened_at: datetime, assigned_at: datetime | None) -> datetime:
    """A counselor is to be found soon after it was opened, and meets the student soon after it was given to them."""
    return opened_at + FIND_WITHIN if assigned_at is None else assigned_at + MEET_WITHIN
