from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from crisis.models import Disclosure
from kernel.web import Request, require_GET
from network.access import requires
from network.rules import Ability
from network.services import record_look


@requires(Ability.HANDLE_ALARM)
@never_cache
@require_GET
def disclosure_detail(request: Request, pk: UUID) -> HttpResponse:
    rows = Disclosure.objects.visible_to(request.user, Ability.HANDLE_ALARM)
    row = get_object_or_404(rows.select_related("student__school", "school_class", "dorm", "told_by"), pk=pk)
    record_look(action="alarm.read_told", student=row.student, by=request.user, at=timezone.now(), discreet=True)
    return render(request, "crisis/disclosure_detail.html", {"row": row})
