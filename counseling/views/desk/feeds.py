from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from counseling.models import FeedToken
from counseling.services.feeds import make_feed, read_feed, revoke_feed
from kernel.web import Request, act, require_GET, require_POST
from network.access import public, requires
from network.rules import Ability

FRESH = "fresh-feed"


@requires(Ability.TAKE_COUNSELING)
@require_GET
def feed_page(request: Request) -> HttpResponse:
    token = FeedToken.objects.for_user(request.user).active(localdate(now())).first()
    # Shown once: the session forgets the address with this look.
    key = request.session.pop(FRESH, "")
    address = settings.PORTAL_URL.rstrip("/") + reverse("counseling:feed-read", args=[key]) if key else ""
    return render(request, "counseling/desk/feed.html", {"token": token, "address": address})


@requires(Ability.TAKE_COUNSELING)
@require_POST
def feed_make(request: Request) -> HttpResponse:
    request.session[FRESH] = make_feed(by=request.user, at=now())
    return redirect("counseling:feed-page")


@requires(Ability.TAKE_COUNSELING)
@require_POST
def feed_revoke(request: Request) -> HttpResponse:
    done = _("Revoked. Programs that know the address get nothing any more.")
    return act(request, revoke_feed, done=done, to="counseling:feed-page", by=request.user, at=now())


@public
@require_GET
def feed_read(request: Request, key: str) -> HttpResponse:
    content = read_feed(key=key, at=now())
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
