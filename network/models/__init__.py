from network.models.consents import Consent, ConsentText
from network.models.duties import Duty
from network.models.people import Placement, Student, User
from network.models.rosters import RosterImport
from network.models.units import Post, Unit, UnitGrant

__all__ = [
    "Consent",
    "ConsentText",
    "Duty",
    "Placement",
    "Post",
    "RosterImport",
    "Student",
    "Unit",
    "UnitGrant",
    "User",
]
