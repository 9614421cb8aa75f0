"""What students read about a counselor, and the credentials."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from counseling.forms.desk import CredentialForm, ProfileForm
from counseling.models import Counselor, Credential
from counseling.services.staff import change_counselor, register_credential
from counseling.views.desk.own import own_counselor
from kernel.web import Request, perform, require_GET, require_http_methods, require_POST
from network.access import requires
from network.rules import Ability

ENDS_SOON = timedelta(days=60)
HOURS, CREDENTIALS = "counseling:hours-list", "counseling:credential-list"


@dataclass(frozen=True)
class CredentialRow:
    pk: UUID
    kind: str
    issuer: str
    valid_from: date
    valid_until: date | None
    state: str
    tone: str
    can_check: bool


@requires(Ability.TAKE_COUNSELING)
@require_http_methods(["GET", "POST"])
def profile_edit(request: Request) -> HttpResponse:
    counselor = own_counselor(request)
    if counselor is None:
        return not_listed(request)
    words = {"heading": _("What students read about me"), "back_url": reverse(HOURS), "back_label": _("My hours")}
    return edit_profile(request, counselor, words, to=reverse(HOURS))


def edit_profile(request: Request, counselor: Counselor, words: dict[str, Any], *, to: str) -> HttpResponse:
    form = ProfileForm(request.POST) if request.method == "POST" else ProfileForm.of(counselor)

    def page(status: int) -> HttpResponse:
        return render(request, "counseling/desk/form_page.html", {"form": form, **words}, status=status)

    def change() -> None:
        change_counselor(counselor=counselor, by=request.user, at=now(), **form.cleaned_data)

    if request.method == "GET":
        return page(200)
    return perform(request, form, change, done=gettext_lazy("Saved."), to=to, page=page)


@requires(Ability.TAKE_COUNSELING)
@require_GET
def credential_list(request: Request) -> HttpResponse:
    return _credentials(request, 200, CredentialForm())


@requires(Ability.TAKE_COUNSELING)
@require_POST
def credential_add(request: Request) -> HttpResponse:
    counselor, form = own_counselor(request), CredentialForm(request.POST)
    if counselor is None:
        return not_listed(request)

    def add() -> None:
        register_credential(counselor=counselor, by=request.user, at=now(), **form.cleaned_data)

    def page(status: int) -> HttpResponse:
        return _credentials(request, status, form)

    done = gettext_lazy("Kept. It counts once the director has seen the certificate.")
    return perform(request, form, add, done=done, to=reverse(CREDENTIALS), page=page)


def credential_rows(counselor: Counselor, *, can_check: bool) -> list[CredentialRow]:
    today = localdate()
    return [_row(row, today, can_check=can_check) for row in Credential.objects.filter(counselor=counselor)]


def _row(row: Credential, today: date, *, can_check: bool) -> CredentialRow:
    state, tone = state_of(row, today)
    return CredentialRow(
        pk=row.pk,
        kind=row.get_kind_display(),
        issuer=row.issuer,
        valid_from=row.starts_on,
        valid_until=row.ends_on,
        state=state,
        tone=tone,
        can_check=can_check and row.checked_at is None,
    )


def state_of(row: Credential, today: date) -> tuple[str, str]:
    """The state of a credential in a word, and its tone."""
    if row.ends_on is not None and row.ends_on < today:
        return pgettext("credential", "ended"), "late"
    if row.checked_at is None:
        return pgettext("credential", "not checked yet"), "wait"
    if row.ends_on is not None and row.ends_on <= today + ENDS_SOON:
        return pgettext("credential", "ends soon"), "late"
    return pgettext("credential", "valid"), "good"


def not_listed(request: Request) -> HttpResponse:
    """For counselors whom the director has not put on the list yet."""
    return render(request, "counseling/desk/not_listed.html", {})


def _credentials(request: Request, status: int, form: CredentialForm) -> HttpResponse:
    counselor = own_counselor(request)
    if counselor is None:
        return not_listed(request)
    context = {
        "heading": _("My credentials"),
        "back_url": reverse(HOURS),
        "back_label": _("My hours"),
        "credentials": credential_rows(counselor, can_check=False),
        "form": form,
        "add_url": reverse("counseling:credential-add"),
    }
    return render(request, "counseling/desk/credentials.html", context, status=status)
