"""The day itself: the screen with the code, the list, and what students do at the door."""

import json
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, now
from django.utils.translation import gettext_lazy as _

from activities.forms.activities import DigitsForm, WalkInForm
from activities.models import Occasion, Presence
from activities.rules import checkins
from activities.services import check_in, check_in_by_hand, note_walk_ins, pages, take_offline_batch
from activities.services.checking_in import Record, check_code
from activities.services.pages import BOARD
from activities.services.qr import svg_uri
from activities.views.fetching import fetch_occasion
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, act, require_GET, require_http_methods, require_POST
from network.access import own, public, requires
from network.models import Student
from network.rules import Ability

TICKET, DEVICE = "checkin_ticket", "checkin_device"
DEVICE_SECONDS = 12 * 3600
SALT = "activities.checkin"
RUNNING = (Ability.ORGANIZE_ACTIVITIES, Ability.OVERSEE_ACTIVITIES)


@requires(*RUNNING, seen_by=BOARD)
@require_GET
def occasion_screen(request: Request, pk: UUID) -> HttpResponse:
    occasion = fetch_occasion(request, pk)
    return render(request, "activities/occasion_screen.html", _screen(request, occasion))


@requires(*RUNNING, seen_by=BOARD)
@require_GET
def occasion_code(request: Request, pk: UUID) -> HttpResponse:
    """The code of this moment, fetched by the screen every few seconds."""
    occasion = fetch_occasion(request, pk)
    response = render(request, "activities/occasion_code.html", _screen(request, occasion))
    response["Cache-Control"] = "no-store"
    return response


@requires(*RUNNING, seen_by=BOARD)
@require_GET
def occasion_list(request: Request, pk: UUID) -> HttpResponse:
    occasion = fetch_occasion(request, pk)
    return _list_page(request, occasion, WalkInForm())


@requires(*RUNNING, seen_by=BOARD)
@require_POST
def occasion_hand(request: Request, pk: UUID) -> HttpResponse:
    occasion = fetch_occasion(request, pk)
    rows = Student.objects.filter(school=occasion.activity.school_id)
    key = _key(request.POST.get("student", ""))
    student = rows.filter(pk=key).first() if key else None
    to = reverse("activities:occasion-list", args=[occasion.pk])
    if student is None:
        messages.error(request, _("Choose somebody from the list."))
        return redirect(to)
    done = _("%(name)s is noted.") % {"name": student.name}
    return act(
        request, check_in_by_hand, done=done, to=to, occasion=occasion, student=student, by=request.user, at=now()
    )


@requires(*RUNNING, seen_by=BOARD)
@require_POST
def occasion_walk_in(request: Request, pk: UUID) -> HttpResponse:
    occasion = fetch_occasion(request, pk)
    form = WalkInForm(request.POST)
    try:
        if form.is_valid():
            numbers = form.numbers_typed()
            noted, unknown = note_walk_ins(occasion=occasion, numbers=numbers, by=request.user, at=now())
            messages.success(request, _("Noted: %(count)s.") % {"count": noted})
            if unknown:
                words = {"numbers": ", ".join(unknown[:10])}
                messages.warning(request, _("Nobody here has these numbers: %(numbers)s.") % words)
            return redirect("activities:occasion-list", pk=occasion.pk)
    except Refused as refused:
        form.add_error("numbers", str(refused.message))
    return _list_page(request, occasion, form, status=UNPROCESSABLE)


@requires(*RUNNING, seen_by=BOARD)
@require_POST
def occasion_batch(request: Request, pk: UUID) -> HttpResponse:
    """Ticks of a phone that was offline: {"records": [{"client_id", "student", "at"}]}; answers by client id."""
    occasion = fetch_occasion(request, pk)
    try:
        records = _records(request)
        answers = take_offline_batch(occasion=occasion, records=records, by=request.user, at=now())
    except ValueError:
        return JsonResponse({"error": str(_("This list cannot be read."))}, status=UNPROCESSABLE)
    except Refused as refused:
        return JsonResponse({"error": str(refused.message)}, status=UNPROCESSABLE)
    return JsonResponse({"answers": {str(key): answer for key, answer in answers.items()}})


@public
@require_GET
def checkin_scan(request: Request, pk: UUID, code: str) -> HttpResponse:
    """What the QR code opens. A valid code gives a ticket that this browser keeps for five minutes, also over a
    sign-in. SECURITY: it tells a stranger nothing of the activity."""
    at = now()
    occasion = Occasion.objects.select_related("activity").filter(pk=pk).first()
    response = redirect("activities:checkin-page", pk=pk)
    if occasion is None:
        return response
    try:
        check_code(occasion, code, at=at)
    except Refused as refused:
        messages.warning(request, str(refused.message))
        return response
    ticket = signing.dumps({"occasion": str(pk), "at": at.isoformat()}, salt=SALT)
    _keep(response, TICKET, ticket, int(checkins.TICKET_LASTS.total_seconds()))
    if DEVICE not in request.COOKIES:
        _keep(response, DEVICE, secrets.token_hex(16), DEVICE_SECONDS)
    return response


@own
@require_http_methods(["GET", "POST"])
def checkin_page(request: Request, pk: UUID) -> HttpResponse:
    occasion = get_object_or_404(
        Occasion.objects.filter(activity__school=request.user.school_id, activity__state="published").select_related(
            "activity"
        ),
        pk=pk,
    )
    scanned_at = _scanned_at(request, occasion)
    form = DigitsForm(request.POST if request.method == "POST" and scanned_at is None else None)
    status = 200
    if request.method == "POST":
        try:
            if scanned_at is not None or form.is_valid():
                digits = "" if scanned_at else form.cleaned_data["digits"]
                device = request.COOKIES.get(DEVICE, "")[:32]
                check_in(
                    occasion=occasion, by=request.user, scanned_at=scanned_at, digits=digits, device=device, at=now()
                )
                response = redirect("activities:checkin-page", pk=pk)
                response.delete_cookie(TICKET)
                return response
        except Refused as refused:
            if form.is_bound:
                form.add_error("digits", str(refused.message))
            else:
                messages.error(request, str(refused.message))
        status = UNPROCESSABLE
    return render(request, "activities/checkin_page.html", _checkin(request, occasion, scanned_at, form), status=status)


def _checkin(request: Request, occasion: Occasion, scanned_at: datetime | None, form: Any) -> dict[str, Any]:
    presence = Presence.objects.for_user(request.user).filter(occasion=occasion).first()
    knows = presence is not None or scanned_at is not None
    # Who has neither scanned nor a place does not learn what a discreet activity is about.
    may_read = knows or pages.activities_for(request.user).filter(pk=occasion.activity_id).exists()
    return {
        "occasion": occasion,
        "activity": occasion.activity,
        "presence": presence,
        "scanned_at": scanned_at,
        "form": form,
        "may_read": may_read and (knows or not occasion.activity.is_discreet),
        "is_student": pages.student_of(request.user) is not None,
    }


def _screen(request: Request, occasion: Occasion) -> dict[str, Any]:
    shown = pages.code_now(occasion, now())
    path = reverse("activities:checkin-scan", args=[occasion.pk, shown["code"]])
    present = Presence.objects.filter(occasion=occasion).count()
    return {
        "occasion": occasion,
        "activity": occasion.activity,
        "picture": svg_uri(f"{settings.PORTAL_URL}{path}", scale=8),
        "present": present,
        **shown,
    }


def _list_page(request: Request, occasion: Occasion, form: WalkInForm, status: int = 200) -> HttpResponse:
    roster = [row for row in pages.roster_of(occasion.activity, request.user) if _belongs(row)]
    rows = [(row, row.presences.get(occasion.pk)) for row in roster]
    context = {
        "occasion": occasion,
        "activity": occasion.activity,
        "rows": rows,
        "present": sum(presence is not None for _row, presence in rows),
        "form": form,
    }
    return render(request, "activities/occasion_list.html", context, status=status)


def _belongs(row: pages.RosterRow) -> bool:
    return row.enrolment is None or row.enrolment.state in ("in", "offered", "waiting") or bool(row.presences)


def _records(request: Request) -> list[Record]:
    try:
        rows = json.loads(request.body)["records"]
        return [Record(UUID(row["client_id"]), UUID(row["student"]), _moment(row["at"])) for row in rows]
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError, RecursionError, RawPostDataException) as error:
        raise ValueError("not a list of ticks") from error


def _moment(text: str) -> datetime:
    moment = parse_datetime(text)
    if moment is None or not is_aware(moment):
        raise ValueError("no moment")
    return moment


def _scanned_at(request: Request, occasion: Occasion) -> datetime | None:
    try:
        ticket = signing.loads(request.COOKIES.get(TICKET, ""), salt=SALT, max_age=checkins.TICKET_LASTS)
    except signing.BadSignature:
        return None
    return datetime.fromisoformat(ticket["at"]) if ticket["occasion"] == str(occasion.pk) else None


def _keep(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="Lax", secure=settings.HTTPS)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
