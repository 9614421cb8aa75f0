from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kernel.web import Request, require_GET, require_POST
from network.access import own
from network.models import UserSession
from network.rules.agents import browser_of, is_hand, system_of
from network.services import end_session, end_sessions

MOST = 50


@own
@require_GET
def device_list(request: Request) -> HttpResponse:
    here = request.session.session_key
    sessions = UserSession.objects.for_user(request.user)[:MOST]
    rows = [
        {
            "session": session,
            "here": session.session_key == here,
            "browser": browser_of(session.agent),
            "system": system_of(session.agent),
            "hand": is_hand(session.agent),
        }
        for session in sessions
    ]
    rows.sort(key=lambda row: not row["here"])
    return render(
        request, "network/signin/device_list.html", {"rows": rows, "others": any(not row["here"] for row in rows)}
    )


@own
@require_POST
def device_end(request: Request, pk: UUID) -> HttpResponse:
    session = get_object_or_404(UserSession.objects.for_user(request.user), pk=pk)
    end_session(session=session, by=request.user, at=now())
    messages.success(request, _("Signed out there."))
    return redirect("device-list")


@own
@require_POST
def device_end_others(request: Request) -> HttpResponse:
    ended = end_sessions(users=[request.user], by=request.user, at=now(), keep=request.session.session_key or "")
    words = ngettext("Signed out on %(count)s other device.", "Signed out on %(count)s other devices.", ended)
    messages.success(request, words % {"count": ended})
    return redirect("device-list")
