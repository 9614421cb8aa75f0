from network.models.duties import Duty
from network.models.looks import BreakGlass, LookDelay
from network.models.people import Placement, Student, User
from network.models.rosters import RosterImport
from network.models.units import Post, Unit, UnitGrant

__all__ = [
    "BreakGlass",
    "Duty",
    "LookDelay",
    "Placement",
    "Post",
    "RosterImport",
    "Student",
    "Unit",
    "UnitGrant",
    "User",
]
