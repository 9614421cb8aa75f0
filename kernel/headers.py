"""Headers of every response: what browsers may cache, which other sites may use it, which devices pages may use."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import has_vary_header, patch_vary_headers

# No page uses these features of a browser; a page that needs the camera or the location must take it off this list.
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
        # SECURITY: no other site may load our pictures, scripts and responses into its own pages.
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if is_personal(response):
            keep_nowhere(response)
        return response


def is_personal(response: HttpResponse) -> bool:
    """Whether a response depends on the user, or does not say how long it may be cached."""
    return has_vary_header(response, "Cookie") or not response.has_header("Cache-Control")


def keep_nowhere(response: HttpResponse) -> None:
    # SECURITY: on a shared computer the next person could read the page with the back button.
    if "no-store" not in response.get("Cache-Control", ""):
        response["Cache-Control"] = "no-store"
    # One address may return a whole page or, to htmx, a part of it.
    patch_vary_headers(response, ["HX-Request", "Cookie"])
