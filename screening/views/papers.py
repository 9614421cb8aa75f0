"""A student's own pages: what is asked, the consent, the questionnaire, and the kind words afterwards."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, RawPostDataException
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, act, require_GET, require_http_methods, require_POST
from network.access import IdentityUnproved, own, sealed
from network.signin.proof import proves_identity
from screening.forms.answers import BROKEN, AgreeForm, message_of, page_answers
from screening.models import Paper, Participation
from screening.services import (
    agree,
    consent_stands,
    decline,
    own_paper,
    own_paper_with_others,
    own_papers,
    save_answers,
    submit_paper,
)
from screening.services.papers.answering import IMPLAUSIBLE
from screening.services.papers.questionnaires import Questionnaire, tone_for
from screening.views.pages import fetch_own
from screening.views.paper_pages import agree_page, paper_page

# Refusals after which the page has nothing more to send.
OVER = frozenset({"submitted", "no-consent", "not-open", "exempted"})
UNPROVED = _("Your password was reset after you had begun. First show who you are; the page says how.")


@own
@require_GET
def participation_list(request: Request) -> HttpResponse:
    today = localdate()
    mine = Participation.objects.for_user(request.user).select_related("campaign").order_by("-campaign__opens_on")
    rows = [{"row": row, "takes": row.campaign.takes_answers(today)} for row in mine]
    return render(request, "screening/participation_list.html", {"rows": rows})


@own
@never_cache
@require_http_methods(["GET", "POST"])
def participation_agree(request: Request, pk: UUID) -> HttpResponse:
    row = fetch_own(request, pk)
    form = AgreeForm(request.POST or None)
    if form.is_valid():
        try:
            agree(participation=row, by=request.user, at=now(), **form.versions)
            return _to_next_paper(request, row)
        except Refused as refused:
            form = AgreeForm()
            messages.error(request, str(refused.message))
    # Papers are laid out when the student agrees.
    elif request.method == "GET" and row.consented_at is not None and _next_paper(request, row):
        return redirect("screening:participation-start", pk)
    return agree_page(request, row, form)


@own
@require_POST
def participation_decline(request: Request, pk: UUID) -> HttpResponse:
    row = fetch_own(request, pk)
    done = _("All right. Nothing follows from it, and you may think again while the screening is open.")
    to = "screening:participation-list"
    return act(request, decline, done=done, to=to, participation=row, by=request.user, at=now())


@own
@require_GET
def participation_start(request: Request, pk: UUID) -> HttpResponse:
    return _to_next_paper(request, fetch_own(request, pk))


@own
@sealed
@require_GET
def participation_feedback(request: Request, pk: UUID) -> HttpResponse:
    row = fetch_own(request, pk)
    released = row.campaign.told_students_at is not None and row.finished_at is not None
    context = {"row": row, "tone": tone_for(row).value if released else ""}
    return render(request, "screening/participation_feedback.html", context)


@own
@never_cache
@require_http_methods(["GET", "POST"])
def paper_answer(request: Request, pk: UUID) -> HttpResponse:
    paper = _fetch(request, pk)
    if paper.submitted_at is not None:
        return redirect("screening:paper-done", pk)
    if not consent_stands(paper) or not paper.participation.campaign.takes_answers(localdate()):
        return redirect("screening:participation-agree", paper.participation_id)
    sheet = Questionnaire(paper, request.POST.get("page") or request.GET.get("page"))
    refusal = _save_page(request, paper, sheet) if request.method == "POST" else None
    if request.method == "POST" and refusal is None:
        return redirect(f"{reverse('screening:paper-answer', args=[pk])}?page={sheet.page_after()}")
    return paper_page(request, paper, sheet, refusal)


@own
@require_POST
def paper_save(request: Request, pk: UUID) -> JsonResponse:
    try:
        paper = _fetch(request, pk)
        message = message_of(request.body)
        saved = save_answers(paper=paper, message=message, by=request.user, at=now())
    except Refused as refused:
        over = refused.code in OVER
        answer = {"code": refused.code, "message": str(refused.message), "over": over}
        return JsonResponse(answer, status=UNPROCESSABLE)
    except IdentityUnproved:
        return JsonResponse({"code": "unproved", "message": str(UNPROVED), "over": True}, status=UNPROCESSABLE)
    except RawPostDataException:
        # A form with files was sent in place of JSON, and has been read already.
        return JsonResponse({"code": "broken", "message": str(BROKEN), "over": False}, status=UNPROCESSABLE)
    return JsonResponse({"saved": message.number, "answered": saved.paper.answered, "help": saved.called})


@own
@require_POST
def paper_submit(request: Request, pk: UUID) -> HttpResponse:
    _fetch(request, pk)
    try:
        message = message_of(request.POST.get("message", ""))
        is_checked = "checked" in request.POST
        submit_paper(paper=pk, message=message, by=request.user, at=now(), is_checked=is_checked)
    except Paper.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        messages.error(request, str(refused.message))
        to = reverse("screening:paper-answer", args=[pk])
        return redirect(f"{to}?checked=1" if refused.code == IMPLAUSIBLE else to)
    return redirect("screening:paper-done", pk)


@own
@never_cache
@require_GET
def paper_done(request: Request, pk: UUID) -> HttpResponse:
    try:
        paper, papers = own_paper_with_others(pk=pk, by=request.user)
    except Paper.DoesNotExist as missing:
        raise Http404 from missing
    if paper.submitted_at is None:
        return redirect("screening:paper-answer", pk)
    following = _first_to_answer(papers)
    context = {"paper": paper, "campaign": paper.participation.campaign, "following": following}
    return render(request, "screening/paper_done.html", {**context, "called": Questionnaire(paper).called})


def _next_paper(request: Request, row: Participation) -> Paper | None:
    return _first_to_answer(own_papers(participation=row.pk, by=request.user))


def _to_next_paper(request: Request, row: Participation) -> HttpResponse:
    paper = _next_paper(request, row)
    if paper is not None:
        return redirect("screening:paper-answer", paper.pk)
    if row.finished_at is None:
        return redirect("screening:participation-agree", row.pk)
    return redirect("screening:participation-list")


def _fetch(request: Request, pk: UUID) -> Paper:
    try:
        paper = own_paper(pk=pk, by=request.user)
    except Paper.DoesNotExist as missing:
        raise Http404 from missing
    # SECURITY: whoever reset the password reads no answer that was given before, and adds none to them.
    reset_at = request.user.reset_at
    if reset_at is not None and paper.answered and paper.saved_at < reset_at and not proves_identity(request):
        raise IdentityUnproved
    return paper


def _first_to_answer(papers: Iterable[Paper]) -> Paper | None:
    """The first paper that can be answered now: not handed in, the window open, the student's consent standing."""
    for paper in papers:
        if paper.submitted_at is None:
            takes_answers = paper.participation.campaign.takes_answers(localdate())
            return paper if takes_answers and consent_stands(paper) else None
    return None


def _save_page(request: Request, paper: Paper, sheet: Questionnaire) -> Refused | None:
    """Keep the answers of one page sent without a script; the refusal if they cannot be taken."""
    seconds = (now() - paper.saved_at).total_seconds()
    message = page_answers(request.POST, sheet.items, seconds=seconds)
    try:
        if message.answers:
            save_answers(paper=paper, message=message, by=request.user, at=now())
        sheet.reread()
        sheet.check_page()
    except Refused as refused:
        sheet.keep_typed(message)
        return refused
    return None
