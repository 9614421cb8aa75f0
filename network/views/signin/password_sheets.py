from base64 import b64decode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localtime, now
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import Request, require_GET, require_POST
from network.access import own, requires, sealed
from network.models import PasswordSheet, Unit
from network.policies import may_print_first_passwords
from network.rules import APPOINTING
from network.services import start_printing
from network.services.signin.password_sheets import record_download

FORMATS = {
    "pdf": ("pdf", "application/pdf"),
    "xlsx": ("workbook", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@requires(*APPOINTING)
@require_POST
def password_sheet_print(request: Request, pk: int) -> HttpResponse:
    unit = get_object_or_404(Unit.objects.visible_to(request.user, *APPOINTING), pk=pk)
    if not may_print_first_passwords(request.user, unit):
        raise PermissionDenied
    word = request.POST.get("grade", "")
    grade = int(word) if word.isdecimal() and len(word) == len("2026") else None
    try:
        job = start_printing(unit=unit, grade=grade, language=get_language() or "", by=request.user, at=now())
    except Refused as refused:
        messages.info(request, str(refused.message))
        return redirect("network:unit-detail", pk=pk)
    return redirect("job-detail", pk=job.pk)


@own
@never_cache
@require_GET
def password_sheet_detail(request: Request, pk: UUID) -> HttpResponse:
    sheet = get_object_or_404(PasswordSheet.objects.for_user(request.user).select_related("unit"), pk=pk)
    return render(request, "network/signin/password_sheet.html", {"sheet": sheet})


@own
@sealed
@never_cache
@require_GET
def password_sheet_download(request: Request, pk: UUID, kind: str) -> HttpResponse:
    sheet = get_object_or_404(PasswordSheet.objects.for_user(request.user).select_related("unit"), pk=pk)
    if kind not in FORMATS:
        raise Http404
    field, media_type = FORMATS[kind]
    record_download(sheet=sheet, kind=kind, by=request.user, at=now())
    name = f"first-passwords-{sheet.unit.code}-{localtime(sheet.made_at):%Y%m%d-%H%M}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(b64decode(getattr(sheet, field)), content_type=media_type, headers=headers)
