"""Compressed pages, and static files that browsers keep."""

from django.middleware.gzip import GZipMiddleware
from whitenoise.middleware import WhiteNoiseMiddleware

TEXT_TYPES = ("text/html", "text/css", "text/javascript", "application/javascript", "application/json", "image/svg+xml")
OK = 200


class CompressionMiddleware(GZipMiddleware):
    """Compresses pages, JSON, styles and scripts. PDFs, workbooks and pictures are compressed already."""

    # SECURITY: against BREACH, the size of a page must not show what is in it. Django masks the CSRF token anew for
    # each answer and adds a file name of random length, and the session cookie (SameSite=Lax) does not come with
    # requests that another site's page makes in the background.
    def process_response(self, request, response):  # type: ignore[no-untyped-def]
        is_text = response.get("Content-Type", "").partition(";")[0] in TEXT_TYPES
        if response.status_code != OK or not is_text:
            return response
        return super().process_response(request, response)


class StaticFilesMiddleware(WhiteNoiseMiddleware):
    """WhiteNoise; a file with its hash in the name is kept for a year."""

    FOREVER = 365 * 24 * 3600
