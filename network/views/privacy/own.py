from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_GET, require_http_methods
from network.access import own, sealed
from network.forms.privacy import RequestForm
from network.models import DataRequest
from network.services import make_request
from network.services.privacy.own_data import download_own_data, read_own_data
from network.views.privacy.consents import myself


@own
@sealed
@require_GET
def own_data(request: Request) -> HttpResponse:
    student = myself(request)
    sections = read_own_data(student=student, by=request.user, at=now())
    asked = DataRequest.objects.for_user(request.user).order_by("-asked_at", "pk")
    context = {"student": student, "sections": sections, "asked": asked, "kinds": DataRequest.Kind}
    return render(request, "network/privacy/own_data.html", context)


@own
@sealed
@require_GET
def own_data_download(request: Request) -> HttpResponse:
    content = download_own_data(student=myself(request), by=request.user, at=now())
    headers = {"Content-Disposition": f'attachment; filename="my-data-{localdate():%Y%m%d}.json"'}
    return HttpResponse(content, content_type="application/json; charset=utf-8", headers=headers)


@own
@require_http_methods(["GET", "POST"])
def request_make(request: Request) -> HttpResponse:
    student, kind = myself(request), _kind(request)
    form = RequestForm(request.POST if request.method == "POST" else None, kind=kind)
    if form.is_valid():
        words = form.cleaned_data["words"]
        try:
            made = make_request(student=student, kind=kind, words=words, by=request.user, at=now())
            day = f"{made.due_at:%Y-%m-%d}"
            messages.success(request, _("Your request is with the center. It answers by %(day)s.") % {"day": day})
            return redirect("network:own-data")
        except Refused as refused:
            form.add_error(None, str(refused.message))
    context = {"form": form, "kind": kind, "is_erasure": kind == DataRequest.Kind.ERASURE}
    return render(request, "network/privacy/request_make.html", context, status=UNPROCESSABLE if form.errors else 200)


def _kind(request: Request) -> DataRequest.Kind:
    word = request.GET.get("kind", "")
    if word not in DataRequest.Kind.values:
        raise Http404
    return DataRequest.Kind(word)
