from network.models.duties import Duty
from network.models.people import Placement, Student, User
from network.models.rosters import RosterImport
from network.models.sessions import FactorSecret, UserSession
from network.models.units import Post, Unit, UnitGrant

__all__ = [
    "Duty",
    "FactorSecret",
    "Placement",
    "Post",
    "RosterImport",
    "Student",
    "Unit",
    "UnitGrant",
    "User",
    "UserSession",
]
