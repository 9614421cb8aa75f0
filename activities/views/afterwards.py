"""After the day: corrections of hours, the summary and its pictures."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.activities import CorrectionForm, SummaryForm
from activities.models import Activity, ActivityPicture, Credit
from activities.services import add_picture, correct_credit, remove_picture, write_summary
from activities.services.pages import BOARD
from activities.views.fetching import fetch_to_run
from kernel.uploads import as_download
from kernel.web import Request, act, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.models import User
from network.rules import Ability

RUNNING = (Ability.ORGANIZE_ACTIVITIES, Ability.OVERSEE_ACTIVITIES)


@requires(*RUNNING, seen_by=BOARD)
@require_http_methods(["GET", "POST"])
def credit_correct(request: Request, pk: UUID) -> HttpResponse:
    rows = Credit.objects.visible_to(request.user, Ability.FOLLOW_ACTIVITIES).select_related("activity", "student")
    credit: Credit = get_object_or_404(rows.filter(corrects=None), pk=pk)
    if not policies.may_run_activity(request.user, credit.activity):
        raise PermissionDenied
    form = CorrectionForm(request.POST or None)
    return perform(
        request,
        form,
        lambda: correct_credit(
            credit=credit,
            hours=-form.cleaned_data["hours"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=now(),
        ),
        done=_("Corrected. Both rows stay, and the student has a notice."),
        to=_run(credit.activity),
        page=lambda status: render(
            request,
            "activities/credit_correct.html",
            {"form": form, "credit": credit, "activity": credit.activity},
            status=status if form.is_bound else 200,
        ),
    )


@requires(*RUNNING, seen_by=BOARD)
@require_http_methods(["GET", "POST"])
def activity_sum_up(request: Request, pk: UUID) -> HttpResponse:
    activity = fetch_to_run(request, pk)
    before = getattr(activity, "summary", None)
    form = SummaryForm(request.POST or None, request.FILES or None, initial={"words": before.words if before else ""})
    return perform(
        request,
        form,
        lambda: _sum_up(activity, form, by=request.user),
        done=_("The summary is kept."),
        to=_run(activity),
        page=lambda status: render(
            request,
            "activities/activity_sum_up.html",
            {"form": form, "activity": activity},
            status=status if form.is_bound else 200,
        ),
    )


@requires(*BOARD)
@require_GET
def picture_read(request: Request, pk: UUID) -> HttpResponse:
    picture = _picture(request, pk)
    return as_download(picture.upload)


@requires(*RUNNING, seen_by=BOARD)
@require_POST
def picture_remove(request: Request, pk: UUID) -> HttpResponse:
    picture = _picture(request, pk)
    if not policies.may_run_activity(request.user, picture.activity):
        raise PermissionDenied
    done = _("The picture is gone.")
    return act(
        request, remove_picture, done=done, to=_run(picture.activity), picture=picture, by=request.user, at=now()
    )


def _sum_up(activity: Activity, form: SummaryForm, *, by: User) -> None:
    at = now()
    write_summary(activity=activity, words=form.cleaned_data["words"], by=by, at=at)
    if form.cleaned_data["picture"] is not None:
        add_picture(activity=activity, upload=form.cleaned_data["picture"], by=by, at=at)


def _picture(request: Request, pk: UUID) -> ActivityPicture:
    rows = ActivityPicture.objects.filter(activity__in=Activity.objects.visible_to(request.user, *BOARD))
    picture: ActivityPicture = get_object_or_404(rows.select_related("activity"), pk=pk)
    return picture


def _run(activity: Activity) -> str:
    return reverse("activities:activity-run", args=[activity.pk])
