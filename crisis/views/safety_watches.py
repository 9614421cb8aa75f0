from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crisis import policies
from crisis.forms.safety_watches import EndWatchForm, HandOverForm, StartWatchForm, TurnForm
from crisis.models import Case, SafetyWatch, WatchShift
from crisis.services.care.safety_watches import add_turn, cancel_turn, end_watch, gaps_of, hand_over, start_watch
from crisis.services.cases.recipients import candidates
from crisis.views.form_pages import Words, act_on, form_page, now_of, opened
from crisis.views.shared import READING, WRITING, Panel, fetch_case, fetch_to_write
from kernel.web import Request, require_GET, require_http_methods, require_POST
from network.access import requires
from network.services import record_look

A_TURN = timedelta(hours=6)
START = Words(
    _("Begin a safety watch"),
    _("Begin the watch"),
    _("The watch has begun. Put the next turns on the roster."),
    _("The student is not left alone until family or hospital take over. Two people at a time, day and night."),
)
WORDS: dict[str, tuple[Any, str, Any]] = {
    "turn": (_("Next turn"), "user-plus", _("Put on the roster")),
    "end": (_("Hand over to family or hospital"), "house", _("End the watch")),
}


@requires(*WRITING, seen_by=READING)
@require_http_methods(["GET", "POST"])
def watch_start(request: Request, pk: UUID) -> HttpResponse:
    case, at = fetch_to_write(request, pk), timezone.now()
    first = {"starts_at": now_of(at), "ends_at": now_of(at + A_TURN)}
    form = StartWatchForm(candidates(case, at), request.POST or None, initial=first)

    def act() -> SafetyWatch:
        data = form.cleaned_data
        details = {"place": data["place"], "instructions": data["instructions"]}
        return start_watch(case=case, turn=form.turn, by=request.user, at=at, **details)

    return form_page(request, case, form, act, words=START, to=lambda watch: _address(case, watch))


@requires(*READING)
@require_GET
def watch_detail(request: Request, pk: UUID, watch: UUID) -> HttpResponse:
    case = fetch_case(request, pk)
    return _page(request, case, _fetch(request, case, watch), 200, None)


@requires(*WRITING, seen_by=READING)
@require_POST
def watch_turn(request: Request, pk: UUID, watch: UUID) -> HttpResponse:
    at = timezone.now()
    form = TurnForm(candidates(fetch_to_write(request, pk), at), request.POST, auto_id="turn-%s")

    def act(row: SafetyWatch) -> None:
        add_turn(watch=row, turn=form.turn, by=request.user, at=at)

    return _act(request, pk, watch, "turn", form, act, _("They are on the roster."))


@requires(*WRITING, seen_by=READING)
@require_POST
def watch_end(request: Request, pk: UUID, watch: UUID) -> HttpResponse:
    form = EndWatchForm(request.POST, auto_id="end-%s")

    def act(row: SafetyWatch) -> None:
        handed_to = form.cleaned_data["handed_to"]
        end_watch(watch=row, handed_to=handed_to, by=request.user, at=timezone.now())

    return _act(request, pk, watch, "end", form, act, _("The watch has ended. Thank everybody who was there."))


@requires(*WRITING, seen_by=READING)
@require_POST
def watch_hand_over(request: Request, pk: UUID, watch: UUID, shift: UUID) -> HttpResponse:
    form = HandOverForm(request.POST, auto_id="over-%s")

    def act(row: SafetyWatch) -> None:
        turn = get_object_or_404(row.shifts, pk=shift)
        hand_over(shift=turn, handover=form.cleaned_data["handover"], by=request.user, at=timezone.now())

    return _act(request, pk, watch, f"over-{shift}", form, act, _("Handed over, thank you."))


@requires(*WRITING, seen_by=READING)
@require_POST
def watch_cancel(request: Request, pk: UUID, watch: UUID, shift: UUID) -> HttpResponse:
    def act(row: SafetyWatch) -> None:
        cancel_turn(shift=get_object_or_404(row.shifts, pk=shift), by=request.user, at=timezone.now())

    done = _("Taken off the roster. See whether there is a gap now.")
    return _act(request, pk, watch, "cancel", forms.Form({}), act, done)


def _act(request: Request, pk: UUID, watch: UUID, key: str, form: Any, act: Any, done: Any) -> HttpResponse:
    case = fetch_to_write(request, pk)
    row = _fetch(request, case, watch)

    def show(status: int, sent: Panel | None) -> HttpResponse:
        return _page(request, case, _fetch(request, case, watch), status, sent)

    panel = _panel(key, form, case, row)
    return act_on(request, panel, lambda: act(row), done=done, to=_address(case, row), show=show)


def _page(request: Request, case: Case, watch: SafetyWatch, status: int, sent: Panel | None) -> HttpResponse:
    at = timezone.now()
    record_look(action="watch.read", student=case.student, by=request.user, at=at, purpose="crisis", obj=watch)
    goes_on = watch.ended_at is None and policies.may_manage(request.user, case)
    shifts = list(watch.shifts.all())
    context = {
        "case": case,
        "watch": watch,
        "at": at,
        "gaps": gaps_of(watch, at=at),
        "turns": [(shift, _hand_over(shift, case, watch, sent) if goes_on else None) for shift in shifts],
        "panels": opened(_panels(case, watch) if goes_on else [], sent if sent and sent.key in WORDS else None),
        "stray": sent if sent and sent.key not in WORDS else None,
    }
    return render(request, "crisis/watch_detail.html", context, status=status)


def _panels(case: Case, watch: SafetyWatch) -> list[Panel]:
    at = timezone.now()
    begins = max([at, *(shift.ends_at for shift in watch.shifts.all())])
    first = {"starts_at": now_of(begins), "ends_at": now_of(begins + A_TURN)}
    turn = TurnForm(candidates(case, at), initial=first, auto_id="turn-%s")
    return [_panel("turn", turn, case, watch), _panel("end", EndWatchForm(auto_id="end-%s"), case, watch)]


def _hand_over(shift: WatchShift, case: Case, watch: SafetyWatch, sent: Panel | None) -> Panel | None:
    """The panel by which a turn that has begun is handed over."""
    key = f"over-{shift.pk}"
    if shift.handed_over_at is not None or shift.starts_at > timezone.now():
        return None
    if sent and sent.key == key:
        return sent
    return _panel(key, HandOverForm(auto_id=f"{key}-%s"), case, watch)


def _panel(key: str, form: Any, case: Case, watch: SafetyWatch) -> Panel:
    if key in WORDS:
        label, icon, action = WORDS[key]
        return Panel(key, label, icon, action, form, reverse(f"crisis:watch-{key}", args=[case.pk, watch.pk]))
    url = ""
    if key.startswith("over-"):
        url = reverse("crisis:watch-hand-over", args=[case.pk, watch.pk, UUID(key.removeprefix("over-"))])
    return Panel(key, _("Hand over"), "arrow-right-left", _("Hand over"), form, url)


def _fetch(request: Request, case: Case, pk: UUID) -> SafetyWatch:
    watches = SafetyWatch.objects.visible_to(request.user).select_related("case", "started_by", "ended_by")
    watch: SafetyWatch = get_object_or_404(watches.prefetch_related("shifts__person"), case=case, pk=pk)
    return watch


def _address(case: Case, watch: SafetyWatch) -> str:
    return reverse("crisis:watch-detail", args=[case.pk, watch.pk])
