"""Somebody at a browser, over a real connection."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPResponse
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

from tests.factories import PASSWORD


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@dataclass
class Browser:
    address: str
    cookies: CookieJar = field(default_factory=CookieJar)

    def sign_in(self, number: str) -> int:
        self.get("/accounts/login/")
        return self.post("/accounts/login/", {"login": number, "password": PASSWORD})[0]

    def get(self, path: str) -> tuple[int, str]:
        return self._open(urllib.request.Request(self.address + path))

    def post(self, path: str, fields: dict[str, Any]) -> tuple[int, str]:
        return self._send(path, urlencode(fields, doseq=True).encode(), {})

    def send(self, path: str, message: dict[str, Any]) -> tuple[int, str]:
        """Post a message as the scripts of a page do."""
        return self._send(path, json.dumps(message).encode(), {"Content-Type": "application/json"})

    def _send(self, path: str, body: bytes, heads: dict[str, str]) -> tuple[int, str]:
        token = next(cookie.value for cookie in self.cookies if cookie.name == "csrftoken")
        return self._open(urllib.request.Request(self.address + path, body, {"X-CSRFToken": token or "", **heads}))

    def _open(self, request: urllib.request.Request) -> tuple[int, str]:
        opener = urllib.request.build_opener(NoRedirect, urllib.request.HTTPCookieProcessor(self.cookies))
        try:
            answer: HTTPResponse | urllib.error.HTTPError = opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            return int(answer.status or 0), answer.read().decode()
