"""The page of a questionnaire. As long as nothing on it is answered, it differs between students in a few places only:
it is rendered once in a process for each page of a scale, and the places are filled in."""

from collections.abc import Mapping
from functools import cache, lru_cache
from secrets import token_hex
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.template import engines
from django.template.loader import render_to_string
from django.utils.html import escape, json_script
from django.utils.translation import get_language

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request
from screening.models import Paper
from screening.services.papers.questionnaires import Questionnaire

TEMPLATE = "screening/paper_answer.html"
# SECURITY: drawn anew in each process, so that no name or text can bring one along.
PAPER = uuid4()
USER, CSRF, PATH, PHONE, ANSWERED, ANSWERS = (token_hex(16) for _ in range(6))


def paper_page(request: Request, paper: Paper, sheet: Questionnaire, refusal: Refused | None = None) -> HttpResponse:
    """The page that the sheet is opened at; `refusal` says why what was sent could not be taken."""
    name = paper.participation.campaign.name
    if refusal or sheet.called or sheet.shows_answers or len(get_messages(request)):
        said = {**context_of(paper.pk, sheet, name), "refusal": refusal}
        return HttpResponse(render_to_string(TEMPLATE, said, request), status=UNPROCESSABLE if refusal else 200)
    phone = _phone().render({}, request)
    page = page_of(get_language() or "", paper.scale_id, sheet.page, name, has_phone=bool(phone))
    filled = {
        str(PAPER): str(paper.pk),
        USER: str(request.user.pk),
        CSRF: get_token(request),
        PATH: escape(request.path),
        PHONE: phone,
        ANSWERED: str(sheet.answered),
        f'"{ANSWERS}"': _as_json(sheet.sheet.answers),
    }
    for place, text in filled.items():
        page = page.replace(place, text)
    return HttpResponse(page)


@cache
def _phone() -> Any:
    """The duty phone as every page is told it."""
    return engines["django"].from_string("{{ duty_phone }}")


@lru_cache(maxsize=256)
def page_of(language: str, scale: int, number: int, campaign: str, *, has_phone: bool) -> str:
    """A page with its places open. No request and no student comes near it, so nothing of theirs can stay in it."""
    sheet = Questionnaire.opened_at(scale, number)
    context = context_of(PAPER, sheet, campaign)
    context |= {
        "answered": ANSWERED,
        "data": {**sheet.data, "answers": ANSWERS},
        "duty_phone": PHONE if has_phone else "",
    }
    context |= {"user": SimpleNamespace(pk=USER), "csrf_token": CSRF, "request": SimpleNamespace(path=PATH)}
    return render_to_string(TEMPLATE, context)


def context_of(paper: UUID, sheet: Questionnaire, campaign: str) -> dict[str, Any]:
    return {"paper": paper, "sheet": sheet, "campaign": campaign, "answered": sheet.answered, "data": sheet.data}


def _as_json(answers: Mapping[str, Any]) -> str:
    """As the filter `json_script` writes it."""
    script = json_script(answers)
    return script[script.index(">") + 1 : script.rindex("<")]
