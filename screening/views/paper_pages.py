"""The pages around a questionnaire. What they say to every student alike is rendered once, see docs/adr/0024."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.timezone import localdate

from kernel.errors import Refused
from kernel.fragments import render_once
from kernel.web import UNPROCESSABLE, Request
from network.rules.consents import Purpose
from network.services import current_version
from screening.forms.answers import AgreeForm
from screening.models import Paper, Participation
from screening.services import text_of
from screening.services.papers.questionnaires import Questionnaire

TEXT = "screening/agree_text.html"
CONSENT = "screening/agree_consent.html"
FIELDS = "screening/agree_fields.html"
QUESTIONS = "screening/paper_questions.html"
DATA = "screening/paper_data.html"


def agree_page(request: Request, row: Participation, form: AgreeForm) -> HttpResponse:
    """The consent. A form that was refused is shown again with what it said."""
    campaign = row.campaign
    consent = current_version(row.school_id, Purpose.SCREENING)
    context = {"row": row, "is_open": consent is not None and campaign.takes_answers(localdate())}
    if consent is not None:
        shown = {"text_version": campaign.text_version, "consent_version": consent.version}
        context |= {
            "text": render_once(TEXT, [campaign.pk, campaign.text_version], lambda: {"text": text_of(campaign)}),
            "consent": render_once(CONSENT, [consent.pk], lambda: {"consent": consent}),
            "fields": render_to_string(FIELDS, {"form": form})
            if form.is_bound
            else render_once(FIELDS, list(shown.values()), lambda: {"form": AgreeForm(initial=shown)}),
        }
    status = UNPROCESSABLE if request.method == "POST" else 200
    return render(request, "screening/participation_agree.html", context, status=status)


def paper_page(request: Request, paper: Paper, sheet: Questionnaire, refusal: Refused | None = None) -> HttpResponse:
    """The page that the sheet is opened at; `refusal` says why what was sent could not be taken."""
    context = {
        "paper": paper.pk,
        "sheet": sheet,
        "campaign": paper.participation.campaign.name,
        "questions": _questions(sheet),
        "data": render_once(DATA, [paper.scale_id], lambda: {"data": sheet.data}),
        "refusal": refusal,
    }
    return render(request, "screening/paper_answer.html", context, status=UNPROCESSABLE if refusal else 200)


def _questions(sheet: Questionnaire) -> str:
    """The questions of the page. They are the same for everybody as long as nothing on them is answered."""

    def context() -> Mapping[str, Any]:
        return {"questions": sheet.questions}

    if sheet.shows_answers:
        return render_to_string(QUESTIONS, context())
    return render_once(QUESTIONS, [sheet.paper.scale_id, sheet.page], context)
