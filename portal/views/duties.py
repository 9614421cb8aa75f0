from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from kernel import audit
from kernel.web import Request, page_of, require_GET
from network.access import own
from portal.duties import owed_by, with_students
from portal.home import Home


@own
@never_cache
@require_GET
def duty_list(request: Request) -> HttpResponse:
    """All that the reader owes: reports that were sent back first, then duties by due time."""
    at = now()
    page = page_of(request, owed_by(request.user, at=at))
    rows = with_students(page.object_list, reader=request.user)
    named = sum(row.student is not None for row in rows)
    if named:
        audit.record(action="duty.list", by=request.user, at=at, detail={"rows": named})
    context = {"page": page, "rows": rows, "home": Home(request.user, at)}
    return render(request, "portal/duty_list.html", context)
