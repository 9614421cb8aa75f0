from django.utils.translation import gettext_lazy as _

from kernel.navigation import NavigationItem, declare
from network.rules import Ability

FILING = frozenset({Ability.FILE_DORM_REPORT, Ability.FILE_CLASS_REPORT, Ability.FILE_COLLEGE_REPORT})
CHECKING = frozenset({Ability.CHECK_DORM_REPORT, Ability.CHECK_CLASS_REPORT, Ability.CHECK_COLLEGE_REPORT})
READING = frozenset(
    {Ability.VIEW_CLASS_REPORT, Ability.VIEW_COLLEGE_REPORT, Ability.VIEW_LINES, Ability.VIEW_LINE_SUMMARY}
)

declare(
    NavigationItem(
        "reports",
        _("This month"),
        "reporting:month-board",
        "calendar-check",
        CHECKING | READING | frozenset({Ability.CONFIGURE}),
    ),
    NavigationItem("reports", _("Reports"), "reporting:report-list", "file-text", FILING | CHECKING | READING),
    NavigationItem("reports", _("Figures"), "reporting:summary-page", "chart-column", frozenset({Ability.VIEW_STATS})),
    NavigationItem("reports", _("Exports"), "reporting:export-list", "file-down", frozenset({Ability.EXPORT_SUMMARY})),
    NavigationItem(
        "settings", _("Calendar"), "reporting:calendar-edit", "calendar-cog", frozenset({Ability.CONFIGURE})
    ),
)
