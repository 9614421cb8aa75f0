from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.utils.translation import gettext as _

from kernel.web import Request, require_http_methods
from network.access import requires
from network.forms.units import SchoolForm
from network.models import Unit
from network.rules import Ability
from network.services import rename_school


@requires(Ability.CONFIGURE)
@require_http_methods(["GET", "POST"])
def school_edit(request: Request) -> HttpResponse:
    school = Unit.objects.schools().visible_to(request.user, Ability.CONFIGURE).first()
    if school is None:
        raise PermissionDenied
    form = SchoolForm(request.POST or None, initial={"name": school.name})
    if form.is_valid():
        rename_school(school=school, name=form.cleaned_data["name"], by=request.user, at=now())
        messages.success(request, _("The new name is in use."))
        return redirect("network:school-edit")
    context = {"school": school, "form": form}
    return render(request, "network/school_edit.html", context, status=422 if form.is_bound else 200)
