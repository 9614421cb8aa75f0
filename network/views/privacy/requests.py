from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from kernel import audit, personal_data
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, page_of, require_GET, require_http_methods
from network.access import requires
from network.forms.privacy import AnswerForm, DecisionForm, EnteredRequestForm
from network.models import DataRequest
from network.rules import Ability
from network.services import answer_correction, decide_erasure, make_request, record_look
from network.services.privacy.erasure import obstacle


@requires(Ability.DECIDE_ERASURE)
@require_GET
def request_list(request: Request) -> HttpResponse:
    visible = DataRequest.objects.visible_to(request.user, Ability.DECIDE_ERASURE)
    rows = visible.select_related("student", "school_class").defer("words", "answer")
    shown = rows if request.GET.get("show") == "all" else rows.open().order_by("due_at", "pk")
    page = page_of(request, shown)
    audit.record(action="data_request.list", by=request.user, at=now(), detail={"rows": len(page.object_list)})
    context = {"page": page, "all": shown is rows, "waiting": visible.open().count(), "at": now()}
    return render(request, "network/privacy/request_list.html", context)


@requires(Ability.DECIDE_ERASURE)
@require_http_methods(["GET", "POST"])
def request_enter(request: Request) -> HttpResponse:
    form = EnteredRequestForm(request.POST or None, by=request.user)
    if form.is_valid() and form.student is not None:
        kind, words = DataRequest.Kind(form.cleaned_data["kind"]), form.cleaned_data["words"]
        try:
            made = make_request(student=form.student, kind=kind, words=words, by=request.user, at=now())
            return redirect(made.get_absolute_url())
        except Refused as refused:
            form.add_error(None, str(refused.message))
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "network/privacy/request_enter.html", {"form": form}, status=status)


@requires(Ability.DECIDE_ERASURE)
@require_http_methods(["GET", "POST"])
def request_detail(request: Request, pk: UUID) -> HttpResponse:
    visible = DataRequest.objects.visible_to(request.user, Ability.DECIDE_ERASURE)
    asked = get_object_or_404(
        visible.select_related("student__school", "student__school_class", "asked_by", "decided_by"), pk=pk
    )
    form = _form(request, asked)
    if form is not None and form.is_valid() and _decided(request, asked, form):
        return redirect(asked.get_absolute_url())
    at = now()
    record_look(action="data_request.read", student=asked.student, by=request.user, at=at, purpose="request", obj=asked)
    context = {
        "asked": asked,
        "form": form,
        "obstacle": obstacle(asked.student, at),
        "erased": [category for category in personal_data.declared() if category.erase],
        "kept": [category for category in personal_data.declared() if not category.erase],
    }
    status = UNPROCESSABLE if form is not None and form.errors else 200
    return render(request, "network/privacy/request_detail.html", context, status=status)


def _form(request: Request, asked: DataRequest) -> Any:
    if asked.state != DataRequest.State.OPEN:
        return None
    typed = request.POST if request.method == "POST" else None
    if asked.kind == DataRequest.Kind.CORRECTION:
        return AnswerForm(typed)
    return DecisionForm(typed, initial={"erase_on": localdate()})


def _decided(request: Request, asked: DataRequest, form: Any) -> bool:
    chosen = form.cleaned_data
    try:
        if asked.kind == DataRequest.Kind.CORRECTION:
            answer_correction(request=asked, answer=chosen["answer"], by=request.user, at=now())
        else:
            decide_erasure(
                request=asked,
                grant=chosen["grant"] == "yes",
                reason=chosen["reason"],
                erase_on=chosen["erase_on"],
                by=request.user,
                at=now(),
            )
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return False
    messages.success(request, _("The student is told."))
    return True
