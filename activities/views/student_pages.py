"""What students see: what is on, one activity, their own places and hours."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.activities import FeedbackForm
from activities.models import Activity, Certificate, Enrolment, FeedbackReceipt, Festival, Presence
from activities.services import accept_offer, cancel_enrolment, enroll, give_feedback, pages, start_certificate
from activities.services.certificates import proof_of
from activities.services.drawing import verify_draw
from kernel.periods import Month
from kernel.uploads import Upload, as_download
from kernel.web import Request, act, page_of, perform, require_GET, require_http_methods, require_POST, status_of
from network.access import own, public

PAGE = 30
# A festival is offered as a filter from two months before.
NEAR = timedelta(days=60)


@own
@require_GET
def activity_list(request: Request) -> HttpResponse:
    at = now()
    month = _month(request)
    rows = pages.activities_for(request.user).published().select_related("unit", "festival", "brand")
    festival = Festival.objects.of_school_of(request.user).filter(pk=_key(request.GET.get("festival", ""))).first()
    if festival is not None:
        rows = rows.filter(festival=festival)
    if month is not None:
        rows = rows.filter(starts_at__date__gte=month.first, starts_at__date__lte=month.last).order_by("starts_at")
    else:
        rows = rows.upcoming(at)
    page = page_of(request, rows, PAGE)
    cards = pages.cards_of(page.object_list, request.user, at)
    today = localdate(at)
    soon = today + NEAR
    festivals = Festival.objects.of_school_of(request.user).filter(ends_on__gte=today, starts_on__lte=soon)
    context = {"page": page, "days": pages.by_day(cards), "month": month, "festival": festival, "festivals": festivals}
    here = month or Month.of(at)
    context |= {"before": here.previous(), "after": here.next(), "this_month": Month.of(at)}
    return render(request, "activities/activity_list.html", context)


@own
@require_GET
def activity_detail(request: Request, pk: UUID) -> HttpResponse:
    at = now()
    activity = _readable(request, pk)
    context: dict[str, Any] = {
        "activity": activity,
        "occasions": activity.occasions.all(),
        "place": pages.place_of(activity, request.user, at),
        "at": at,
        "runs": policies.may_run_activity(request.user, activity),
        "was_there": Presence.objects.for_user(request.user).filter(occasion__activity=activity).exists(),
        "gave_feedback": FeedbackReceipt.objects.filter(activity=activity, user=request.user).exists(),
    }
    if activity.drawn_at is not None and not activity.is_discreet:
        context["draw"] = verify_draw(activity)
    return render(request, "activities/activity_detail.html", context)


@own
@require_POST
def activity_enroll(request: Request, pk: UUID) -> HttpResponse:
    activity = _readable(request, pk)
    done = _("You are enrolled. Below you see whether you have a place or a number.")
    to = _detail(activity)
    return act(request, enroll, done=done, to=to, activity=activity, by=request.user, at=now())


@own
@require_POST
def enrolment_cancel(request: Request, pk: UUID) -> HttpResponse:
    row = _own_enrolment(request, pk)
    done = _("Cancelled. The next who waits has your place; nothing is noted about you.")
    return act(request, cancel_enrolment, done=done, to=_detail(row.activity), enrolment=row, by=request.user, at=now())


@own
@require_POST
def enrolment_accept(request: Request, pk: UUID) -> HttpResponse:
    row = _own_enrolment(request, pk)
    done = _("The place is yours. See you there!")
    return act(request, accept_offer, done=done, to=_detail(row.activity), enrolment=row, by=request.user, at=now())


@own
@require_GET
def own_activities(request: Request) -> HttpResponse:
    if pages.student_of(request.user) is None:
        raise Http404
    context = pages.own_record(request.user, now()) | {"certifiable": pages.certifiable(request.user)}
    return render(request, "activities/own_activities.html", context)


@own
@require_POST
def certificate_start(request: Request, pk: UUID) -> HttpResponse:
    activity = _credited(request, pk)
    job = start_certificate(activity=activity, by=request.user, at=now())
    return redirect("job-detail", pk=job.pk)


@own
@require_GET
def certificate_download(request: Request, pk: UUID) -> HttpResponse:
    row: Certificate = get_object_or_404(Certificate.objects.for_user(request.user), pk=pk)
    upload = Upload.from_text(row.content, media_type="application/pdf", name=f"certificate-{row.code}.pdf")
    return as_download(upload)


@public
@require_GET
def certificate_verify(request: Request, code: str) -> HttpResponse:
    rows = Certificate.objects.select_related("student", "school", "activity").defer("content")
    row = rows.filter(code=code.upper()).first()
    context = {"proof": None if row is None else proof_of(row), "code": code}
    return render(request, "activities/certificate_verify.html", context, status=200 if row else 404)


@own
@require_http_methods(["GET", "POST"])
def feedback_give(request: Request, pk: UUID) -> HttpResponse:
    activity = _readable(request, pk)
    form = FeedbackForm(request.POST or None)

    def page(status: int) -> HttpResponse:
        context = {"form": form, "activity": activity}
        return render(request, "activities/feedback_give.html", context, status=status)

    if request.method == "GET":
        return page(status_of(form))
    return perform(
        request,
        form,
        lambda: give_feedback(activity=activity, **form.cleaned_data, by=request.user, at=now()),
        done=_("Thank you! Nobody can tell which feedback is yours."),
        to=_detail(activity),
        page=page,
    )


def _readable(request: Request, pk: UUID) -> Activity:
    """An activity that is announced to the user, or in which the user has a place from before a move."""
    rows = pages.activities_for(request.user) | Activity.objects.announced().filter(
        pk__in=Enrolment.objects.for_user(request.user).values("activity")
    )
    activity: Activity = get_object_or_404(rows.select_related("unit", "festival", "brand"), pk=pk)
    return activity


def _credited(request: Request, pk: UUID) -> Activity:
    activity = next((row for row in pages.certifiable(request.user) if row.pk == pk), None)
    if activity is None:
        raise Http404
    return activity


def _own_enrolment(request: Request, pk: UUID) -> Enrolment:
    rows = Enrolment.objects.for_user(request.user).select_related("activity", "student")
    row: Enrolment = get_object_or_404(rows, pk=pk)
    return row


def _detail(activity: Activity) -> str:
    return reverse("activities:activity-detail", args=[activity.pk])


def _month(request: Request) -> Month | None:
    try:
        return Month.parse(request.GET["month"]) if request.GET.get("month") else None
    except ValueError as error:
        raise Http404 from error


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
