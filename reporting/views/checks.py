from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_POST
from network.access import requires
from network.rules import Ability
from reporting import policies
from reporting.forms import ReasonForm
from reporting.rules.filing import CHECKING, READING
from reporting.services import accept, correct, nudge, send_back
from reporting.views.pages import fetch, fetch_to_check, show


@requires(*CHECKING.values(), seen_by=READING)
@require_POST
def report_accept(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_check(request, pk)
    try:
        accept(report=report, by=request.user, at=timezone.now())
        messages.success(request, _("Accepted. Thank you for reading it."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("reporting:report-detail", pk)


@requires(*CHECKING.values(), seen_by=READING)
@require_POST
def report_send_back(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_check(request, pk)
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            fresh = send_back(report=report, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            messages.success(request, _("Sent back. Whoever filed it has been told the way to the reason."))
            return redirect("reporting:report-detail", fresh.pk)
    except Refused as refused:
        form.add_error(None, str(refused.message))
    context = {"form": form, "act": "send_back"}
    return show(request, "reporting/report_reason.html", report, context, status=UNPROCESSABLE)


@requires(Ability.FILE_COLLEGE_REPORT, Ability.CHECK_COLLEGE_REPORT, seen_by=READING)
@require_POST
def report_correct(request: Request, pk: UUID) -> HttpResponse:
    report = fetch(request, pk)
    if not policies.may_correct(request.user, report):
        raise PermissionDenied
    form = ReasonForm(request.POST)
    try:
        if form.is_valid():
            fresh = correct(report=report, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
            return redirect("reporting:report-detail", fresh.pk)
    except Refused as refused:
        form.add_error(None, str(refused.message))
    return show(request, "reporting/report_reason.html", report, {"form": form, "act": "correct"}, status=UNPROCESSABLE)


@requires(*CHECKING.values(), seen_by=READING)
@require_POST
def report_nudge(request: Request, pk: UUID) -> HttpResponse:
    report = fetch_to_check(request, pk)
    reminded, word = True, _("They have been reminded; once a day is enough.")
    try:
        nudge(report=report, by=request.user, at=timezone.now())
    except Refused as refused:
        reminded, word = False, str(refused.message)
    if request.htmx:
        return render(request, "reporting/report_nudged.html", {"reminded": reminded, "word": word})
    messages.add_message(request, messages.SUCCESS if reminded else messages.ERROR, word)
    return redirect("reporting:report-detail", _asked_from(request) or pk)


def _asked_from(request: Request) -> UUID | None:
    """The report whose page asked, if it says so; that page itself checks who may see it."""
    try:
        return UUID(request.POST.get("back", ""))
    except ValueError:
        return None
