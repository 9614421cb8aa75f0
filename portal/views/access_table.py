from django.http import HttpResponse
from django.shortcuts import render

from kernel.web import Request, require_GET
from network.access import requires
from network.rules import Ability
from portal.access_table import AccessFilter, table


@requires(Ability.VIEW_AUDIT, Ability.MANAGE_ACCESS)
@require_GET
def access_table(request: Request) -> HttpResponse:
    form = AccessFilter(request.GET)
    context = {"form": form, "chips": form.chips(request), "rows": form.apply(table())}
    return render(request, "portal/access_table.html", context)
