from urllib.parse import quote

from django.http import HttpResponse

from kernel.uploads.accepting import Upload


def as_download(upload: Upload) -> HttpResponse:
    """The kept file as a download: never shown within a page of the portal, never kept by a browser or a proxy."""
    response = HttpResponse(upload.content, content_type=upload.media_type)
    suffix = upload.name.rpartition(".")[2]
    response["Content-Disposition"] = f"attachment; filename=\"file.{suffix}\"; filename*=UTF-8''{quote(upload.name)}"
    # SECURITY: a PDF may carry scripts; it is saved, and if a browser opens it all the same, it has no rights here.
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
