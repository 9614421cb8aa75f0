"""Which posts and resets take two people, and which posts exclude each other. Pure."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from network.rules.grants import GRANTS
from network.rules.roles import ADMINISTRATORS, Role

# Roles that open personal data or figures about people.
DATA_ROLES = frozenset(role for role, abilities in GRANTS.items() if abilities) - ADMINISTRATORS

# SECURITY: roles that open data of a whole school or college. One person asks for such a post, another confirms it.
WIDE_ROLES = frozenset(
    {
        Role.LEADING_GROUP,
        Role.SCHOOL_LEADER,
        Role.CENTER_DIRECTOR,
        Role.FULL_TIME_COUNSELOR,
        Role.DEPUTY_SECRETARY,
        Role.COLLEGE_COORDINATOR,
    }
)
# Who may be the second person. What an administrator asks for is decided by a director or a leader.
DECIDERS = frozenset({Role.CENTER_DIRECTOR, Role.SCHOOL_LEADER, Role.SECURITY_ADMINISTRATOR})
# Who hears of each wide post.
TOLD_OF_WIDE_POSTS = (Role.AUDITOR, Role.CENTER_DIRECTOR, Role.SCHOOL_LEADER)

# SECURITY: nobody resets the account of somebody whom they appointed in this time, nor decides with such a person.
SETTLING = timedelta(days=14)

RANK: Mapping[Role, int] = {
    Role.LEADING_GROUP: 5,
    Role.SCHOOL_LEADER: 5,
    Role.CENTER_DIRECTOR: 4,
    Role.SYSTEM_ADMINISTRATOR: 3,
    Role.SECURITY_ADMINISTRATOR: 3,
    Role.AUDITOR: 3,
    Role.FULL_TIME_COUNSELOR: 3,
    Role.DEPUTY_SECRETARY: 3,
    Role.COLLEGE_COORDINATOR: 3,
    Role.PART_TIME_COUNSELOR: 2,
    Role.FUDAOYUAN: 2,
    Role.CLASS_ADVISER: 2,
    Role.CLASS_COMMITTEE_MEMBER: 1,
    Role.DORM_HEAD: 1,
    Role.STUDENT_UNION_OFFICER: 1,
    Role.COLLEGE_UNION_OFFICER: 1,
}


def excluded_roles(role: Role) -> frozenset[Role]:
    """Roles that nobody holds together with this one: administrators see no data and watch each other."""
    if role in ADMINISTRATORS:
        return (ADMINISTRATORS | DATA_ROLES) - {role}
    return ADMINISTRATORS if role in DATA_ROLES else frozenset()


def reset_takes_two(by: Collection[Role], holder: Collection[Role]) -> bool:
    """Whether a reset goes upward: to a higher rank, to an administrator, or to somebody of the same role."""
    highest = max((RANK[role] for role in by), default=0)
    return any(role in ADMINISTRATORS or role in by or RANK[role] > highest for role in holder)


def reviewers_of(by: Collection[Role]) -> frozenset[Role]:
    """Who reviews what a holder of these roles opens behind a break-glass."""
    return frozenset({Role.SCHOOL_LEADER}) if Role.CENTER_DIRECTOR in by else frozenset()
