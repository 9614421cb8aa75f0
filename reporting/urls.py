from django.urls import path

from reporting.views import (
    alarms,
    calendar,
    checks,
    classes,
    colleges,
    dorms,
    exports,
    month_board,
    reports,
    students,
    summaries,
)

app_name = "reporting"
urlpatterns = [
    path("", reports.report_list, name="report-list"),
    path("month/", month_board.month_board, name="month-board"),
    path("month/open/", month_board.month_open, name="month-open"),
    path("calendar/", calendar.calendar_edit, name="calendar-edit"),
    path("<uuid:pk>/", reports.report_detail, name="report-detail"),
    path("<uuid:pk>/done/", reports.report_done, name="report-done"),
    path("<uuid:pk>/well/", dorms.dorm_well, name="dorm-well"),
    path("<uuid:pk>/dorm/", dorms.dorm_file, name="dorm-file"),
    path("<uuid:pk>/class/", classes.class_file, name="class-file"),
    path("<uuid:pk>/class/draft/", classes.class_draft, name="class-draft"),
    path("<uuid:pk>/college/", colleges.college_file, name="college-file"),
    path("<uuid:pk>/college/draft/", colleges.college_draft, name="college-draft"),
    path("<uuid:pk>/thunder/", alarms.alarm_raise, name="alarm-raise"),
    path("<uuid:pk>/thunder/<uuid:student>/", alarms.line_alarm_raise, name="line-alarm-raise"),
    path("<uuid:pk>/accept/", checks.report_accept, name="report-accept"),
    path("<uuid:pk>/send-back/", checks.report_send_back, name="report-send-back"),
    path("<uuid:pk>/correct/", checks.report_correct, name="report-correct"),
    path("<uuid:pk>/nudge/", checks.report_nudge, name="report-nudge"),
    path("students/<uuid:pk>/lines/", students.student_lines, name="student-lines"),
    path("summary/", summaries.summary_page, name="summary-page"),
    path("summary/lines/", summaries.line_list, name="line-list"),
    path("summary/export/", exports.export_start, name="export-start"),
    path("exports/", exports.export_list, name="export-list"),
    path("exports/<uuid:pk>/", exports.export_download, name="export-download"),
]
