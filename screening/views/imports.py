from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.rules import Ability
from screening.forms.imports import MappingForm, ResultsForm
from screening.models import ColumnMapping, ResultImport
from screening.services.imports import (
    apply_results,
    difference_of,
    discard_results,
    map_columns,
    undo_results,
    upload_results,
)
from screening.services.scales.instruments import title_of
from screening.services.scales.library import in_use
from screening.views.pages import KEY, fetch_school

RUN = Ability.RUN_SCREENING
FIRST = 50


@requires(RUN)
@require_http_methods(["GET", "POST"])
def import_list(request: Request) -> HttpResponse:
    school = fetch_school(request, RUN)
    form = ResultsForm(request.POST or None, request.FILES or None, scales=in_use(school))
    if form.is_valid() and (uploaded := _uploaded(request, form)):
        return redirect(uploaded)
    imports = ResultImport.objects.visible_to(request.user, RUN).select_related("scale", "uploaded_by")
    page = page_of(request, imports.defer("sheet"))
    rows = [{"file": upload, "title": title_of(upload.scale)} for upload in page]
    context = {"form": form, "page": page, "rows": rows}
    return render(request, "screening/import_list.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(RUN)
@require_GET
def import_detail(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    audit.record(action="result_import.read", by=request.user, at=now(), obj=row, unit=row.school.code)
    return _page(request, row, MappingForm(result_import=row, initial=_initial(request, row)))


@requires(RUN)
@require_POST
def import_map(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    form = MappingForm(request.POST, result_import=row)
    try:
        if form.is_valid():
            save_as = form.cleaned_data["save_as"]
            map_columns(result_import=row, columns=form.columns, save_as=save_as, by=request.user, at=now())
            return redirect(row)
    except Refused as refused:
        form.add_error(None, str(refused.message))
    return _page(request, row, form, status=UNPROCESSABLE)


@requires(RUN)
@require_POST
def import_apply(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    done = _("The results are in; the student file shows where they come from.")
    return act(request, apply_results, done=done, to=row, result_import=row, by=request.user, at=now())


@requires(RUN)
@require_POST
def import_undo(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    done = _("Taken back: everything is as it was before this file.")
    return act(request, undo_results, done=done, to=row, result_import=row, by=request.user, at=now())


@requires(RUN)
@require_POST
def import_discard(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    done = _("Discarded. Nothing of it has been imported.")
    to = "screening:import-list"
    return act(request, discard_results, done=done, to=to, result_import=row, by=request.user, at=now())


def _import(request: Request, pk: UUID) -> ResultImport:
    rows = ResultImport.objects.visible_to(request.user, RUN).select_related("school", "scale", "applied_by")
    found: ResultImport = get_object_or_404(rows, pk=pk)
    return found


def _uploaded(request: Request, form: ResultsForm) -> ResultImport | None:
    given = form.cleaned_data
    try:
        return upload_results(
            school=fetch_school(request, RUN),
            scale=given["scale"],
            source=given["source"],
            file_name=given["file"].name,
            content=given["file"],
            by=request.user,
            at=now(),
        )
    except Refused as refused:
        form.add_error("file", str(refused.message))
        return None


def _initial(request: Request, row: ResultImport) -> dict[str, str]:
    """The columns of the mapping in the address, else those chosen before."""
    chosen = request.GET.get("mapping", "")
    saved = ColumnMapping.objects.filter(school=row.school, pk=chosen).first() if KEY.fullmatch(chosen) else None
    return {**saved.columns, "save_as": saved.name} if saved else dict(row.columns)


def _page(request: Request, row: ResultImport, form: MappingForm, *, status: int = 200) -> HttpResponse:
    missing = [column for name, column in form.initial.items() if name != "save_as" and column not in row.headers]
    context: dict[str, Any] = {
        "file": row,
        "title": title_of(row.scale),
        "form": form,
        "missing": missing,
        "mappings": ColumnMapping.objects.filter(school=row.school),
    }
    if row.state == ResultImport.State.COMPARED:
        found = difference_of(row)
        faults = [{"row": fault.row, "said": gettext(fault.sentence) % fault.params} for fault in found.faults[:FIRST]]
        context |= {"found": found, "faults": faults, "left_out": max(len(found.faults) - FIRST, 0)}
    elif row.state != ResultImport.State.UPLOADED:
        context |= {"brought": row.results.count(), "replaced": row.replaced.count()}
    return render(request, "screening/import_detail.html", context, status=status)
