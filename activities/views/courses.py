from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _

from activities import policies
from activities.forms.courses import CourseForm, ExchangeForm, RunForm, TeamForm
from activities.models import Course, CourseEnrolment, CourseRun, Teaching
from activities.rules.program import CourseState
from activities.services.courses import add_run, put_on_team, record_exchange, save_course, take_off_team
from activities.services.indicators import Reference, course
from activities.views.program_pages import MANAGE, VIEW, allow, form_page, school_of, year_of, years_around
from kernel import audit
from kernel.web import Request, act, page_of, require_GET, require_http_methods, require_POST
from network.access import requires

FIELDS = ("code", "title", "kind", "credits", "hours", "effective_from")


@requires(VIEW)
@require_GET
def course_list(request: Request) -> HttpResponse:
    school, year = school_of(request, VIEW), year_of(request)
    reference = Reference(school, None, year, localdate())
    context: dict[str, Any] = {
        "courses": Course.objects.within_school_of(request.user, VIEW).order_by("-kind", "code"),
        "enrolled": course(reference, CourseState.ENROLLED),
        "passed": course(reference, CourseState.PASSED),
        "may_manage": policies.may_manage_program(request.user, school),
        **years_around(year),
    }
    return render(request, "activities/course_list.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "POST"])
def course_new(request: Request) -> HttpResponse:
    school = school_of(request, MANAGE)
    form = CourseForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: save_course(school=school, by=request.user, at=now(), **form.values),
        title=_("Add a course"),
        done=_("The course is in the list."),
        back=reverse("activities:course-list"),
        back_label=_("Courses"),
        to=lambda row: row.get_absolute_url(),
    )


@requires(VIEW)
@require_GET
def course_detail(request: Request, pk: int) -> HttpResponse:
    row = fetch_course(request, pk)
    runs = page_of(request, row.runs.prefetch_related("team__teacher"))
    context = {
        "course": row,
        "page": runs,
        "counts": counts_of(runs),
        "exchanges": row.exchanges.select_related("recorded_by")[:20],
        "imports": row.imports.defer("sheet").select_related("uploaded_by")[:10],
        "may_manage": policies.may_manage_program(request.user, row.school),
    }
    return render(request, "activities/course_detail.html", context)


@requires(MANAGE, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def course_edit(request: Request, pk: int) -> HttpResponse:
    row = fetch_managed(request, pk)
    initial = {name: getattr(row, name) for name in FIELDS}
    form = CourseForm(request.POST or None, initial=initial)
    return form_page(
        request,
        form,
        lambda: save_course(school=row.school, course=row, by=request.user, at=now(), **form.values),
        title=_("Change the course"),
        done=_("Saved."),
        back=row.get_absolute_url(),
        back_label=row.title,
    )


@requires(MANAGE, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def run_new(request: Request, pk: int) -> HttpResponse:
    row = fetch_managed(request, pk)
    form = RunForm(request.POST or None, initial={"year": localdate().year})
    return form_page(
        request,
        form,
        lambda: add_run(course=row, by=request.user, at=now(), **form.values),
        title=_("Add a teaching group"),
        done=_("The teaching group is in the list."),
        back=row.get_absolute_url(),
        back_label=row.title,
    )


@requires(MANAGE, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def exchange_new(request: Request, pk: int) -> HttpResponse:
    row = fetch_managed(request, pk)
    form = ExchangeForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: record_exchange(course=row, by=request.user, at=now(), **form.values),
        title=_("Note an exchange of teachers"),
        done=_("Noted."),
        back=row.get_absolute_url(),
        back_label=row.title,
    )


@requires(VIEW)
@require_GET
def run_detail(request: Request, pk: int) -> HttpResponse:
    """The students of a run, as far as the reader's units reach."""
    run = fetch_run(request, pk)
    enrolments = CourseEnrolment.objects.visible_to(request.user, VIEW).filter(run=run)
    page = page_of(request, enrolments.select_related("student", "school_class"))
    audit.record(action="course.list", by=request.user, at=now(), obj=run, detail={"rows": len(page.object_list)})
    context = {
        "run": run,
        "page": page,
        "team": run.team.select_related("teacher"),
        "may_manage": policies.may_manage_program(request.user, run.course.school),
    }
    return render(request, "activities/run_detail.html", context)


@requires(MANAGE, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def team_add(request: Request, pk: int) -> HttpResponse:
    run = fetch_run(request, pk)
    allow(policies.may_manage_program(request.user, run.course.school))
    form = TeamForm(request.POST or None, school_id=run.course.school_id, on=localdate())
    return form_page(
        request,
        form,
        lambda: put_on_team(run=run, by=request.user, at=now(), **form.values),
        title=_("Put somebody on the team"),
        done=_("The team is saved."),
        back=run.get_absolute_url(),
        back_label=str(run),
    )


@requires(MANAGE, seen_by=[VIEW])
@require_POST
def team_drop(request: Request, pk: int) -> HttpResponse:
    runs = CourseRun.objects.visible_to(request.user, VIEW)
    rows = Teaching.objects.filter(run__in=runs).select_related("run__course__school", "teacher")
    teaching: Teaching = get_object_or_404(rows, pk=pk)
    run = teaching.run
    allow(policies.may_manage_program(request.user, run.course.school))
    return act(
        request, take_off_team, done=_("The team is saved."), to=run, teaching=teaching, by=request.user, at=now()
    )


def fetch_course(request: Request, pk: int) -> Course:
    rows = Course.objects.within_school_of(request.user, VIEW).select_related("school")
    row: Course = get_object_or_404(rows, pk=pk)
    return row


def fetch_managed(request: Request, pk: int) -> Course:
    row = fetch_course(request, pk)
    allow(policies.may_manage_program(request.user, row.school))
    return row


def fetch_run(request: Request, pk: int) -> CourseRun:
    rows = CourseRun.objects.visible_to(request.user, VIEW).select_related("course__school")
    run: CourseRun = get_object_or_404(rows, pk=pk)
    return run


def counts_of(runs: Any) -> dict[int, int]:
    """How many take part in each run: figures alone, so that they stand for the whole school."""
    return CourseEnrolment.objects.taking_part().counts([run.pk for run in runs])
