from crisis.forms.alarms import (
    AcknowledgeForm,
    ActionForm,
    AskForHelpForm,
    CompleteAlarmForm,
    RaiseAlarmForm,
    SettleAlarmForm,
)
from crisis.forms.cases import (
    CaseFilter,
    DecisionForm,
    EditCaseForm,
    LoweringForm,
    NoteForm,
    OpenCaseForm,
    PlanForm,
    RaiseForm,
    ReopenForm,
    TaskAnswerForm,
    TaskForm,
    TransferForm,
)
from crisis.forms.reports import CaseReportForm
from crisis.forms.settings import EscalationForm, PeriodForm, ShiftForm

__all__ = [
    "AcknowledgeForm",
    "ActionForm",
    "AskForHelpForm",
    "CaseFilter",
    "CaseReportForm",
    "CompleteAlarmForm",
    "DecisionForm",
    "EditCaseForm",
    "EscalationForm",
    "LoweringForm",
    "NoteForm",
    "OpenCaseForm",
    "PeriodForm",
    "PlanForm",
    "RaiseAlarmForm",
    "RaiseForm",
    "ReopenForm",
    "SettleAlarmForm",
    "ShiftForm",
    "TaskAnswerForm",
    "TaskForm",
    "TransferForm",
]
