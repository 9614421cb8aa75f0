from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import now

from counseling.forms.intakes import BETWEEN, FIRST, questions
from counseling.rules.intakes import is_at_risk
from counseling.services.prepared import keep_answer, own_answers
from counseling.views.mine.shared import myself
from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_POST
from network.access import own
from network.models import Student


@own
@require_POST
def intake_save(request: Request) -> HttpResponse:
    """One answer, by htmx or by the form's own button. Help comes first where it tells of danger."""
    student = myself(request)
    text = BETWEEN.join(request.POST.getlist("value"))
    try:
        answers = keep_answer(student=student, field=request.POST.get("name", ""), text=text, by=request.user, at=now())
    except Refused as refused:
        return HttpResponse(str(refused.message), status=UNPROCESSABLE, content_type="text/plain; charset=utf-8")
    if not request.htmx:
        return redirect(_back(request))
    return render(request, "counseling/mine/intake_saved.html", {"shows_help": is_at_risk(answers)})


def intake_parts(student: Student) -> dict[str, object]:
    """What a page with the questions needs."""
    answers = own_answers(student)
    url = reverse("counseling:intake-save")
    asked = questions(answers)
    parts = {"first_fields": asked[:FIRST], "more_fields": asked[FIRST:]}
    return {**parts, "save_url": url, "shows_help": is_at_risk(answers)}


def _back(request: Request) -> str:
    back = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("counseling:appointment-list")
