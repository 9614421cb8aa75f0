"""The years in which a date can lie. One far outside cannot be shown or read back, and breaks a whole page."""

from datetime import UTC, date, datetime

from django.db.models import CheckConstraint, Q

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
FIRST_MOMENT, LAST_MOMENT = datetime(2000, 1, 1, tzinfo=UTC), datetime(2099, 12, 31, tzinfo=UTC)


def day_in_reach(field: str, *, name: str, first: date = FIRST_DAY) -> CheckConstraint:
    """The database refuses a day outside of the years from `first` on; an empty one passes."""
    return CheckConstraint(
        condition=Q(**{field: None}) | Q(**{f"{field}__gte": first, f"{field}__lte": LAST_DAY}), name=name
    )


def moment_in_reach(field: str, *, name: str) -> CheckConstraint:
    """The same for a moment."""
    return CheckConstraint(
        condition=Q(**{field: None}) | Q(**{f"{field}__gte": FIRST_MOMENT, f"{field}__lte": LAST_MOMENT}), name=name
    )
