"""What a counselor asks a student: whether a course may pass on, and whether a college may be told something."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from counseling.forms.courses import AnswerForm
from counseling.models import CollegeMessage, Transfer
from counseling.services.messages import answer_message
from counseling.services.transfers import answer_transfer
from kernel.web import Request, perform, require_http_methods
from network.access import own

JOINED = ("student__user", "student__school", "course__counselor__user")


@own
@never_cache
@require_http_methods(["GET", "POST"])
def transfer_answer(request: Request, pk: UUID) -> HttpResponse:
    row = get_object_or_404(Transfer.objects.for_user(request.user).select_related(*JOINED, "to__user"), pk=pk)

    def do(agrees: bool) -> Any:
        return answer_transfer(transfer=row, agrees=agrees, by=request.user, at=now())

    return _answer(request, row, do, "counseling/mine/transfer_answer.html")


@own
@never_cache
@require_http_methods(["GET", "POST"])
def message_answer(request: Request, pk: UUID) -> HttpResponse:
    row = get_object_or_404(CollegeMessage.objects.for_user(request.user).select_related(*JOINED), pk=pk)

    def do(agrees: bool) -> Any:
        return answer_message(message=row, agrees=agrees, by=request.user, at=now())

    return _answer(request, row, do, "counseling/mine/message_answer.html")


def _answer(request: Request, row: Any, do: Callable[[bool], Any], template: str) -> HttpResponse:
    form = AnswerForm(request.POST or None)

    def page(status: int) -> HttpResponse:
        row.refresh_from_db()
        context = {"row": row, "form": form if row.state == "asked" else None}
        return render(request, template, context, status=status)

    if request.method == "GET":
        return page(200)
    done = _("Thank you. Your answer counts from now on.")
    return perform(request, form, lambda: do(form.agrees), done=done, to=request.path, page=page)
