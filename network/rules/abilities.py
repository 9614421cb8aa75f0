"""The abilities that a post can give, and the sets that open the pages of the network. Pure."""

from enum import StrEnum


class Ability(StrEnum):
    VIEW_ROSTER = "view_roster"
    VIEW_NAMES = "view_names"
    VIEW_LINES = "view_lines"
    VIEW_LINE_WORDS = "view_line_words"
    VIEW_LINE_SUMMARY = "view_line_summary"
    FILE_DORM_REPORT = "file_dorm_report"
    FILE_CLASS_REPORT = "file_class_report"
    CHECK_DORM_REPORT = "check_dorm_report"
    VIEW_CLASS_REPORT = "view_class_report"
    CHECK_CLASS_REPORT = "check_class_report"
    FILE_COLLEGE_REPORT = "file_college_report"
    VIEW_COLLEGE_REPORT = "view_college_report"
    CHECK_COLLEGE_REPORT = "check_college_report"
    VIEW_STATS = "view_stats"
    EXPORT_SUMMARY = "export_summary"
    HANDLE_ALARM = "handle_alarm"
    RAISE_ALARM = "raise_alarm"
    VIEW_CASES = "view_cases"
    MANAGE_CASES = "manage_cases"
    VIEW_ASSIGNED_CASES = "view_assigned_cases"
    MANAGE_ASSIGNED_CASES = "manage_assigned_cases"
    ASSESS_RISK = "assess_risk"
    APPROVE_LOWERING = "approve_lowering"
    DECIDE_RED = "decide_red"
    VIEW_RED_SUMMARY = "view_red_summary"
    CONFIGURE_CRISIS = "configure_crisis"
    APPOINT_STAFF = "appoint_staff"
    APPOINT_PEER = "appoint_peer"
    IMPORT_ROSTER = "import_roster"
    CONFIGURE = "configure"
    VIEW_AUDIT = "view_audit"
    MANAGE_ACCESS = "manage_access"
    RUN_SCREENING = "run_screening"
    FOLLOW_SCREENING = "follow_screening"
    RECORD_TRAINING = "record_training"
    HOLD_INTERVIEW = "hold_interview"
    VIEW_SCREENING_LEVEL = "view_screening_level"
    VIEW_SCREENING_TASK = "view_screening_task"
    VIEW_SCREENING_FACTORS = "view_screening_factors"
    MANAGE_CONSENT_TEXTS = "manage_consent_texts"
    MANAGE_RETENTION = "manage_retention"
    DECIDE_ERASURE = "decide_erasure"
    MANAGE_SCREENING = "manage_screening"
    VIEW_SCALES = "view_scales"
    ARRANGE_COUNSELING = "arrange_counseling"
    TAKE_COUNSELING = "take_counseling"
    ORGANIZE_ACTIVITIES = "organize_activities"
    APPROVE_ACTIVITIES = "approve_activities"
    FOLLOW_ACTIVITIES = "follow_activities"
    OVERSEE_ACTIVITIES = "oversee_activities"
    VIEW_PROGRAM = "view_program"
    MANAGE_PROGRAM = "manage_program"
    PLAN_WORK = "plan_work"
    RUN_STATION = "run_station"
    WRITE_ARTICLES = "write_articles"
    LOG_TRAINING = "log_training"
    LEAD_SOCIETY = "lead_society"


# What opens the pages of the network: the tree, the people in it, and acts on their posts.
APPOINTING = (Ability.APPOINT_STAFF, Ability.APPOINT_PEER)

PEOPLE = (Ability.VIEW_ROSTER, Ability.VIEW_NAMES, *APPOINTING)

# An auditor reads logs, so the network is closed to VIEW_AUDIT.
TREE = (*PEOPLE, Ability.VIEW_STATS, Ability.IMPORT_ROSTER, Ability.CONFIGURE)
