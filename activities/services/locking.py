"""The row that everybody who wants a place waits for: one activity, one decision at a time."""

from activities.models import Activity


def lock_activity(activity: Activity) -> Activity:
    """The activity as it is now, locked until the transaction ends."""
    rows = Activity.objects.select_for_update(of=("self",)).select_related("unit", "school", "planned_by")
    row: Activity = rows.get(pk=activity.pk)
    return row
