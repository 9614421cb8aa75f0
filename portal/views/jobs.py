from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import now

from kernel import jobs
from kernel.errors import Refused
from kernel.models import Job
from kernel.web import Request, require_GET, require_POST
from network.access import own


@own
@require_GET
def job_detail(request: Request, pk: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.started_by(request.user), pk=pk)
    template = "portal/job_part.html" if request.headers.get("HX-Request") else "portal/job_detail.html"
    return render(request, template, {"job": job})


@own
@require_POST
def job_retry(request: Request, pk: UUID) -> HttpResponse:
    job = get_object_or_404(Job.objects.started_by(request.user), pk=pk)
    try:
        jobs.retry(job=job, by=request.user, at=now())
    except Refused as refused:
        messages.error(request, str(refused.message))
    return redirect("job-detail", pk=pk)
