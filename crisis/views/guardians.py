from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms.guardians import AttemptForm, ReachedForm, SignatureForm, StartNoticeForm
from crisis.models import Case, CaseFile, GuardianNotice
from crisis.services.care.guardians import next_to_try, note_reached, note_signature, start_notice, try_to_reach
from crisis.services.cases.recipients import candidates
from crisis.views.form_pages import Words, act_on, form_page, opened
from crisis.views.shared import READING, WRITING, Panel, fetch_case, fetch_to_write
from kernel.uploads import as_download
from kernel.web import Request, require_GET, require_http_methods, require_POST
from network.access import requires
from network.services import record_look

START = Words(
    _("Tell the family"),
    _("Begin"),
    _("Now phone; write each attempt down here, also the vain ones."),
    _("On which ground the family is told. The attempts, what was said and the signature follow on the next page."),
)
WORDS: dict[str, tuple[Any, str, Any]] = {
    "attempt": (_("An attempt to reach somebody"), "phone", _("Write down the attempt")),
    "reached": (_("Somebody was reached"), "message-circle", _("Write down what passed")),
    "sign": (_("Signature"), "signature", _("Keep")),
}


@requires(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def guardian_start(request: Request, pk: UUID) -> HttpResponse:
    case = fetch_to_write(request, pk)
    form = StartNoticeForm(request.POST or None)

    def act() -> GuardianNotice:
        ground = form.cleaned_data["legal_ground"]
        return start_notice(case=case, legal_ground=ground, by=request.user, at=timezone.now())

    return form_page(request, case, form, act, words=START, to=lambda notice: _address(case, notice))


@requires(*READING)
@require_GET
def guardian_detail(request: Request, pk: UUID, notice: UUID) -> HttpResponse:
    case = fetch_case(request, pk)
    return _page(request, case, _fetch(request, case, notice), 200, None)


@requires(*WRITING, seen_by=READING)
@require_POST
def guardian_attempt(request: Request, pk: UUID, notice: UUID) -> HttpResponse:
    form = AttemptForm(request.POST, auto_id="attempt-%s")

    def act(row: GuardianNotice) -> None:
        try_to_reach(notice=row, attempt=form.attempt, by=request.user, at=timezone.now())

    return _act(request, pk, notice, "attempt", form, act, _("The attempt is written down."))


@requires(*WRITING, seen_by=READING)
@require_POST
def guardian_reached(request: Request, pk: UUID, notice: UUID) -> HttpResponse:
    at = timezone.now()
    form = ReachedForm(candidates(fetch_to_write(request, pk), at), request.POST, auto_id="reached-%s")

    def act(row: GuardianNotice) -> None:
        note_reached(notice=row, contact=form.contact, by=request.user, at=at)

    return _act(request, pk, notice, "reached", form, act, _("Written down. Now the signature, if there is one."))


@requires(*WRITING, seen_by=READING)
@require_POST
def guardian_sign(request: Request, pk: UUID, notice: UUID) -> HttpResponse:
    form = SignatureForm(request.POST, request.FILES, auto_id="sign-%s")

    def act(row: GuardianNotice) -> None:
        note_signature(notice=row, by=request.user, at=timezone.now(), **form.cleaned_data)

    return _act(request, pk, notice, "sign", form, act, _("Kept, thank you."))


@requires(*READING)
@require_GET
def file_read(request: Request, pk: UUID, file: UUID) -> HttpResponse:
    """A scan that belongs to the case, as a download; the reading is recorded."""
    case = fetch_case(request, pk)
    scan: CaseFile = get_object_or_404(CaseFile.objects.visible_to(request.user), case=case, pk=file)
    at = timezone.now()
    record_look(action="case_file.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=scan)
    return as_download(scan.upload)


def _act(request: Request, pk: UUID, notice: UUID, key: str, form: Any, act: Any, done: Any) -> HttpResponse:
    case = fetch_to_write(request, pk)
    row = _fetch(request, case, notice)
    panel = _panel(key, form, case, row)

    def show(status: int, sent: Panel | None) -> HttpResponse:
        return _page(request, case, _fetch(request, case, notice), status, sent)

    return act_on(request, panel, lambda: act(row), done=done, to=_address(case, row), show=show)


def _page(request: Request, case: Case, notice: GuardianNotice, status: int, sent: Panel | None) -> HttpResponse:
    at = timezone.now()
    record_look(action="guardian.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=notice)
    panels = _panels(request, case, notice) if case.is_open and policies.may_manage(request.user, case) else []
    context = {"case": case, "notice": notice, "at": at, "panels": opened(panels, sent)}
    return render(request, "crisis/guardian_detail.html", context, status=status)


def _panels(request: Request, case: Case, notice: GuardianNotice) -> list[Panel]:
    phone = case.student.guardian_phone
    panels = []
    if notice.reached_at is None:
        whom = next_to_try(notice, has_number=bool(phone))
        first = {"whom": whom.value, "number": phone if whom == "guardian" else ""}
        panels.append(_panel("attempt", AttemptForm(initial=first, auto_id="attempt-%s"), case, notice))
        known = {"caller": request.user.pk, "reached_name": case.student.guardian_name}
        known |= {"relation": case.student.guardian_relation}
        people = candidates(case, timezone.now())
        panels.append(_panel("reached", ReachedForm(people, initial=known, auto_id="reached-%s"), case, notice))
    elif notice.signature == GuardianNotice.Signature.NONE:
        panels.append(_panel("sign", SignatureForm(auto_id="sign-%s"), case, notice))
    return panels


def _panel(key: str, form: Any, case: Case, notice: GuardianNotice) -> Panel:
    label, icon, action = WORDS[key]
    return Panel(key, label, icon, action, form, reverse(f"crisis:guardian-{key}", args=[case.pk, notice.pk]))


def _fetch(request: Request, case: Case, pk: UUID) -> GuardianNotice:
    notices = GuardianNotice.objects.visible_to(request.user).select_related("case", "caller")
    notice: GuardianNotice = get_object_or_404(notices.prefetch_related("attempts__by"), case=case, pk=pk)
    return notice


def _address(case: Case, notice: GuardianNotice) -> str:
    return reverse("crisis:guardian-detail", args=[case.pk, notice.pk])
