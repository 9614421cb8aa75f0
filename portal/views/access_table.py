from django.http import HttpResponse
from django.shortcuts import render

from kernel.web import Request, require_GET
from network.access import requires
from network.models.labels import ROLE_LABELS
from network.rules import Ability
from portal.access_table import BY_LEVEL, AccessFilter, table, tasks_behind


@requires(Ability.VIEW_AUDIT, Ability.MANAGE_ACCESS)
@require_GET
def access_table(request: Request) -> HttpResponse:
    form = AccessFilter(request.GET)
    rows = form.apply(table())
    tasks = tasks_behind(rows, form.asked.get("role", ""))
    alike = [row for row in rows if not row.told]
    context = {"form": form, "chips": form.chips(request), "rows": rows, "tasks": tasks, "alike": alike}
    context["roles"] = [ROLE_LABELS[role] for role in BY_LEVEL]
    return render(request, "portal/access_table.html", context)
