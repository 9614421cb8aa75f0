from crisis.services.alarms import acknowledge, add_evidence, complete_alarm, handlers, raise_alarm, settle_alarm
from crisis.services.cases import Opening, open_case, raise_level
from crisis.services.counseling import hand_to_counseling
from crisis.services.timeline import write_event

__all__ = [
    "Opening",
    "acknowledge",
    "add_evidence",
    "complete_alarm",
    "hand_to_counseling",
    "handlers",
    "open_case",
    "raise_alarm",
    "raise_level",
    "settle_alarm",
    "write_event",
]
