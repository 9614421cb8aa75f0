from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from kernel import audit, xlsx
from kernel.errors import Refused
from kernel.web import Request, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.forms.rosters import XLSX, AnswerForm, ConfirmForm, UploadForm
from network.models import RosterImport, Unit
from network.models.units import UnitQuerySet
from network.rules import Ability
from network.services.rosters import (
    answer_renames,
    ask_undo,
    confirm_import,
    discard_import,
    fault_sheets,
    newest_job,
    preview,
    sample_sheets,
    upload_roster,
)
from network.services.rosters.preview import Kept
from network.services.rosters.wording import message, unusual_sentence

A_PAGE = 20
FIRST = 50
TABS = {
    "errors": pgettext_lazy("roster", "Bad rows"),
    "changed": pgettext_lazy("roster", "Changed"),
    "new": pgettext_lazy("roster", "New"),
    "left": pgettext_lazy("roster", "Left"),
    "warnings": pgettext_lazy("roster", "To look at"),
    "mended": pgettext_lazy("roster", "Mended"),
    "notes": pgettext_lazy("roster", "How it was read"),
}


@requires(Ability.IMPORT_ROSTER)
@require_http_methods(["GET", "POST"])
def import_list(request: Request) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None, schools=_schools(request))
    if form.is_valid() and (uploaded := _uploaded(request, form)):
        return redirect(uploaded)
    imports = RosterImport.objects.visible_to(request.user).defer("content", "difference", "undo")
    page = page_of(request, imports.select_related("uploaded_by", "school"), A_PAGE)
    return render(
        request, "network/rosters/import_list.html", {"form": form, "page": page}, status=422 if form.errors else 200
    )


@requires(Ability.IMPORT_ROSTER)
@require_GET
def import_sample(request: Request) -> HttpResponse:
    _schools(request)
    return _workbook(xlsx.write_workbook(sample_sheets()), "roster-sample.xlsx")


@requires(Ability.IMPORT_ROSTER)
@require_GET
def import_detail(request: Request, pk: UUID) -> HttpResponse:
    roster = _import(request, pk)
    audit.record(action="roster.read", by=request.user, at=now(), obj=roster, unit=roster.school.code)
    job = newest_job(roster)
    # The job may have ended between the two readings: what it wrote is read after it.
    roster.refresh_from_db(fields=["state", "outcome", "applied_at", "undone_at"])
    mine = job if job is not None and job.by_id == request.user.pk else None
    newest = RosterImport.objects.newest_applied(roster.school)
    is_at_work = job is not None and job.state in ("queued", "running")
    context = {"roster": roster, "job": mine, "is_at_work": is_at_work, "may_undo": newest == roster}
    if roster.state == RosterImport.State.COMPARED and not is_at_work:
        context |= _difference(request, roster)
    return render(request, "network/rosters/import_detail.html", context)


@requires(Ability.IMPORT_ROSTER)
@require_GET
def import_errors(request: Request, pk: UUID) -> HttpResponse:
    roster = _import(request, pk)
    audit.record(action="roster.read", by=request.user, at=now(), obj=roster, unit=roster.school.code)
    return _workbook(xlsx.write_workbook(fault_sheets(roster)), f"roster-{localdate():%Y%m%d}-rows.xlsx")


@requires(Ability.IMPORT_ROSTER)
@require_POST
def import_apply(request: Request, pk: UUID) -> HttpResponse:
    form = ConfirmForm(request.POST)
    form.is_valid()
    roster = _import(request, pk)
    try:
        confirm_import(
            roster_import=roster,
            skip_bad=form.cleaned_data["skip_bad"],
            number=form.cleaned_data.get("number"),
            by=request.user,
            at=now(),
        )
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(roster)


@requires(Ability.IMPORT_ROSTER)
@require_POST
def import_answer(request: Request, pk: UUID) -> HttpResponse:
    roster = _import(request, pk)
    form = AnswerForm(request.POST, renames=roster.outcome.get("renames", []))
    try:
        if form.is_valid():
            answer_renames(roster_import=roster, answers=form.answers(), by=request.user, at=now())
        else:
            messages.error(request, _("Answer for each class, please."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(roster)


@requires(Ability.IMPORT_ROSTER)
@require_POST
def import_discard(request: Request, pk: UUID) -> HttpResponse:
    discard_import(roster_import=_import(request, pk), by=request.user, at=now())
    messages.success(request, _("Discarded. Nothing of it has been imported."))
    return redirect("network:import-list")


@requires(Ability.IMPORT_ROSTER)
@require_POST
def import_undo(request: Request, pk: UUID) -> HttpResponse:
    roster = _import(request, pk)
    try:
        ask_undo(roster_import=roster, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(roster)


def _schools(request: Request) -> UnitQuerySet:
    schools = Unit.objects.schools().visible_to(request.user, Ability.IMPORT_ROSTER)
    if not schools:
        raise PermissionDenied
    return schools


def _import(request: Request, pk: UUID) -> RosterImport:
    roster: RosterImport = get_object_or_404(
        RosterImport.objects.visible_to(request.user).select_related("school"), pk=pk
    )
    return roster


def _uploaded(request: Request, form: UploadForm) -> RosterImport | None:
    entered = form.cleaned_data
    try:
        return upload_roster(
            school=entered["school"],
            file_name=entered["file"].name,
            content=entered["file"].read(),
            is_partial=entered["is_partial"],
            by=request.user,
            at=now(),
        )
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return None


def _difference(request: Request, roster: RosterImport) -> dict[str, Any]:
    kept = preview.load(roster.difference)
    counts = {name: _count(roster, kept, name) for name in TABS}
    chosen = request.GET.get("tab", "")
    if chosen not in TABS:
        chosen = next((name for name in TABS if counts[name]), "new")
    tabs = [
        {"label": label, "url": f"?tab={name}", "active": name == chosen, "count": counts[name]}
        for name, label in TABS.items()
    ]
    rows = [{"sheet": fault.sheet, "message": message(fault)} for fault in kept.faults.get(chosen, [])[:FIRST]]
    people = kept.people.get(chosen, [])
    left_out = max(counts[chosen] - len(rows) - len(people), 0)
    renames = roster.outcome.get("renames", [])
    questions = {
        "unusual": [unusual_sentence(**one) for one in roster.outcome.get("unusual", [])],
        "answer_form": AnswerForm(renames=renames) if renames else None,
    }
    return questions | {
        "tabs": tabs,
        "chosen": chosen,
        "people": people,
        "rows": rows,
        "left_out": left_out,
        "counts": counts,
    }


def _count(roster: RosterImport, kept: Kept, name: str) -> int:
    if name in kept.faults:
        return len(kept.faults[name])
    return int(roster.outcome["students"][name]) + int(roster.outcome["staff"][name])


def _workbook(content: bytes, name: str) -> HttpResponse:
    return HttpResponse(content, XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})
