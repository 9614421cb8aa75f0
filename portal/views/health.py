import hmac

from django.conf import settings
from django.db import Error as DatabaseFailure
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.timezone import now

from crisis.services.alarms import watchdog
from kernel.web import require_GET
from network.access import public
from portal.operations import doctor, metrics


@public
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether this process lives and the database answers."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "ok"})


@public
@require_GET
def readyz(request: HttpRequest) -> JsonResponse:
    """Whether pages may be served: keys, migrations and disk, besides the database."""
    try:
        troubles = list(doctor.not_ready(at=now()))
    except DatabaseFailure:
        troubles = ["database"]
    return JsonResponse(
        {"status": "not ready" if troubles else "ok", "troubles": troubles}, status=503 if troubles else 200
    )


@public
@require_GET
def healthz_alarms(request: HttpRequest) -> JsonResponse:
    """Whether alarms get through."""
    try:
        troubles = watchdog.troubles(at=now())
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    rows = [{"what": trouble.what.value, "count": trouble.count, "since": trouble.since} for trouble in troubles]
    return JsonResponse({"status": "stuck" if rows else "ok", "troubles": rows}, status=503 if rows else 200)


@public
@require_GET
def metrics_page(request: HttpRequest) -> HttpResponse:
    """Figures of operation for Prometheus. Without the right token nobody learns that there is such a page."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode()):
        raise Http404
    return HttpResponse(metrics.exposition(at=now()), content_type=metrics.CONTENT_TYPE)
