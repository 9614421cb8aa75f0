"""From a few plain settings to what allauth wants to know of each way in. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

Given = Mapping[str, str]


def providers(*, name: str, cas: Given, oidc: Given, saml: Given) -> dict[str, dict[str, Any]]:
    """Those that have an address; `name`: what the university calls its sign-in."""
    found: dict[str, dict[str, Any]] = {}
    if cas["url"]:
        server = cas["url"].rstrip("/") + "/"
        settings = {"server_url": server, "number_attribute": cas["attribute"]}
        found["cas"] = {"APPS": [_app(name or "CAS", "cas", settings)]}
    if oidc["url"]:
        app = _app(name or "OpenID", "oidc", {"server_url": oidc["url"], "uid_field": oidc["claim"]})
        keys = {"client_id": oidc["client_id"], "secret": oidc["secret"]}
        found["openid_connect"] = {"APPS": [app | keys], "OAUTH_PKCE_ENABLED": True}
    if saml["url"]:
        found["saml"] = {"APPS": [_app(name or "SAML", "saml", _saml(saml))]}
    return found


def origins(*addresses: str) -> list[str]:
    """Scheme and host of each address: where a form may lead a browser on to."""
    parts = [urlsplit(address) for address in addresses if address]
    return list(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))


def _app(name: str, key: str, settings: dict[str, Any]) -> dict[str, Any]:
    return {"provider_id": key, "client_id": key, "name": name, "settings": settings}


def _saml(given: Given) -> dict[str, Any]:
    return {
        "idp": {"entity_id": given["entity_id"], "sso_url": given["url"], "x509cert": given["certificate"]},
        # Without a named attribute the number is the NameID.
        "attribute_mapping": {"uid": given["attribute"]} if given["attribute"] else {},
        # SECURITY: what is not signed, or was not asked for from here, is refused.
        "advanced": {
            "strict": True,
            "want_assertion_signed": True,
            "want_attribute_statement": False,
            "reject_idp_initiated_sso": True,
        },
    }
