from django.db import Error as DatabaseFailure
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.utils.timezone import now

from crisis.services.alarms import watchdog
from kernel.web import require_GET
from network.access import public


@public
@require_GET
def healthz(request: HttpRequest) -> JsonResponse:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "ok"})


@public
@require_GET
def healthz_alarms(request: HttpRequest) -> JsonResponse:
    try:
        troubles = watchdog.troubles(at=now())
    except DatabaseFailure:
        return JsonResponse({"status": "down"}, status=503)
    told = [{"what": one.what.value, "count": one.count, "since": one.since} for one in troubles]
    return JsonResponse({"status": "stuck" if told else "ok", "troubles": told}, status=503 if told else 200)
