"""Levels, roles, abilities, enrollment states and reminder stages of the network. Pure."""

from network.rules.abilities import APPOINTING, PEOPLE, TREE, Ability
from network.rules.dorms import bed_order, home_class
from network.rules.enrollment import PRESENT, EnrollmentStatus
from network.rules.grants import GRANTS
from network.rules.levels import LEVELS, Level
from network.rules.roles import ADMINISTRATORS, PEER_ROLES, ROLE_LEVEL, Role
from network.rules.stages import CHAIN, ESCALATE_AFTER_DAYS, REMIND_AT, Stage, chain_above, reminder_times, stage_at

__all__ = [
    "ADMINISTRATORS",
    "APPOINTING",
    "CHAIN",
    "ESCALATE_AFTER_DAYS",
    "GRANTS",
    "LEVELS",
    "PEER_ROLES",
    "PEOPLE",
    "PRESENT",
    "REMIND_AT",
    "ROLE_LEVEL",
    "TREE",
    "Ability",
    "EnrollmentStatus",
    "Level",
    "Role",
    "Stage",
    "bed_order",
    "chain_above",
    "home_class",
    "reminder_times",
    "stage_at",
]
