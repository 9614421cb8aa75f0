from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_GET, require_http_methods
from network.access import requires
from network.forms.consents import ConsentTextForm
from network.models import Unit
from network.models.labels import PURPOSE_LABELS
from network.rules import Ability
from network.rules.consent_drafts import DRAFTS
from network.rules.consents import Purpose
from network.services import current_version, publish_text
from network.services.privacy.consent_states import version_counts


@requires(Ability.MANAGE_CONSENT_TEXTS)
@require_GET
def text_list(request: Request) -> HttpResponse:
    school = _school(request)
    counts = version_counts(school=school)
    rows = [(purpose, PURPOSE_LABELS[purpose], versions) for purpose, versions in counts.items()]
    return render(request, "network/privacy/text_list.html", {"school": school, "rows": rows})


@requires(Ability.MANAGE_CONSENT_TEXTS)
@require_http_methods(["GET", "POST"])
def text_write(request: Request) -> HttpResponse:
    school, asked = _school(request), _purpose(request)
    last = current_version(school, asked)
    form = ConsentTextForm(request.POST or None, last=last, draft=DRAFTS[asked])
    context = {"school": school, "form": form, "last": last, "label": PURPOSE_LABELS[asked]}
    if form.is_valid():
        if form.was_seen and _publish(request, school, asked, form):
            return redirect("network:text-list")
        context |= {"changes": form.wording.changes(last.wording if last else None), "seen": form.wording.sha256}
    refused = form.is_bound and not form.is_valid()
    return render(request, "network/privacy/text_write.html", context, status=UNPROCESSABLE if refused else 200)


def _publish(request: Request, school: Unit, purpose: Purpose, form: ConsentTextForm) -> bool:
    again = form.cleaned_data.get("asks_again", False)
    try:
        publish_text(school=school, purpose=purpose, wording=form.wording, asks_again=again, by=request.user, at=now())
    except Refused as refused:
        form.add_error(None, str(refused.message))
        return False
    messages.success(request, _("The new version is out. Students see it from now on."))
    return True


def _purpose(request: Request) -> Purpose:
    word = request.GET.get("purpose", "")
    if word not in set(Purpose):
        raise Http404
    return Purpose(word)


def _school(request: Request) -> Unit:
    schools = Unit.objects.schools().visible_to(request.user, Ability.MANAGE_CONSENT_TEXTS)
    school: Unit = get_object_or_404(schools[:1])
    return school
