from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from kernel import audit
from kernel.web import Request, require_GET
from network.access import own
from portal.search import SearchForm, search


@own
@never_cache
@require_GET
def search_page(request: Request) -> HttpResponse:
    """One's own menu, and units and students in one's scope. Finding students is recorded, as in their list."""
    form = SearchForm(request.GET)
    found = search(request.user, form.words) if form.words else None
    if found is not None and found.students is not None:
        detail = {"filters": form.asked, "page": 1, "rows": len(found.students)}
        audit.record(action="student.list", by=request.user, at=now(), detail=detail)
    return render(request, "portal/search.html", {"form": form, "found": found, "words": form.words})
