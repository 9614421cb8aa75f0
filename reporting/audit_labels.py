from django.utils.translation import gettext_lazy as _

from kernel.audit_labels import Labels, declare

ACTIONS: Labels = {
    "calendar.set": _("due days changed"),
    "cycle.open": _("month opened"),
    "line.list": _("dorm lines looked at"),
    "line.read": _("a student's months looked at"),
    "report.accept": _("report accepted"),
    "report.correct": _("report corrected"),
    "report.file": _("report filed"),
    "report.nudge": _("reminded to report"),
    "report.read": _("report read"),
    "report.save_draft": _("report saved as a draft"),
    "report.send_back": _("report sent back"),
    "summary.download": _("summary downloaded"),
    "summary.export": _("summary exported"),
}

declare(actions=ACTIONS)
