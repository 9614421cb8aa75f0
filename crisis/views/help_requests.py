"""A student asks for somebody to talk to."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from crisis.forms import AskForHelpForm
from crisis.services.alarms.help_requests import ask_for_help, latest_help_request
from kernel.web import UNPROCESSABLE, Request, require_http_methods
from network.access import own
from network.models import Student


@own
@require_http_methods(["GET", "POST"])
def help_ask(request: Request) -> HttpResponse:
    student: Student = get_object_or_404(Student.objects.for_user(request.user))
    form = AskForHelpForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        ask_for_help(student=student, by=request.user, at=timezone.now(), **form.cleaned_data)
        return redirect(reverse("crisis:help-ask") + "?sent")
    status = UNPROCESSABLE if form.is_bound else 200
    receipt = latest_help_request(student=student, at=timezone.now())
    context = {"form": form, "sent": "sent" in request.GET, "receipt": receipt}
    return render(request, "crisis/help_ask.html", context, status=status)
