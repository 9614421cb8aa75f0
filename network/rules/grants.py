"""The table of roles: which abilities each role gives. Pure."""

from collections.abc import Mapping

from network.rules.abilities import Ability
from network.rules.roles import Role

A = Ability

# Source: the table of roles in the domain rules; what a role may see, at its post's unit and everything below.
GRANTS: Mapping[Role, frozenset[Ability]] = {
    Role.LEADING_GROUP: frozenset({A.VIEW_STATS, A.EXPORT_SUMMARY, A.VIEW_RED_SUMMARY}),
    Role.SCHOOL_LEADER: frozenset({A.VIEW_STATS, A.EXPORT_SUMMARY, A.VIEW_RED_SUMMARY}),
    Role.CENTER_DIRECTOR: frozenset(
        {
            A.VIEW_ROSTER,
            A.VIEW_LINES,
            A.VIEW_CLASS_REPORT,
            A.VIEW_COLLEGE_REPORT,
            A.CHECK_COLLEGE_REPORT,
            A.VIEW_STATS,
            A.EXPORT_SUMMARY,
            A.HANDLE_ALARM,
            A.RAISE_ALARM,
            A.VIEW_CASES,
            A.MANAGE_CASES,
            A.ASSESS_RISK,
            A.APPROVE_LOWERING,
            A.DECIDE_RED,
            A.CONFIGURE_CRISIS,
            A.APPOINT_STAFF,
            A.IMPORT_ROSTER,
            A.CONFIGURE,
            A.RUN_SCREENING,
            A.FOLLOW_SCREENING,
            A.RECORD_TRAINING,
            A.VIEW_SCREENING_LEVEL,
            A.VIEW_SCREENING_FACTORS,
            A.MANAGE_CONSENT_TEXTS,
            A.MANAGE_RETENTION,
            A.DECIDE_ERASURE,
            A.MANAGE_SCREENING,
            A.VIEW_SCALES,
            A.ARRANGE_COUNSELING,
            A.ORGANIZE_ACTIVITIES,
            A.APPROVE_ACTIVITIES,
            A.FOLLOW_ACTIVITIES,
            A.OVERSEE_ACTIVITIES,
        }
    ),
    Role.FULL_TIME_COUNSELOR: frozenset(
        {
            A.VIEW_ROSTER,
            A.VIEW_CLASS_REPORT,
            A.VIEW_COLLEGE_REPORT,
            A.VIEW_STATS,
            A.HANDLE_ALARM,
            A.RUN_SCREENING,
            A.FOLLOW_SCREENING,
            A.HOLD_INTERVIEW,
            A.TAKE_COUNSELING,
            A.VIEW_SCREENING_LEVEL,
            A.VIEW_SCALES,
            A.RAISE_ALARM,
            A.VIEW_CASES,
            A.MANAGE_CASES,
            A.ASSESS_RISK,
            A.APPROVE_LOWERING,
            A.ORGANIZE_ACTIVITIES,
            A.APPROVE_ACTIVITIES,
            A.FOLLOW_ACTIVITIES,
            A.OVERSEE_ACTIVITIES,
        }
    ),
    Role.PART_TIME_COUNSELOR: frozenset(
        {A.HOLD_INTERVIEW, A.TAKE_COUNSELING, A.RAISE_ALARM, A.VIEW_ASSIGNED_CASES, A.ORGANIZE_ACTIVITIES}
    ),
    Role.DEPUTY_SECRETARY: frozenset(
        {
            A.VIEW_ROSTER,
            A.VIEW_LINE_SUMMARY,
            A.VIEW_CLASS_REPORT,
            A.VIEW_COLLEGE_REPORT,
            A.VIEW_STATS,
            A.EXPORT_SUMMARY,
            A.HANDLE_ALARM,
            A.FOLLOW_SCREENING,
            A.VIEW_SCREENING_LEVEL,
            A.RAISE_ALARM,
            A.VIEW_CASES,
            A.MANAGE_CASES,
            A.APPROVE_LOWERING,
            A.APPROVE_ACTIVITIES,
            A.FOLLOW_ACTIVITIES,
        }
    ),
    Role.COLLEGE_COORDINATOR: frozenset(
        {
            A.VIEW_ROSTER,
            A.VIEW_LINES,
            A.VIEW_LINE_WORDS,
            A.VIEW_CLASS_REPORT,
            A.CHECK_CLASS_REPORT,
            A.VIEW_COLLEGE_REPORT,
            A.FILE_COLLEGE_REPORT,
            A.VIEW_STATS,
            A.EXPORT_SUMMARY,
            A.HANDLE_ALARM,
            A.RAISE_ALARM,
            A.VIEW_CASES,
            A.MANAGE_CASES,
            A.APPOINT_STAFF,
            A.APPOINT_PEER,
            A.FOLLOW_SCREENING,
            A.VIEW_SCREENING_LEVEL,
            A.ORGANIZE_ACTIVITIES,
            A.APPROVE_ACTIVITIES,
            A.FOLLOW_ACTIVITIES,
        }
    ),
    Role.FUDAOYUAN: frozenset(
        {
            A.VIEW_ROSTER,
            A.VIEW_LINES,
            A.VIEW_LINE_WORDS,
            A.CHECK_DORM_REPORT,
            A.VIEW_CLASS_REPORT,
            A.CHECK_CLASS_REPORT,
            A.VIEW_STATS,
            A.EXPORT_SUMMARY,
            A.HANDLE_ALARM,
            A.RAISE_ALARM,
            A.VIEW_ASSIGNED_CASES,
            A.MANAGE_ASSIGNED_CASES,
            A.APPOINT_PEER,
            A.FOLLOW_SCREENING,
            A.VIEW_SCREENING_TASK,
            A.ORGANIZE_ACTIVITIES,
            A.APPROVE_ACTIVITIES,
            A.FOLLOW_ACTIVITIES,
        }
    ),
    Role.CLASS_ADVISER: frozenset(
        {A.VIEW_ROSTER, A.VIEW_LINE_SUMMARY, A.VIEW_CLASS_REPORT, A.VIEW_STATS, A.RAISE_ALARM}
    ),
    Role.CLASS_COMMITTEE_MEMBER: frozenset(
        {A.VIEW_NAMES, A.CHECK_DORM_REPORT, A.FILE_CLASS_REPORT, A.ORGANIZE_ACTIVITIES}
    ),
    Role.DORM_HEAD: frozenset({A.VIEW_NAMES, A.FILE_DORM_REPORT}),
    Role.STUDENT_UNION_OFFICER: frozenset({A.ORGANIZE_ACTIVITIES}),
    Role.COLLEGE_UNION_OFFICER: frozenset({A.ORGANIZE_ACTIVITIES}),
    Role.AUDITOR: frozenset({A.VIEW_AUDIT}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({A.CONFIGURE, A.CONFIGURE_CRISIS}),
    Role.SECURITY_ADMINISTRATOR: frozenset({A.APPOINT_STAFF, A.MANAGE_ACCESS}),
}
