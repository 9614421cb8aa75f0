"""The panels on the page of a case: one form for each act that the user may do now."""

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms import (
    DecisionForm,
    EditCaseForm,
    LoweringForm,
    NoteForm,
    PlanForm,
    RaiseForm,
    ReopenForm,
    TaskForm,
    TransferForm,
)
from crisis.models import Case, LoweringRequest
from crisis.rules import AlertLevel
from crisis.services.cases.case_tasks import may_be_asked
from crisis.services.cases.recipients import candidates
from crisis.views.shared import Panel
from kernel.web import Request

# What each act is called, its icon, and the word on its button.
WORDS: dict[str, tuple[Any, str, Any]] = {
    "note": (_("Add to the timeline"), "pen-line", _("Write down")),
    "raise": (_("Raise the level"), "arrow-up", _("Raise now")),
    "lower": (_("Ask for a lower level or closing"), "arrow-down", _("Send the reassessment")),
    "decide": (_("Decide as the second person"), "scale", _("Decide")),
    "edit": (_("Write the situation anew"), "file-pen", _("Save")),
    "plan": (_("Care plan"), "heart-handshake", _("Save as a new version")),
    "transfer": (_("Hand over"), "arrow-right-left", _("Hand over")),
    "ask": (_("Ask the class adviser for something"), "hand-helping", _("Ask")),
    "reopen": (_("Reopen"), "rotate-ccw", _("Reopen")),
}


def panels_of(
    request: Request, case: Case, pending: LoweringRequest | None, at: datetime, opened: Panel | None
) -> list[Panel]:
    """What the reader may do now; the panel that was just sent stands as it was sent."""
    sent = {opened.key: opened} if opened else {}
    keys = _keys(request, case, pending, at)
    return [sent.get(key) or panel(key, form_of(key, request, case, at, fresh=True), case) for key in keys]


def panel(key: str, form: Any, case: Case) -> Panel:
    label, icon, action = WORDS[key]
    return Panel(key, label, icon, action, form, reverse(f"crisis:case-{key}", args=[case.pk]))


def form_of(key: str, request: Request, case: Case, at: datetime, *, fresh: bool = False) -> Any:
    """The form of an act, with what was sent unless a fresh one is asked for."""
    data = None if fresh else request.POST
    prefix = {"auto_id": f"{key}-%s"}
    if key == "lower":
        return LoweringForm(case, data, **prefix)
    if key == "ask":
        return TaskForm(may_be_asked(case, at), data, **prefix)
    if key in ("transfer", "reopen"):
        form = {"transfer": TransferForm, "reopen": ReopenForm}[key]
        return form(candidates(case, at), data, initial=_initial(key, request, case), **prefix)
    plain: dict[str, Any] = {
        "note": NoteForm,
        "raise": RaiseForm,
        "decide": DecisionForm,
        "edit": EditCaseForm,
        "plan": PlanForm,
    }
    return plain[key](data, initial=_initial(key, request, case), **prefix)


def _keys(request: Request, case: Case, pending: LoweringRequest | None, at: datetime) -> list[str]:
    may_manage = policies.may_manage(request.user, case)
    keys = []
    if pending and pending.requested_by_id != request.user.pk:
        keys += ["decide"] if policies.may_decide(request.user, case, AlertLevel(pending.from_level)) else []
    if not may_manage:
        return keys
    if not case.is_open:
        return ["reopen"]
    keys.append("note")
    keys += ["raise"] if case.level < AlertLevel.RED else []
    keys += ["edit", "plan", "transfer"]
    keys += ["ask"] if may_be_asked(case, at) else []
    keys += ["lower"] if not pending and policies.may_request_lowering(request.user, case) else []
    return keys


def _initial(key: str, request: Request, case: Case) -> dict[str, Any]:
    if key == "edit":
        return {name: getattr(case, name) for name in ("version", "situation", "criteria", "abuse_feared")}
    if key == "plan":
        return _plan(case)
    plain: dict[str, dict[str, Any]] = {
        "transfer": {"version": case.version, "owner": case.owner_id, "deputy": case.deputy_id},
        "reopen": {"owner": request.user.pk},
        "raise": {"level": case.level + 1},
    }
    return plain.get(key, {})


def _plan(case: Case) -> dict[str, Any]:
    plan = case.care_plans.prefetch_related("goals").first()
    if plan is None:
        return {"version": 0}
    values = {name: getattr(plan, name) for name in ("version", "supports", "risks", "review_on")}
    return values | {"goals": "\n".join(goal.text for goal in plan.goals.all())}
