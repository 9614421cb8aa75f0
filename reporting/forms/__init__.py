from reporting.forms.calendars import CalendarForm
from reporting.forms.filings import ClassForm, CollegeForm, FilingForm, ReasonForm, first_filing
from reporting.forms.lines import AlarmForm, LineForm, Sheet, calmed_in

__all__ = [
    "AlarmForm",
    "CalendarForm",
    "ClassForm",
    "CollegeForm",
    "FilingForm",
    "LineForm",
    "ReasonForm",
    "Sheet",
    "calmed_in",
    "first_filing",
]
