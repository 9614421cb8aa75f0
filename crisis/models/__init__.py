from crisis.models.alarms import Alarm, AlarmEvent, AlarmStep
from crisis.models.care_plans import CareGoal, CarePlan
from crisis.models.case_events import CaseEvent
from crisis.models.case_tasks import CaseTask
from crisis.models.cases import Case, CaseMember
from crisis.models.disclosures import Disclosure
from crisis.models.files import CaseFile
from crisis.models.guardians import GuardianAttempt, GuardianNotice
from crisis.models.levels import LevelChange, LoweringRequest
from crisis.models.referrals import Hospital, Referral, ReferralStep
from crisis.models.reports import CrisisReport, UnitReport
from crisis.models.response_plans import Incident, PlanStep, PlanTick, ResponsePlan
from crisis.models.returns import Return, ReturnFollowUp
from crisis.models.safety_watches import SafetyWatch, WatchShift
from crisis.models.settings import DutyShift, EscalationSettings, Heartbeat, SpecialPeriod
from crisis.models.talks import Talk

__all__ = [
    "Alarm",
    "AlarmEvent",
    "AlarmStep",
    "CareGoal",
    "CarePlan",
    "Case",
    "CaseEvent",
    "CaseFile",
    "CaseMember",
    "CaseTask",
    "CrisisReport",
    "Disclosure",
    "DutyShift",
    "EscalationSettings",
    "GuardianAttempt",
    "GuardianNotice",
    "Heartbeat",
    "Hospital",
    "Incident",
    "LevelChange",
    "LoweringRequest",
    "PlanStep",
    "PlanTick",
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
