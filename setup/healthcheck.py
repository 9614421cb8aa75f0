"""Exit 0 when the web process of this machine answers on /healthz; asks as the outer proxy would."""

import http.client
import os
import sys
from urllib.parse import urlsplit


def main() -> int:
    portal = urlsplit(os.environ.get("PORTAL_URL", "http://localhost:8000"))
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT") or 8000), timeout=4)
    try:
        connection.request("GET", "/healthz", headers={"Host": portal.netloc, "X-Forwarded-Proto": portal.scheme})
        return 0 if connection.getresponse().status == http.HTTPStatus.OK else 1
    except OSError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
