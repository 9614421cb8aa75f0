"""Who may do what where: levels, roles, abilities, and the reminder ladder. Pure."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import IntEnum, StrEnum

from kernel.periods import TZ, working_day_before


class Level(StrEnum):
    SCHOOL = "school"
    COLLEGE = "college"
    CLASS = "class"
    DORM = "dorm"


class Role(StrEnum):
    LEADING_GROUP = "leading_group"
    SCHOOL_LEADER = "school_leader"
    CENTER_DIRECTOR = "center_director"
    FULL_TIME_COUNSELOR = "full_time_counselor"
    PART_TIME_COUNSELOR = "part_time_counselor"
    DEPUTY_SECRETARY = "deputy_secretary"
    COLLEGE_COORDINATOR = "college_coordinator"
    FUDAOYUAN = "fudaoyuan"
    CLASS_ADVISER = "class_adviser"
    CLASS_COMMITTEE_MEMBER = "class_committee_member"
    DORM_HEAD = "dorm_head"
    STUDENT_UNION_OFFICER = "student_union_officer"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"


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


class EnrollmentStatus(StrEnum):
    STUDYING = "studying"
    RETURNED = "returned"
    ON_LEAVE = "on_leave"
    WITHDRAWN = "withdrawn"
    GRADUATED = "graduated"
    LEFT = "left"


PRESENT = frozenset({EnrollmentStatus.STUDYING, EnrollmentStatus.RETURNED})

LEVELS = (Level.SCHOOL, Level.COLLEGE, Level.CLASS, Level.DORM)

ROLE_LEVEL: Mapping[Role, Level] = {
    Role.LEADING_GROUP: Level.SCHOOL,
    Role.SCHOOL_LEADER: Level.SCHOOL,
    Role.CENTER_DIRECTOR: Level.SCHOOL,
    Role.FULL_TIME_COUNSELOR: Level.SCHOOL,
    Role.PART_TIME_COUNSELOR: Level.SCHOOL,
    Role.DEPUTY_SECRETARY: Level.COLLEGE,
    Role.COLLEGE_COORDINATOR: Level.COLLEGE,
    Role.FUDAOYUAN: Level.CLASS,
    Role.CLASS_ADVISER: Level.CLASS,
    Role.CLASS_COMMITTEE_MEMBER: Level.CLASS,
    Role.DORM_HEAD: Level.DORM,
    Role.STUDENT_UNION_OFFICER: Level.SCHOOL,
    Role.AUDITOR: Level.SCHOOL,
    Role.SYSTEM_ADMINISTRATOR: Level.SCHOOL,
    Role.SECURITY_ADMINISTRATOR: Level.SCHOOL,
}
PEER_ROLES = frozenset({Role.CLASS_COMMITTEE_MEMBER, Role.DORM_HEAD, Role.STUDENT_UNION_OFFICER})
# 等保 level 3 keeps these three apart: none does the work of another, nobody holds two of them.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})

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
        }
    ),
    Role.PART_TIME_COUNSELOR: frozenset({A.HOLD_INTERVIEW, A.TAKE_COUNSELING, A.RAISE_ALARM, A.VIEW_ASSIGNED_CASES}),
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
        }
    ),
    Role.CLASS_ADVISER: frozenset(
        {A.VIEW_ROSTER, A.VIEW_LINE_SUMMARY, A.VIEW_CLASS_REPORT, A.VIEW_STATS, A.RAISE_ALARM}
    ),
    Role.CLASS_COMMITTEE_MEMBER: frozenset({A.VIEW_NAMES, A.CHECK_DORM_REPORT, A.FILE_CLASS_REPORT}),
    Role.DORM_HEAD: frozenset({A.VIEW_NAMES, A.FILE_DORM_REPORT}),
    Role.STUDENT_UNION_OFFICER: frozenset(),
    Role.AUDITOR: frozenset({A.VIEW_AUDIT}),
    Role.SYSTEM_ADMINISTRATOR: frozenset({A.CONFIGURE, A.CONFIGURE_CRISIS}),
    Role.SECURITY_ADMINISTRATOR: frozenset({A.APPOINT_STAFF, A.MANAGE_ACCESS}),
}

# What opens the pages of the network: the tree, the people in it, and acts on their posts.
APPOINTING = (A.APPOINT_STAFF, A.APPOINT_PEER)
PEOPLE = (A.VIEW_ROSTER, A.VIEW_NAMES, *APPOINTING)
# An auditor reads logs, so the network is closed to VIEW_AUDIT.
TREE = (*PEOPLE, A.VIEW_STATS, A.IMPORT_ROSTER, A.CONFIGURE)

# Who is told next when something stays undone, from near to far.
CHAIN: tuple[tuple[Level, tuple[Role, ...]], ...] = (
    (Level.CLASS, (Role.CLASS_COMMITTEE_MEMBER, Role.FUDAOYUAN)),
    (Level.COLLEGE, (Role.COLLEGE_COORDINATOR,)),
    (Level.SCHOOL, (Role.CENTER_DIRECTOR,)),
)


class Stage(IntEnum):
    """How far the reminders of a duty have gone."""

    SILENT = 0
    BEFORE = 1
    DUE_DAY = 2
    OVERDUE = 3
    ESCALATED = 4
    ESCALATED_TWICE = 5


ESCALATE_AFTER_DAYS = (2, 4)
REMIND_AT = time(9, 0)


def reminder_times(due_at: datetime, exceptions: Mapping[date, bool]) -> dict[Stage, datetime]:
    """When each reminder of a duty due at `due_at` goes out: the working day before, the day itself, the day after,
    and two steps up the chain. The due time is not moved by holidays, the first reminder is."""
    due_on = due_at.astimezone(TZ).date()
    days = {
        Stage.BEFORE: working_day_before(due_on, exceptions),
        Stage.DUE_DAY: due_on,
        Stage.OVERDUE: due_on + timedelta(days=1),
        Stage.ESCALATED: due_on + timedelta(days=ESCALATE_AFTER_DAYS[0]),
        Stage.ESCALATED_TWICE: due_on + timedelta(days=ESCALATE_AFTER_DAYS[1]),
    }
    return {stage: datetime.combine(day, REMIND_AT, TZ) for stage, day in days.items()}


def stage_at(due_at: datetime, now: datetime, exceptions: Mapping[date, bool]) -> Stage:
    """The last reminder that should have gone out by `now`."""
    passed = [stage for stage, at in reminder_times(due_at, exceptions).items() if at <= now]
    return max(passed, default=Stage.SILENT)


def chain_above(level: Level, steps: int) -> tuple[Level, tuple[Role, ...]]:
    """Who hears of an overdue duty of a unit at `level` after `steps` escalations (1 = next above)."""
    above = [link for link in CHAIN if LEVELS.index(link[0]) < LEVELS.index(level)]
    if not above:
        return CHAIN[-1]
    return above[min(steps, len(above)) - 1]


def home_class(residents: Mapping[int, int], current: int | None, codes: Mapping[int, str]) -> int | None:
    """The class a shared room reports through: it keeps the one it has while a resident is left there, else takes the
    one with most residents, the lower code first. `residents`: present students per class id; `codes`: class id to
    code."""
    if current is not None and residents.get(current):
        return current
    if not residents:
        return current
    return min(residents, key=lambda key: (-residents[key], codes[key]))


def bed_order(bed: str) -> tuple[int, str]:
    """Sorts beds as people count them: 2 before 10, none last."""
    digits = "".join(letter for letter in bed if letter.isdecimal())
    return (int(digits) if digits else 10**6, bed)
