from network.models.access_log import BreakGlass, DisclosureDelay
from network.models.access_requests import AccessRequest
from network.models.consents import Consent, ConsentText
from network.models.duties import Duty
from network.models.password_sheets import PasswordSheet
from network.models.people import Placement, Student, User
from network.models.requests import DataRequest, Tombstone
from network.models.retention import LegalHold, RetentionPeriod, RetentionRun
from network.models.rollovers import Rollover, RolloverStep
from network.models.rosters import RosterImport
from network.models.sessions import FactorSecret, UserSession
from network.models.staff_phones import StaffPhone
from network.models.terms import DayPlan, Term
from network.models.ties import DualRelation
from network.models.units import Post, Unit, UnitGrant

__all__ = [
    "AccessRequest",
    "BreakGlass",
    "Consent",
    "ConsentText",
    "DataRequest",
    "DayPlan",
    "DisclosureDelay",
    "DualRelation",
    "Duty",
    "FactorSecret",
    "LegalHold",
    "PasswordSheet",
    "Placement",
    "Post",
    "RetentionPeriod",
    "RetentionRun",
    "Rollover",
    "RolloverStep",
    "RosterImport",
    "StaffPhone",
    "Student",
    "Term",
    "Tombstone",
    "Unit",
    "UnitGrant",
    "User",
    "UserSession",
]
