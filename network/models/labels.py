"""The words a person reads for levels, roles and states."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.rules import EnrollmentStatus, Level, Role
from network.rules.consents import Purpose

LEVEL_LABELS = {
    Level.SCHOOL: pgettext_lazy("level", "School"),
    Level.COLLEGE: pgettext_lazy("level", "College"),
    Level.CLASS: pgettext_lazy("level", "Class"),
    Level.DORM: pgettext_lazy("level", "Dorm"),
}
ROLE_LABELS = {
    Role.LEADING_GROUP: _("Leading group"),
    Role.SCHOOL_LEADER: _("School leader"),
    Role.CENTER_DIRECTOR: _("Center director"),
    Role.FULL_TIME_COUNSELOR: _("Full-time counselor"),
    Role.PART_TIME_COUNSELOR: _("Part-time counselor"),
    Role.DEPUTY_SECRETARY: _("College deputy secretary"),
    Role.COLLEGE_COORDINATOR: _("College coordinator"),
    Role.FUDAOYUAN: _("Fudaoyuan (student affairs advisor)"),
    Role.CLASS_ADVISER: _("Class adviser"),
    Role.CLASS_COMMITTEE_MEMBER: _("Class psychology committee member"),
    Role.DORM_HEAD: _("Dorm head"),
    Role.STUDENT_UNION_OFFICER: _("Student union officer"),
    Role.AUDITOR: _("Auditor"),
    Role.SYSTEM_ADMINISTRATOR: _("System administrator"),
}
STATUS_LABELS = {
    EnrollmentStatus.STUDYING: _("Studying"),
    EnrollmentStatus.RETURNED: _("Returned to school"),
    EnrollmentStatus.ON_LEAVE: _("On leave"),
    EnrollmentStatus.WITHDRAWN: _("Withdrawn"),
    EnrollmentStatus.GRADUATED: _("Graduated"),
    EnrollmentStatus.LEFT: _("No longer on the roster"),
}
SEX_LABELS = {"M": pgettext_lazy("sex", "Male"), "F": pgettext_lazy("sex", "Female")}
PURPOSE_LABELS = {
    Purpose.SCREENING: _("Psychological screening"),
    Purpose.COUNSELING: _("Counseling"),
    Purpose.RESEARCH: _("Research with de-identified data"),
    Purpose.PUBLICITY: _("Name or picture in publicity"),
}
WITHDRAWAL_LABELS = {
    Purpose.SCREENING: _(
        "You will not be asked into new screenings, and answers you have not sent are not kept. What you sent before"
        " stays lawful and is deleted when its time is over."
    ),
    Purpose.COUNSELING: _(
        "New sessions cannot be booked until you agree again. Notes of earlier sessions are kept for the prescribed"
        " time and stay closed to others."
    ),
    Purpose.RESEARCH: _(
        "Your data goes into no new research data set. Statistics that were published cannot be called back. Nothing"
        " changes in the help you get."
    ),
    Purpose.PUBLICITY: _(
        "Your name and picture are no longer used, and are taken off line. What has been printed cannot be called back."
    ),
}
