from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from kernel.web import Request, page_of, require_GET
from network.access import own
from network.models import Student
from network.services import looks_at
from portal.look_words import told_by_day

LOOKS_A_PAGE = 50


@own
@never_cache
@require_GET
def look_list(request: Request) -> HttpResponse:
    student = get_object_or_404(Student.objects.for_user(request.user))
    looks = looks_at(student=student, at=now()).only("at", "action", "object_type", "role", "purpose")
    page = page_of(request, told_by_day(looks.iterator()), LOOKS_A_PAGE)
    return render(request, "portal/look_list.html", {"page": page})
