"""An identity provider of SAML in a few lines: it believes whoever says a number."""

import base64
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml import XMLSigner

ENTITY = "https://idp.mingde.example/saml"
P = "urn:oasis:names:tc:SAML:2.0"


@dataclass
class Identity:
    """A key with its certificate, signed by itself."""

    host: str = "localhost"

    @cached_property
    def key(self) -> rsa.RSAPrivateKey:
        return rsa.generate_private_key(public_exponent=65537, key_size=2048)

    @cached_property
    def certificate(self) -> str:
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.host)])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, self.key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=9))
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(self.host)]), critical=False)
        signed = builder.sign(self.key, hashes.SHA256())
        return signed.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def pem(self) -> str:
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        return self.key.private_bytes(serialization.Encoding.PEM, form, plain).decode()


def read_request(location: str) -> tuple[str, str, str]:
    """Id, consumer address and issuer of the request in an address that the portal has led to."""
    packed = parse_qs(urlsplit(location).query)["SAMLRequest"][0]
    request = etree.fromstring(zlib.decompress(base64.b64decode(packed), -15))
    issuer = request.findtext(f"{{{P}:assertion}}Issuer")
    return request.get("ID"), request.get("AssertionConsumerServiceURL"), issuer or ""


def answer(location: str, number: str, identity: Identity, *, age: timedelta = timedelta(0)) -> tuple[str, str]:
    """Where to post the signed answer, and the answer."""
    request_id, consumer, audience = read_request(location)
    now = datetime.now(UTC) - age

    def at(minutes: int) -> str:
        return (now + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assertion_id, response_id = f"_{uuid4().hex}", f"_{uuid4().hex}"
    assertion = f"""<saml:Assertion xmlns:saml="{P}:assertion" ID="{assertion_id}" Version="2.0"
IssueInstant="{at(0)}">
<saml:Issuer>{ENTITY}</saml:Issuer><saml:Subject><saml:NameID>{escape(number)}</saml:NameID>
<saml:SubjectConfirmation Method="{P}:cm:bearer"><saml:SubjectConfirmationData InResponseTo="{request_id}"
Recipient="{consumer}" NotOnOrAfter="{at(5)}"/></saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{at(-5)}" NotOnOrAfter="{at(5)}"><saml:AudienceRestriction><saml:Audience>{audience}
</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{at(0)}"
SessionIndex="{assertion_id}"><saml:AuthnContext><saml:AuthnContextClassRef>{P}:ac:classes:Password
</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement></saml:Assertion>""".replace("\n<", "<")
    signer = XMLSigner(c14n_algorithm="http://www.w3.org/2001/10/xml-exc-c14n#")
    root = etree.fromstring(assertion.replace("\n</", "</"))
    signed = signer.sign(root, key=identity.pem, cert=identity.certificate, reference_uri=assertion_id)
    # The signature stands right after the issuer.
    signature = signed.find("{http://www.w3.org/2000/09/xmldsig#}Signature")
    signed.insert(1, signature)
    response = f"""<samlp:Response xmlns:samlp="{P}:protocol" xmlns:saml="{P}:assertion" ID="{response_id}"
Version="2.0" IssueInstant="{at(0)}" Destination="{consumer}" InResponseTo="{request_id}">
<saml:Issuer>{ENTITY}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="{P}:status:Success"/></samlp:Status>%s</samlp:Response>"""
    body = response % etree.tostring(signed).decode()
    return consumer, base64.b64encode(body.encode()).decode()


@contextmanager
def running_saml(identity: Identity) -> Iterator[str]:
    """The address of a sign-in page that asks for a number and posts the answer back."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = parse_qs(urlsplit(self.path).query)
            if "number" in asked:
                consumer, packed = answer(self.path, asked["number"][0], identity)
                form = f'<form method="post" action="{consumer}">'
                form += f'<input type="hidden" name="SAMLResponse" value="{packed}">'
            else:
                form = f'<form><input type="hidden" name="SAMLRequest" value="{escape(asked["SAMLRequest"][0])}">'
                form += '<input name="number">'
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<!doctype html><title>IdP</title>{form}<button>Go</button></form>".encode())

        def log_message(self, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}/sso"
    server.shutdown()
    server.server_close()
    thread.join()
