import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import Unit
from network.rules import Ability
from network.scope import Scope
from screening.forms.scales import XLSX, ScaleFileForm, WordingForm
from screening.models import Scale
from screening.rules.scales.wording import missing_words, questions
from screening.services.papers.rescoring import earlier_results, start_rescoring
from screening.services.scales import fhir
from screening.services.scales.describing import described
from screening.services.scales.library import (
    discard_scale,
    import_scale,
    publish_scale,
    read_upload,
    upload_wording,
)
from screening.services.scales.wordings import read_wording_sheet, wording_sheet

READERS = (Ability.VIEW_SCALES, Ability.MANAGE_SCREENING)


@requires(*READERS)
@require_http_methods(["GET", "POST"])
def scale_list(request: Request) -> HttpResponse:
    school = _managed(request) if request.method == "POST" else None
    form = ScaleFileForm(request.POST or None, request.FILES or None)
    if school and form.is_valid() and (scale := _imported(request, form, school)):
        messages.success(request, _("Imported as a draft. Look at it, then put it to use."))
        return redirect(scale)
    scales = _scales(request).select_related("school", "made_by").order_by("key", "-school", "-version")
    in_use = [scale for scale in scales if scale.state != Scale.State.RETIRED]
    context = {"scales": _rows(in_use), "form": form, "may_manage": _may_manage(request)}
    return render(request, "screening/scale_list.html", context, status=UNPROCESSABLE if form.errors else 200)


@requires(*READERS)
@require_GET
def scale_detail(request: Request, pk: int) -> HttpResponse:
    return _page(request, _scale(request, pk), WordingForm())


@requires(Ability.MANAGE_SCREENING, seen_by=READERS)
@require_POST
def scale_wording(request: Request, pk: int) -> HttpResponse:
    scale, school = _scale(request, pk), _managed(request)
    form = WordingForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            wording = read_wording_sheet(form.cleaned_data["file"])
            scale = upload_wording(scale=scale, school=school, wording=wording, by=request.user, at=now())
            messages.success(request, _("The text is in. Look at it as a student would, then put it to use."))
            return redirect(scale)
        except Refused as refused:
            form.add_error("file", str(refused))
    return _page(request, scale, form, status=UNPROCESSABLE)


@requires(*READERS)
@require_GET
def scale_workbook(request: Request, pk: int) -> HttpResponse:
    scale = _scale(request, pk)
    return _file(wording_sheet(scale), XLSX, f"{scale.key}-{scale.version}.xlsx")


@requires(*READERS)
@require_GET
def scale_export(request: Request, pk: int) -> HttpResponse:
    scale = _scale(request, pk)
    form = request.GET.get("form", "")
    try:
        content = json.dumps(fhir.export(scale, form), ensure_ascii=False, indent=2)
    except Refused as refused:
        raise Http404(str(refused)) from refused
    return _file(content.encode(), "application/json", f"{scale.key}-{scale.version}{form and '-fhir'}.json")


@requires(Ability.MANAGE_SCREENING, seen_by=READERS)
@require_POST
def scale_publish(request: Request, pk: int) -> HttpResponse:
    scale = _scale_to_manage(request, pk)
    try:
        publish_scale(scale=scale, by=request.user, at=now())
        messages.success(request, _("It is in use now: new campaigns take this version."))
    except Refused as refused:
        messages.error(request, str(refused))
    return redirect(scale)


@requires(Ability.MANAGE_SCREENING, seen_by=READERS)
@require_POST
def scale_rescore(request: Request, pk: int) -> HttpResponse:
    scale = _scale_to_manage(request, pk)
    try:
        job = start_rescoring(scale=scale, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(scale)
    return redirect("job-detail", pk=job.pk)


@requires(Ability.MANAGE_SCREENING, seen_by=READERS)
@require_POST
def scale_discard(request: Request, pk: int) -> HttpResponse:
    scale = _scale_to_manage(request, pk)
    try:
        discard_scale(scale=scale, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(scale)
    messages.success(request, _("The draft is thrown away."))
    return redirect("screening:scale-list")


def _scales(request: Request) -> Any:
    return Scale.objects.visible_to(request.user, *READERS)


def _scale(request: Request, pk: int) -> Scale:
    scale: Scale = get_object_or_404(_scales(request).select_related("school", "made_by"), pk=pk)
    return scale


def _scale_to_manage(request: Request, pk: int) -> Scale:
    """The scale for somebody who looks after them; whoever reads it only is refused."""
    scale = _scale(request, pk)
    _managed(request)
    return scale


def _may_manage(request: Request) -> bool:
    return Ability.MANAGE_SCREENING in Scope.of(request.user).abilities


def _managed(request: Request) -> Unit:
    """The school whose scales the user looks after."""
    school: Unit | None = Unit.objects.schools().visible_to(request.user, Ability.MANAGE_SCREENING).first()
    if school is None:
        raise PermissionDenied
    return school


def _imported(request: Request, form: ScaleFileForm, school: Unit) -> Scale | None:
    try:
        file = read_upload(form.cleaned_data["file"].read())
        return import_scale(school=school, file=file, by=request.user, at=now())
    except Refused as refused:
        form.add_error("file", str(refused))
        return None


def _rows(scales: list[Scale]) -> list[dict[str, Any]]:
    language = get_language() or ""
    return [
        {
            "scale": scale,
            "title": scale.title(language),
            "items": sum(not item.optional for item in scale.parsed.items),
        }
        for scale in scales
    ]


def _page(request: Request, scale: Scale, form: WordingForm, *, status: int = 200) -> HttpResponse:
    asked = request.GET.get("language", "")
    language = asked if asked in scale.wording else get_language() or ""
    words = scale.words(language)
    context = {
        "scale": scale,
        "title": scale.title(language),
        "language": language,
        "words": words,
        "questions": questions(scale.parsed, words),
        "missing": missing_words(scale.parsed, words),
        "rules": described(scale, words),
        "form": form,
        "may_manage": _may_manage(request),
        "earlier": _earlier(request, scale),
    }
    return render(request, "screening/scale_detail.html", context, status=status)


def _earlier(request: Request, scale: Scale) -> int:
    """How many papers were scored by other versions of a scale that the school has put to use."""
    mine = scale.school_id is not None and scale.state == Scale.State.PUBLISHED and _may_manage(request)
    return earlier_results(scale).count() if mine else 0


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    return HttpResponse(content, kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
