from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.trainings import AttendanceForm, LessonForm, TrainingForm
from activities.models import Lesson, Training
from activities.services.indicators import Reference, full_time
from activities.services.trainings import (
    add_lesson,
    confirm_training,
    drop_training,
    log_training,
    record_attendance,
    training_years,
)
from activities.views.program_pages import MANAGE, form_page, proof, school_of, year_of, years_around
from kernel import audit
from kernel.web import Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import requires
from network.rules import Ability
from network.scope import Scope

LOG = Ability.LOG_TRAINING
WAITING_FIRST = F("confirmed_at").asc(nulls_first=True)


@requires(LOG)
@require_GET
def training_list(request: Request) -> HttpResponse:
    """One's own ledger of a year; for the center everybody's, and how far each full-time counselor has come."""
    school, year = school_of(request, LOG), year_of(request)
    may_manage = policies.may_manage_program(request.user, school)
    rows = Training.objects.visible_to(request.user, MANAGE).in_year(year)
    page = page_of(request, rows.select_related("user", "confirmed_by").order_by(WAITING_FIRST, "-day", "pk"))
    if may_manage:
        detail = {"rows": len(page.object_list)}
        audit.record(action="own_training.list", by=request.user, at=now(), unit=school.code, detail=detail)
    people = full_time(Reference(school, None, year, localdate())) if may_manage else []
    context = {
        "page": page,
        "own": training_years([request.user], year)[0],
        "years": training_years(people, year),
        "may_manage": may_manage,
        # The operators' trainings stand in another app: the page loads them by their address.
        "shows_operators": Ability.RUN_SCREENING in Scope.of(request.user).abilities,
        **years_around(year),
    }
    return render(request, "activities/training_list.html", context)


@requires(LOG)
@require_http_methods(["GET", "POST"])
def training_new(request: Request) -> HttpResponse:
    school = school_of(request, LOG)
    form = TrainingForm(request.POST or None, request.FILES or None)
    return form_page(
        request,
        form,
        lambda: log_training(school=school, by=request.user, at=now(), **form.values),
        title=_("Enter a training"),
        done=_("Entered. It counts when somebody else has confirmed it."),
        back=reverse("activities:training-list"),
        back_label=_("Training ledger"),
    )


@requires(LOG)
@require_GET
def training_evidence(request: Request, pk: UUID) -> HttpResponse:
    training = _training(request, pk)
    audit.record(action="own_training.evidence", by=request.user, at=now(), obj=training)
    return proof(training.evidence)


@requires(LOG)
@require_POST
def training_confirm(request: Request, pk: UUID) -> HttpResponse:
    training = _training(request, pk)
    to = "activities:training-list"
    return act(request, confirm_training, done=_("Confirmed."), to=to, training=training, by=request.user, at=now())


@requires(LOG)
@require_POST
def training_drop(request: Request, pk: UUID) -> HttpResponse:
    training = _training(request, pk)
    to = "activities:training-list"
    return act(request, drop_training, done=_("Taken away."), to=to, training=training, by=request.user, at=now())


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def lesson_new(request: Request) -> HttpResponse:
    school = school_of(request, MANAGE)
    form = LessonForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: add_lesson(school=school, by=request.user, at=now(), **form.values),
        title=_("Enter a training of the center"),
        done=_("Entered. Now note who took part."),
        back=reverse("activities:lesson-list"),
        back_label=_("Trainings for peers and fudaoyuan"),
        to=lambda row: row.get_absolute_url(),
    )


@requires(MANAGE)
@require_GET
def lesson_list(request: Request) -> HttpResponse:
    rows = Lesson.objects.visible_to(request.user, MANAGE).with_people()
    return render(request, "activities/lesson_list.html", {"page": page_of(request, rows)})


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def lesson_detail(request: Request, pk: int) -> HttpResponse:
    lesson: Lesson = get_object_or_404(Lesson.objects.visible_to(request.user, MANAGE).select_related("school"), pk=pk)
    form = AttendanceForm(request.POST or None)
    if request.method == "POST":
        return form_page(
            request,
            form,
            lambda: record_attendance(lesson=lesson, by=request.user, at=now(), **form.values),
            title=_("Note who took part"),
            done=_("Noted."),
            back=lesson.get_absolute_url(),
            back_label=lesson.title,
        )
    page = page_of(request, lesson.attendances.select_related("user"))
    return render(request, "activities/lesson_detail.html", {"lesson": lesson, "page": page, "form": form})


def _training(request: Request, pk: UUID) -> Training:
    rows = Training.objects.visible_to(request.user, MANAGE).select_related("school", "evidence")
    row: Training = get_object_or_404(rows, pk=pk)
    return row
