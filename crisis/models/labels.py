"""The words a person reads for levels, groups, reports and grounds."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crisis.rules import CLOSED, AlertLevel, Audience, Criterion, Ground, Kind, Step

LEVEL_LABELS = {
    AlertLevel.RED: pgettext_lazy("alert level", "Red"),
    AlertLevel.ORANGE: pgettext_lazy("alert level", "Orange"),
    AlertLevel.YELLOW: pgettext_lazy("alert level", "Yellow"),
}
LEVELS = [(int(level), label) for level, label in LEVEL_LABELS.items()]
LEVELS_AND_CLOSED = [*LEVELS, (CLOSED, pgettext_lazy("alert level", "Closed"))]
CRITERION_LABELS = {
    Criterion.PSYCHIATRIC_ILLNESS: _("Psychiatric illness, told by a hospital"),
    Criterion.SUICIDE_OR_VIOLENCE: _("Thoughts or acts of suicide, self-harm or violence"),
    Criterion.MAJOR_EVENT: _("A major event, and something is not as usual"),
    Criterion.ACADEMIC_FAILURE: _("Failing studies, and something is not as usual"),
    Criterion.RECOVERING: _("Recovering, or back from treatment"),
    Criterion.SERIOUS_SCREENING: _("A serious screening result"),
}
KIND_LABELS = {
    Kind.IMMEDIATE: pgettext_lazy("case report", "Immediate report"),
    Kind.FOLLOW_UP: pgettext_lazy("case report", "24-hour follow-up"),
    Kind.WEEKLY: pgettext_lazy("case report", "Weekly report"),
    Kind.MONTHLY: pgettext_lazy("case report", "Monthly report"),
}
GROUND_LABELS = {
    Ground.RESOLVED: pgettext_lazy("ground", "Resolved"),
    Ground.TRANSFERRED: pgettext_lazy("ground", "Transferred to another school, handed over"),
    Ground.WITHDRAWN: pgettext_lazy("ground", "Withdrawn from school, handed over"),
    Ground.GRADUATED: pgettext_lazy("ground", "Graduated, handed over"),
}
AUDIENCE_LABELS = {
    Audience.FUDAOYUAN: _("Fudaoyuan (student affairs advisor)"),
    Audience.DEPUTY_SECRETARY: _("College deputy secretary"),
    Audience.COLLEGE_COORDINATOR: _("College coordinator"),
    Audience.CENTER_DIRECTOR: _("Center director"),
    Audience.SCHOOL_LEADER: _("School leader"),
    Audience.GUARDIAN: _("Family"),
}
STEP_LABELS = {
    Step.NEAR: _("Fudaoyuan and college"),
    Step.CENTER_DUTY: _("Center, on duty"),
    Step.DIRECTOR: _("Center director"),
    Step.SCHOOL_LEADER: _("School leader"),
}
