from network.models.consents import Consent, ConsentText
from network.models.duties import Duty
from network.models.people import Placement, Student, User
from network.models.requests import DataRequest, Tombstone
from network.models.retention import LegalHold, RetentionPeriod, RetentionRun
from network.models.rosters import RosterImport
from network.models.units import Post, Unit, UnitGrant

__all__ = [
    "Consent",
    "ConsentText",
    "DataRequest",
    "Duty",
    "LegalHold",
    "Placement",
    "Post",
    "RetentionPeriod",
    "RetentionRun",
    "RosterImport",
    "Student",
    "Tombstone",
    "Unit",
    "UnitGrant",
    "User",
]
