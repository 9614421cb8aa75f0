from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import now
from django.views.decorators.cache import never_cache

from kernel.errors import Refused
from kernel.printing import files_of, read_file
from kernel.web import Request, require_GET
from network.access import own, sealed


@own
@sealed
@never_cache
@require_GET
def printed_file(request: Request, pk: UUID) -> HttpResponse:
    at = now()
    file = get_object_or_404(files_of(request.user, at=at), pk=pk)
    try:
        content = read_file(file=file, by=request.user, at=at)
    except Refused as refused:
        raise PermissionDenied(str(refused.message)) from refused
    headers = {"Content-Disposition": f'attachment; filename="{file.file_name}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
