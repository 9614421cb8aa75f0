from uuid import UUID

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kernel import notices
from kernel.models import Notice
from kernel.web import Request, page_of, require_GET, require_POST
from network.access import own
from portal.own_notices import equal_to, grouped

NOTICES_A_PAGE = 50


@own
@require_GET
def notice_list(request: Request) -> HttpResponse:
    own = Notice.objects.for_user(request.user)
    unread_only = request.GET.get("show") == "unread"
    shown = own.unread() if unread_only else own
    unread_first = shown.order_by(F("read_at").desc(nulls_first=True), "-urgent", "-created_at", "pk")
    page = page_of(request, unread_first, NOTICES_A_PAGE)
    context = {"page": page, "groups": grouped(page), "unread_only": unread_only, "waiting": own.unread().count()}
    return render(request, "portal/notice_list.html", context)


@own
@never_cache
@require_GET
def notice_detail(request: Request, pk: UUID) -> HttpResponse:
    """Where the mail of a discreet notice leads; opening it is a tap of its own, so that no mail scanner reads it."""
    notice = get_object_or_404(Notice.objects.for_user(request.user), pk=pk)
    return render(request, "portal/notice_detail.html", {"notice": notice})


@own
@require_POST
def notice_open(request: Request, pk: UUID) -> HttpResponse:
    notice = get_object_or_404(Notice.objects.for_user(request.user), pk=pk)
    notices.mark_read(by=request.user, at=now(), ids=[notice.pk, *(row.pk for row in equal_to(notice))])
    inside = url_has_allowed_host_and_scheme(notice.link, allowed_hosts=None)
    return redirect(notice.link if inside else "notices")


@own
@require_POST
def notice_read_all(request: Request) -> HttpResponse:
    notices.mark_read(by=request.user, at=now())
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")
