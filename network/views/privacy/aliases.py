from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.web import UNPROCESSABLE, Request, require_http_methods
from network.access import requires, sealed
from network.models import Student, Unit
from network.rules import Ability
from network.services import resolve_alias

MOST = 9_223_372_036_854_775_807


class AliasForm(forms.Form):
    entry = forms.IntegerField(
        label=_("Entry of the audit log"),
        help_text=_("The auditor finds its number in the last column of the export."),
        min_value=1,
        max_value=MOST,
    )


@requires(Ability.ARRANGE_COUNSELING)
@sealed
@never_cache
@require_http_methods(["GET", "POST"])
def alias_resolve(request: Request) -> HttpResponse:
    form = AliasForm(request.POST or None)
    student = _resolved(request, form) if form.is_valid() else None
    status = UNPROCESSABLE if request.method == "POST" and student is None else 200
    return render(request, "network/privacy/alias_resolve.html", {"form": form, "student": student}, status=status)


def _resolved(request: Request, form: AliasForm) -> Student | None:
    schools = Unit.objects.schools().visible_to(request.user, Ability.ARRANGE_COUNSELING)
    for school in schools:
        try:
            return resolve_alias(school=school, entry=form.cleaned_data["entry"], by=request.user, at=now())
        except Refused as refused:
            form.add_error("entry", str(refused.message))
    return None
