from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis.forms.talks import PlanTalkForm, SumUpForm
from crisis.models import Talk
from crisis.services.care.talks import plan_talk, sum_up_talk
from crisis.services.cases.recipients import candidates
from crisis.views.form_pages import Words, form_page, now_of
from crisis.views.shared import READING, WRITING, fetch_to_write
from kernel.web import Request, require_http_methods
from network.access import requires

PLAN = Words(_("Plan a talk"), _("Plan the talk"), _("Planned; it is among the duties of the holder."))
SUM_UP = Words(_("Sum up the talk"), _("Sum up"), _("Summed up, thank you. It is in the timeline."))


@requires(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def talk_plan(request: Request, pk: UUID) -> HttpResponse:
    case, at = fetch_to_write(request, pk), timezone.now()
    first = {"holder": request.user.pk, "planned_at": now_of(at)}
    form = PlanTalkForm(candidates(case, at), request.POST or None, initial=first)

    def act() -> None:
        plan_talk(case=case, by=request.user, at=at, **form.cleaned_data)

    return form_page(request, case, form, act, words=PLAN)


@requires(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def talk_sum_up(request: Request, pk: UUID, talk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    talks = Talk.objects.visible_to(request.user).select_related("case", "holder")
    row: Talk = get_object_or_404(talks, case=case, pk=talk)
    first = {"summary": row.summary, "next_step": row.next_step}
    form = SumUpForm(request.POST or None, initial=first)

    def act() -> None:
        sum_up_talk(talk=row, by=request.user, at=timezone.now(), **form.cleaned_data)

    return form_page(request, case, form, act, words=SUM_UP)
