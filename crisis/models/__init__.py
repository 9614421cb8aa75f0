from crisis.models.alarms import Alarm, AlarmStep
from crisis.models.cases import (
    CareGoal,
    CarePlan,
    Case,
    CaseEvent,
    CaseMember,
    CaseTask,
    LevelChange,
    LoweringRequest,
)
from crisis.models.files import CaseFile
from crisis.models.guardians import GuardianAttempt, GuardianNotice
from crisis.models.plans import Incident, PlanStep, PlanTick, ResponsePlan
from crisis.models.referrals import Hospital, Referral, ReferralStep
from crisis.models.reports import CrisisReport, UnitReport
from crisis.models.returns import Return, ReturnFollowUp
from crisis.models.settings import DutyShift, EscalationSettings, Pulse, SpecialPeriod
from crisis.models.talks import Talk
from crisis.models.watches import SafetyWatch, WatchShift

__all__ = [
    "Alarm",
    "AlarmStep",
    "CareGoal",
    "CarePlan",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseMember",
    "CaseTask",
    "CrisisReport",
    "DutyShift",
    "EscalationSettings",
    "GuardianAttempt",
    "GuardianNotice",
    "Hospital",
    "Incident",
    "LevelChange",
    "LoweringRequest",
    "PlanStep",
    "PlanTick",
    "Pulse",
    "Referral",
    "ReferralStep",
    "ResponsePlan",
    "Return",
    "ReturnFollowUp",
    "SafetyWatch",
    "SpecialPeriod",
    "Talk",
    "UnitReport",
    "WatchShift",
]
