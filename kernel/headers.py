"""What every answer tells the browser about keeping and lending it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header, patch_vary_headers

# No page uses what a browser can lend; a page that comes to need the camera or the place has to say so here.
UNUSED = (
    "accelerometer",
    "browsing-topics",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "serial",
    "usb",
)
PERMISSIONS = ", ".join(f"{name}=()" for name in UNUSED)


class HeadersMiddleware:
    """Outermost, so that files, errors and redirects carry them too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        # SECURITY: no other site builds our pictures, scripts and answers into its own pages.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_personal(response):
            keep_nowhere(response)
        return response


def is_personal(response: HttpResponse) -> bool:
    """Whatever depends on who asks, and whatever does not say itself how long it may be kept."""
    return has_vary_header(response, "Cookie") or not response.has_header("Cache-Control")


def keep_nowhere(response: HttpResponse) -> None:
    # SECURITY: on a shared computer the next person would read it by going back.
    if "no-store" not in response.get("Cache-Control", ""):
        response["Cache-Control"] = "no-store"
    # A part and a whole page may answer one address.
    patch_vary_headers(response, ["HX-Request", "Cookie"])
