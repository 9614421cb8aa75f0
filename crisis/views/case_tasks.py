from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis.forms import TaskAnswerForm
from crisis.models import CaseTask
from crisis.services.cases.case_tasks import answer_task
from kernel.web import Request, perform, require_http_methods
from network.access import own
from network.services import record_look


@own
@require_http_methods(["GET", "POST"])
def task_detail(request: Request, pk: UUID) -> HttpResponse:
    mine = CaseTask.objects.for_user(request.user).select_related("student", "school_class", "given_by", "case")
    task: CaseTask = get_object_or_404(mine, pk=pk)
    at = timezone.now()
    form = TaskAnswerForm(request.POST if request.method == "POST" else None)

    def page(status: int) -> HttpResponse:
        record_look(action="task.read", student=task.student, by=request.user, at=at, purpose="task", obj=task)
        return render(request, "crisis/task_detail.html", {"task": task, "form": form}, status=status)

    if request.method == "GET":
        return page(200)

    def act() -> None:
        answer_task(task=task, answer=form.cleaned_data["answer"], by=request.user, at=at)

    done = _("Thank you. Your answer has been sent to the person who asked.")
    return perform(request, form, act, done=done, to=reverse("crisis:task-detail", args=[pk]), page=page)
