from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from kernel.web import Request, perform, require_http_methods
from network.access import own
from network.forms.phones import OwnPhoneForm
from network.services.staff_phones import set_own_phone, staff_phones


@own
@require_http_methods(["GET", "POST"])
def own_phone(request: Request) -> HttpResponse:
    """The number of the signed-in member of staff."""
    user = request.user
    form = OwnPhoneForm(request.POST or None, initial={"phone": staff_phones([user.pk]).get(user.pk, "")})

    def act() -> None:
        set_own_phone(phone=form.cleaned_data["phone"], by=user, at=now())

    def page(status: int) -> HttpResponse:
        return render(request, "network/own_phone.html", {"form": form}, status=status)

    if request.method == "GET":
        return page(200)
    return perform(request, form, act, done=_("Your number is saved."), to=request.path, page=page)
