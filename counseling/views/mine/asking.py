"""The first steps: how soon, and the consent."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now

from counseling.forms.booking import ConsentForm
from counseling.rules.kinds import Triage
from counseling.views.mine.about import who_knows
from counseling.views.mine.shared import myself
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_GET, require_http_methods
from network.access import own
from network.models import Consent
from network.rules.consents import Purpose
from network.services import current_version, give_consent, has_consent


@own
@require_GET
def appointment_new(request: Request) -> HttpResponse:
    myself(request)
    times = reverse("counseling:appointment-times")
    urls = {f"{triage.name.lower()}_url": f"{times}?triage={int(triage)}" for triage in (Triage.SOON, Triage.REGULAR)}
    return render(request, "counseling/mine/new.html", urls)


@own
@require_http_methods(["GET", "POST"])
def appointment_consent(request: Request) -> HttpResponse:
    student, at = myself(request), now()
    text = current_version(student.school_id, Purpose.COUNSELING, at)
    triage = request.GET.get("triage", "")
    onward = reverse("counseling:appointment-times") + (f"?{urlencode({'triage': triage})}" if triage else "")
    if request.method == "GET" and has_consent(student, Purpose.COUNSELING, at):
        return redirect(onward)
    form = ConsentForm(request.POST or None, initial={"version": text.version if text else 0})
    if text is not None and form.is_valid():
        version, how = form.cleaned_data["version"], Consent.How.BEFOREHAND
        try:
            give_consent(student=student, purpose=Purpose.COUNSELING, version=version, how=how, by=request.user, at=at)
            return redirect(onward)
        except Refused as refused:
            # The text has changed meanwhile: the new one is shown.
            form = ConsentForm(initial={"version": text.version})
            messages.error(request, str(refused.message))
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "counseling/mine/consent.html", {"text": text, "form": form, **who_knows()}, status=status)
