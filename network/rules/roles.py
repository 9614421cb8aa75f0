"""The roles of the network, the level of each, and those that are kept apart. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from network.rules.levels import Level


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
    COLLEGE_UNION_OFFICER = "college_union_officer"
    AUDITOR = "auditor"
    SYSTEM_ADMINISTRATOR = "system_administrator"
    SECURITY_ADMINISTRATOR = "security_administrator"


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
    Role.COLLEGE_UNION_OFFICER: Level.COLLEGE,
    Role.AUDITOR: Level.SCHOOL,
    Role.SYSTEM_ADMINISTRATOR: Level.SCHOOL,
    Role.SECURITY_ADMINISTRATOR: Level.SCHOOL,
}

PEER_ROLES = frozenset(
    {Role.CLASS_COMMITTEE_MEMBER, Role.DORM_HEAD, Role.STUDENT_UNION_OFFICER, Role.COLLEGE_UNION_OFFICER}
)

# 等保 level 3 keeps these three apart: none does the work of another, nobody holds two of them.
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDITOR})
