"""CAS and OpenID servers, and a web server that nobody should trust."""

import json
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.faults.servers import answer_of
from tests.services import HOST, free_port, running
from tests.universities.saml import Identity


@contextmanager
def running_cas(folder: Path, *numbers: str) -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "tests.universities.cas_server", str(folder), str(port), *numbers]
    address = f"http://localhost:{port}"
    with running(command, is_ready=lambda: answer_of(f"http://{HOST}:{port}/login") == 200, log=folder / "cas.log"):
        yield address


@contextmanager
def running_oidc(folder: Path, *numbers: str) -> Iterator[str]:
    port = free_port()
    people = [json.dumps({"sub": f"sub-{number}", "preferred_username": number}) for number in numbers]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    command += [word for one in people for word in ("--user-claims", one)]
    known = f"http://{HOST}:{port}/.well-known/openid-configuration"
    with running(command, is_ready=lambda: answer_of(known) == 200, log=folder / "oidc.log"):
        yield f"http://localhost:{port}"


@contextmanager
def running_stranger(folder: Path, body: str = "<html>hello</html>", *, tls: bool = False) -> Iterator[str]:
    """A server that answers everything alike, with a certificate that nobody has vouched for if `tls`."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET  # noqa: N815

        def log_message(self, *args: object) -> None:
            return None

    server = ThreadingHTTPServer((HOST, 0), Page)
    if tls:
        identity = Identity()
        (folder / "server.pem").write_text(identity.pem + identity.certificate)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"{'https' if tls else 'http'}://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()
