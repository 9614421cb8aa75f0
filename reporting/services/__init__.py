from reporting.services.alarms import raise_alarm_from_report
from reporting.services.calendars import set_calendar
from reporting.services.checks import nudge
from reporting.services.cycles import close_when_accepted, open_cycle, refresh_cycle
from reporting.services.filing import (
    ClassEntry,
    file_class_report,
    file_college_report,
    file_dorm_report,
    save_draft,
)
from reporting.services.lines import LineEntry
from reporting.services.reviewing import accept, correct, send_back
from reporting.services.rollups import count, roll_up

__all__ = [
    "ClassEntry",
    "LineEntry",
    "accept",
    "close_when_accepted",
    "correct",
    "count",
    "file_class_report",
    "file_college_report",
    "file_dorm_report",
    "nudge",
    "open_cycle",
    "raise_alarm_from_report",
    "refresh_cycle",
    "roll_up",
    "save_draft",
    "send_back",
    "set_calendar",
]
