from crisis.services.alarms.additions import add_evidence, raise_or_append
from crisis.services.alarms.handling import (
    acknowledge,
    complete_alarm,
    handlers,
    raise_alarm,
    settle_alarm,
)
from crisis.services.alarms.help_requests import latest_help_request
from crisis.services.alarms.line_changes import note_line_changed
from crisis.services.care.counseling import hand_to_counseling
from crisis.services.cases.lifecycle import Opening, open_case, raise_level
from crisis.services.cases.timeline import write_event

__all__ = [
    "Opening",
    "acknowledge",
    "add_evidence",
    "complete_alarm",
    "hand_to_counseling",
    "handlers",
    "latest_help_request",
    "note_line_changed",
    "open_case",
    "raise_alarm",
    "raise_level",
    "raise_or_append",
    "settle_alarm",
    "write_event",
]
