from time import time
from typing import Any
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import Request, page_of, require_GET, require_http_methods
from network.access import own, requires, sealed
from network.forms.access_log import BreakGlassForm, BreakGlassReviewForm
from network.models import BreakGlass, Student
from network.models.access_log import BreakGlassQuerySet
from network.models.labels import SEALED_LABELS
from network.policies import may_break_glass, may_review_break_glass
from network.rules import Ability
from network.rules.access_log import DISCREET, LookPurpose, Sealed
from network.services import break_glass, record_look, review_break_glass
from network.services.privacy.break_glass import readings_through

AGAIN_WITHIN = 5 * 60
# Where the opened data is read; each kind belongs to an app above.
READ_AT = {Sealed.DORM_LINES: "reporting:student-lines", Sealed.SESSION_NOTES: "counseling:student-notes"}
JOINED = ("student__school_class", "school", "opened_by", "reviewed_by")


@requires(Ability.VIEW_LINES)
@sealed
@never_cache
@require_http_methods(["GET", "POST"])
def student_break_glass(request: Request, pk: UUID, kind: str) -> HttpResponse:
    student = get_object_or_404(Student.objects.visible_to(request.user, Ability.VIEW_LINES), pk=pk)
    sealed = _sealed(kind)
    if not may_break_glass(request.user, student, sealed):
        raise PermissionDenied
    again = f"{reverse('account_reauthenticate')}?{urlencode({'next': request.path})}"
    if request.method == "GET" and not _signed_in_again(request):
        return redirect(again)
    form = BreakGlassForm(request.POST or None)
    if form.is_valid() and _broken(request, student, sealed, form):
        return redirect(READ_AT[sealed], pk=pk)
    context = {"student": student, "form": form, "kind": SEALED_LABELS[sealed], "again": again}
    return render(request, "network/privacy/student_break_glass.html", context, status=422 if form.is_bound else 200)


@own
@never_cache
@require_GET
def break_glass_list(request: Request) -> HttpResponse:
    openings = _mine(request).order_by("reviewed_at", "review_due_at", "pk")
    page = page_of(request, openings)
    context = {"page": page, "waiting": _mine(request).unreviewed().count(), "at": now()}
    return render(request, "network/privacy/break_glass_list.html", context)


@own
@sealed
@never_cache
@require_http_methods(["GET", "POST"])
def break_glass_review(request: Request, pk: UUID) -> HttpResponse:
    glass = get_object_or_404(_mine(request), pk=pk)
    form = BreakGlassReviewForm(request.POST or None)
    if form.is_valid() and _reviewed(request, glass, form):
        messages.success(request, _("Thank you. Your review has been kept."))
        return redirect("network:break-glass-list")
    look: dict[str, Any] = {"student": glass.student, "by": request.user, "at": now(), "obj": glass}
    record_look(action="glass.read", purpose=LookPurpose.REVIEW.value, discreet=glass.kind in DISCREET, **look)
    context = {
        "glass": glass,
        "form": form,
        "readings": readings_through(glass),
        "may_review": may_review_break_glass(request.user, glass),
    }
    return render(request, "network/privacy/break_glass_review.html", context, status=422 if form.is_bound else 200)


def _sealed(kind: str) -> Sealed:
    try:
        sealed = Sealed(kind)
    except ValueError as error:
        raise Http404 from error
    if sealed not in READ_AT:
        raise Http404
    return sealed


def _mine(request: Request) -> BreakGlassQuerySet:
    own_to_judge: BreakGlassQuerySet = BreakGlass.objects.to_be_judged_by(request.user).select_related(*JOINED)
    return own_to_judge


def _signed_in_again(request: Request) -> bool:
    """SECURITY: a session left open on a desk is not enough; the sign-in of this morning neither."""
    records = get_authentication_records(request, request.user)
    return any(record.get("reauthenticated") and time() - record["at"] < AGAIN_WITHIN for record in records)


def _broken(request: Request, student: Student, kind: Sealed, form: BreakGlassForm) -> bool:
    if not _signed_in_again(request):
        form.add_error(None, _("Some minutes have passed: please sign in once more, then send this again."))
        return False
    entered = form.cleaned_data
    try:
        break_glass(student=student, kind=kind, by=request.user, at=now(), **entered)
    except Refused as refused:
        form.add_error("reason" if refused.code == "short-reason" else None, str(refused.message))
    return not form.errors


def _reviewed(request: Request, glass: BreakGlass, form: BreakGlassReviewForm) -> bool:
    entered = form.cleaned_data
    try:
        review_break_glass(
            glass=glass, was_justified=entered["verdict"], note=entered["note"], by=request.user, at=now()
        )
    except Refused as refused:
        form.add_error(None, str(refused.message))
    return not form.errors
