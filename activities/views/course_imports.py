from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from activities.forms.courses import ListForm
from activities.models import CourseImport
from activities.services.course_imports import apply_list, difference_of, discard_list, upload_list
from activities.views.courses import fetch_managed
from activities.views.program_pages import MANAGE, VIEW, form_page
from kernel import audit
from kernel.web import Request, act, require_GET, require_http_methods, require_POST
from network.access import requires

SHOWN = 100


@requires(MANAGE, seen_by=[VIEW])
@require_http_methods(["GET", "POST"])
def course_import_new(request: Request, pk: int) -> HttpResponse:
    course = fetch_managed(request, pk)
    form = ListForm(request.POST or None, request.FILES or None, initial={"year": localdate().year})

    def upload() -> CourseImport:
        given = form.values
        file = given.pop("file")
        return upload_list(course=course, file_name=file.name, content=file, by=request.user, at=now(), **given)

    return form_page(
        request,
        form,
        upload,
        title=_("Import a list of students"),
        done=_("Look at what would change. Nothing is written before you confirm."),
        back=course.get_absolute_url(),
        back_label=course.title,
        to=lambda row: row.get_absolute_url(),
        action=_("Upload"),
    )


@requires(MANAGE)
@require_GET
def course_import_detail(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    audit.record(action="course_import.read", by=request.user, at=now(), obj=row, unit=row.school.code)
    context: dict[str, Any] = {"file": row}
    if row.state == CourseImport.State.UPLOADED.value:
        difference = difference_of(row)
        context |= {
            "difference": difference,
            "faults": [
                {"row": fault.row, "column": fault.column, "text": gettext(fault.sentence) % fault.params}
                for fault in difference.faults[:SHOWN]
            ],
            "left_out": max(len(difference.faults) - SHOWN, 0),
            "examples": difference.new[:10],
        }
    return render(request, "activities/course_import_detail.html", context)


@requires(MANAGE)
@require_POST
def course_import_apply(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    done = _("The list is in.")
    return act(request, apply_list, done=done, to=row, course_import=row, by=request.user, at=now())


@requires(MANAGE)
@require_POST
def course_import_discard(request: Request, pk: UUID) -> HttpResponse:
    row = _import(request, pk)
    done = _("Discarded. Nothing of it has been imported.")
    return act(request, discard_list, done=done, to=row.course, course_import=row, by=request.user, at=now())


def _import(request: Request, pk: UUID) -> CourseImport:
    rows = CourseImport.objects.visible_to(request.user, MANAGE)
    row: CourseImport = get_object_or_404(rows.select_related("school", "course", "applied_by", "uploaded_by"), pk=pk)
    return row
