from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms import CaseFilter, OpenCaseForm
from crisis.models import Alarm, Case
from crisis.models.cases import CaseQuerySet
from crisis.rules import AlertLevel
from crisis.services.alarms.contacts import case_contacts
from crisis.services.cases.lifecycle import open_case
from crisis.services.cases.lowering import Decision
from crisis.services.cases.recipients import ANSWERING, holders_of
from crisis.services.center.dashboard import counts_of
from crisis.services.plots import case_timeline
from crisis.views.care import care_of
from crisis.views.case_panels import panels_of
from crisis.views.shared import CASE_JOINED, READING, WRITING, Panel, fetch_case, require
from kernel import audit
from kernel.web import Request, page_of, perform, require_GET, require_http_methods
from network.access import requires
from network.models import Student, Unit
from network.rules import Ability
from network.services import record_look

STORY = 200
SORTS = {
    "due": ("next_due_at", "pk"),
    "new": ("-opened_at", "pk"),
    "name": ("student__name", "pk"),
}


@requires(*READING)
@require_GET
def case_list(request: Request) -> HttpResponse:
    require(request, *READING)
    at = timezone.now()
    visible = Case.objects.visible_to(request.user)
    form = CaseFilter(Unit.objects.colleges().visible_to(request.user, *READING), request.GET)
    cases = filtered(visible, form.asked, request, at)
    page = page_of(request, cases.select_related(*CASE_JOINED))
    audit.record(action="case.list", by=request.user, at=at, detail={"rows": len(page.object_list)})
    context = {"form": form, "page": page, "at": at, "asked": form.asked, "counts": counts_of(visible, at)}
    return render(request, "crisis/case_list.html", context)


@requires(*READING)
@require_GET
def case_detail(request: Request, pk: UUID) -> HttpResponse:
    return case_page(request, fetch_case(request, pk), 200)


@requires(*WRITING)
@require_http_methods(["GET", "POST"])
def case_open(request: Request, pk: UUID) -> HttpResponse:
    visible = Student.objects.visible_to(request.user, *WRITING)
    student: Student = get_object_or_404(visible.select_related("school", "college", "school_class", "dorm"), pk=pk)
    at = timezone.now()
    alarm = alarm_of(request, student)
    places = [student.school_class_id, student.college_id, student.school_id]
    candidates = holders_of(roles=ANSWERING, units=places, at=at)
    first = {"owner": request.user.pk, "situation": alarm.evidence if alarm else "", "level": 3 if alarm else 1}
    form = OpenCaseForm(candidates, request.POST or None, initial=first)

    def page(status: int) -> HttpResponse:
        record_look(action="case.read", student=student, by=request.user, at=at, purpose="case")
        return render(
            request, "crisis/case_open.html", {"student": student, "form": form, "alarm": alarm}, status=status
        )

    if request.method == "GET":
        return page(200)

    def act() -> None:
        open_case(student=student, opening=form.opening, by=request.user, at=at, alarm=alarm)

    done = _("The case is open. See below who is to be told and what is owed next.")
    return perform(request, form, act, done=done, to=reverse("crisis:student-case", args=[student.pk]), page=page)


@requires(*READING)
@require_GET
def student_case(request: Request, pk: UUID) -> HttpResponse:
    """The newest case of a student."""
    cases = Case.objects.visible_to(request.user).select_related(*CASE_JOINED)
    case = cases.filter(student=pk).order_by("-opened_at").first()
    return case_page(request, fetch_case(request, case.pk if case else pk), 200)


def case_page(request: Request, case: Case, status: int, panel: Panel | None = None) -> HttpResponse:
    """Record the access, then show the case with its timeline and what may be done."""
    at = timezone.now()
    record_look(action="case.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=case)
    may_manage = policies.may_manage(request.user, case)
    pending = case.lowering_requests.filter(decision=Decision.PENDING).select_related("requested_by").first()
    events = list(case.events.select_related("by")[:STORY])
    context: dict[str, Any] = {
        "case": case,
        "at": at,
        "timeline": case_timeline(case, events, at),
        "may_manage": may_manage,
        "report": case.reports.owed().first(),
        "duty_of": answering(case, at),
        "contacts": case_contacts(case) if case.is_open and case.level == AlertLevel.RED else [],
        "members": case.members.select_related("user", "told_by"),
        "pending": pending,
        "events": events,
        "plan": case.care_plans.prefetch_related("goals").select_related("saved_by").first(),
        "filed": case.reports.filed().select_related("filed_by").order_by("-filed_at")[:8],
        "tasks": case.tasks.select_related("assignee"),
        "panels": panels_of(request, case, pending, at, panel) if may_manage or pending else [],
        "conflict": panel if status == 409 else None,
    }
    return render(request, "crisis/case_detail.html", context | care_of(case, at), status=status)


def answering(case: Case, at: datetime) -> Any:
    """Who owes the next report at this moment: the owner, or the director while nobody has taken over."""
    post = case.owner_post
    today = timezone.localdate(at)
    lasting = post is not None and post.starts_on <= today and (post.ends_on is None or post.ends_on > today)
    return case.owner if lasting and case.owner.is_active else None


def alarm_of(request: Request, student: Student) -> Alarm | None:
    """The alarm that a case is opened from, if there is one."""
    alarms = Alarm.objects.visible_to(request.user, Ability.HANDLE_ALARM)
    rows = alarms.filter(student=student, case=None)
    return rows.order_by("-raised_at").first()


def filtered(cases: CaseQuerySet, asked: dict[str, Any], request: Request, at: datetime) -> Any:
    """The cases asked for, sorted in the database."""
    state = asked.get("state")
    rows = cases.exclude(closed_at=None) if state == "closed" else cases.open()
    if state == "overdue":
        rows = rows.overdue(at)
    if state == "pending":
        rows = rows.filter(lowering_requests__decision=Decision.PENDING)
    if state == "mine":
        rows = rows.filter(Q(owner=request.user) | Q(deputy=request.user))
    if "level" in asked:
        rows = rows.filter(level=asked["level"])
    if "college" in asked:
        rows = rows.filter(college=asked["college"])
    if words := asked.get("q"):
        rows = rows.filter(
            Q(number__startswith=words) | Q(student__number__startswith=words) | Q(student__name__icontains=words)
        )
    order = SORTS.get(asked.get("sort", ""))
    return rows.order_by(*order) if order else rows.most_pressing_first()
