"""The words a person reads for levels, roles and states."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from network.rules import Ability, EnrollmentStatus, Level, Role
from network.rules.access_log import LookPurpose, Sealed
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
    Role.COLLEGE_UNION_OFFICER: _("Student union officer of a college"),
    Role.AUDITOR: _("Auditor"),
    Role.SYSTEM_ADMINISTRATOR: _("System administrator"),
    Role.SECURITY_ADMINISTRATOR: _("Security administrator"),
}
# As they complete: opens to whoever may …
ABILITY_LABELS = {
    Ability.VIEW_ROSTER: _("read the roster"),
    Ability.VIEW_NAMES: _("read the names of class or room mates"),
    Ability.VIEW_LINES: _("read the dorm lines"),
    Ability.VIEW_LINE_SUMMARY: _("read the weather of a line alone"),
    Ability.FILE_DORM_REPORT: _("file dorm reports"),
    Ability.FILE_CLASS_REPORT: _("file class reports"),
    Ability.CHECK_DORM_REPORT: _("check dorm reports"),
    Ability.VIEW_CLASS_REPORT: _("read class reports"),
    Ability.CHECK_CLASS_REPORT: _("check class reports"),
    Ability.FILE_COLLEGE_REPORT: _("file college reports"),
    Ability.VIEW_COLLEGE_REPORT: _("read college reports"),
    Ability.CHECK_COLLEGE_REPORT: _("accept college reports"),
    Ability.VIEW_STATS: _("read figures"),
    Ability.EXPORT_SUMMARY: _("export summaries"),
    Ability.HANDLE_ALARM: _("take on alarms"),
    Ability.APPOINT_STAFF: _("appoint staff"),
    Ability.APPOINT_PEER: _("appoint students to posts"),
    Ability.IMPORT_ROSTER: _("import the roster"),
    Ability.CONFIGURE: _("configure the school"),
    Ability.VIEW_AUDIT: _("read the audit log"),
    Ability.MANAGE_ACCESS: _("manage accounts and access"),
    Ability.VIEW_LINE_WORDS: _("read the words of dorm lines"),
    Ability.RAISE_ALARM: _("raise alarms"),
    Ability.VIEW_CASES: _("read the watchlist"),
    Ability.MANAGE_CASES: _("work on cases"),
    Ability.VIEW_ASSIGNED_CASES: _("read the cases they were told of"),
    Ability.MANAGE_ASSIGNED_CASES: _("work on the cases they were told of"),
    Ability.ASSESS_RISK: _("reassess a case"),
    Ability.APPROVE_LOWERING: _("agree to the lowering of a case"),
    Ability.DECIDE_RED: _("decide on red cases"),
    Ability.VIEW_RED_SUMMARY: _("see red cases in short"),
    Ability.CONFIGURE_CRISIS: _("set duty and vigilance"),
    Ability.RUN_SCREENING: _("run screenings"),
    Ability.FOLLOW_SCREENING: _("follow who has finished a screening"),
    Ability.RECORD_TRAINING: _("record trainings of operators"),
    Ability.HOLD_INTERVIEW: _("hold talks after a screening"),
    Ability.VIEW_SCREENING_LEVEL: _("read the level of a screening"),
    Ability.VIEW_SCREENING_TASK: _("read what is asked after a screening"),
    Ability.VIEW_SCREENING_FACTORS: _("read the factors of a screening"),
    Ability.MANAGE_SCREENING: _("manage scales"),
    Ability.VIEW_SCALES: _("read scales"),
    Ability.ARRANGE_COUNSELING: _("arrange counseling"),
    Ability.TAKE_COUNSELING: _("take on students in counseling"),
    Ability.ORGANIZE_ACTIVITIES: _("plan and run activities"),
    Ability.APPROVE_ACTIVITIES: _("approve activities"),
    Ability.FOLLOW_ACTIVITIES: _("read who takes part in open activities"),
    Ability.OVERSEE_ACTIVITIES: _("read who takes part in any activity"),
    Ability.VIEW_PROGRAM: _("read plans, courses, trainings and stations"),
    Ability.MANAGE_PROGRAM: _("manage courses, trainings, money, rooms and stations"),
    Ability.PLAN_WORK: _("plan the work of a year"),
    Ability.RUN_STATION: _("run a college's station"),
    Ability.WRITE_ARTICLES: _("write for the public site"),
    Ability.LOG_TRAINING: _("enter their own trainings"),
    Ability.LEAD_SOCIETY: _("lead a society of students"),
    Ability.MANAGE_CONSENT_TEXTS: _("write consent texts"),
    Ability.MANAGE_RETENTION: _("set how long data is kept"),
    Ability.DECIDE_ERASURE: _("decide requests about data"),
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
LOOK_PURPOSE_LABELS = {
    LookPurpose.CARE: pgettext_lazy("purpose", "Everyday care"),
    LookPurpose.DUTY: pgettext_lazy("purpose", "My regular duty"),
    LookPurpose.FOLLOW_UP: pgettext_lazy("purpose", "Following up"),
    LookPurpose.REVIEW: pgettext_lazy("purpose", "Review or inspection"),
    LookPurpose.EMERGENCY: pgettext_lazy("purpose", "Emergency"),
    LookPurpose.OWN_REQUEST: pgettext_lazy("purpose", "The student asked for it"),
}
SEALED_LABELS = {
    Sealed.DORM_LINES: _("What room-mates and classmates wrote"),
    Sealed.SESSION_NOTES: _("Notes of counseling sessions"),
}
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
