from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.web import Request, require_GET, require_POST
from network.access import own
from network.models import Consent, Student
from network.rules.consents import Purpose
from network.services import give_consent, withdraw_consent
from network.services.privacy.consent_states import consent_history, consent_states


@own
@require_GET
def consent_list(request: Request) -> HttpResponse:
    student = myself(request)
    context = {"states": consent_states(student=student, at=now()), "history": consent_history(student=student)}
    return render(request, "network/privacy/consent_list.html", context)


@own
@require_POST
def consent_give(request: Request) -> HttpResponse:
    student, asked = myself(request), _purpose(request)
    version = request.POST.get("version", "")
    how = Consent.How.OWN_PAGE
    number = int(version) if version.isdecimal() else 0
    try:
        give_consent(student=student, purpose=asked, version=number, how=how, by=request.user, at=now())
        messages.success(request, _("Thank you. Your consent is noted; you can take it back here at any time."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("network:consent-list")


@own
@require_POST
def consent_withdraw(request: Request) -> HttpResponse:
    student, asked = myself(request), _purpose(request)
    try:
        withdraw_consent(student=student, purpose=asked, by=request.user, at=now())
        messages.success(request, _("Your consent has been taken back, from now on. That is quite all right."))
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("network:consent-list")


def myself(request: Request) -> Student:
    """The student who is signed in; for everybody else there is no such page."""
    students = Student.objects.for_user(request.user).select_related("user", "school_class", "college", "dorm")
    student: Student = get_object_or_404(students)
    return student


def _purpose(request: Request) -> Purpose:
    word = request.POST.get("purpose", "")
    if word not in set(Purpose):
        raise Http404
    return Purpose(word)
