from reporting.models.cycles import Calendar, Cycle
from reporting.models.exports import SummaryExport
from reporting.models.reports import Filing, Line, Report
from reporting.models.summaries import Summary

__all__ = ["Calendar", "Cycle", "Filing", "Line", "Report", "Summary", "SummaryExport"]
