"""Sign-in by a CAS server, as most universities run one, for allauth."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.base import Provider, ProviderAccount
from cas import CASClient, CASClientV3
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode


class CasProvider(Provider):
    id = "cas"
    name = "CAS"
    supports_redirect = True
    account_class = ProviderAccount

    def __init__(self, request: HttpRequest, app: Any = None) -> None:
        super().__init__(request, app)
        self.name = self.app.name

    def get_login_url(self, request: HttpRequest, **kwargs: Any) -> str:
        return f"{reverse('cas_login')}?{urlencode(kwargs)}".rstrip("?")

    def redirect(
        self, request: HttpRequest, process: Any, next_url: str | None = None, data: Any = None, **kwargs: Any
    ) -> HttpResponse:
        state = self.stash_redirect_state(request, process, next_url, data, **kwargs)
        return HttpResponseRedirect(self.client(request, state).get_login_url())

    def client(self, request: HttpRequest, state: str) -> CASClientV3:
        # SECURITY: the state is a part of the service, so a ticket is good for the browser alone that asked for it.
        service = f"{request.build_absolute_uri(reverse('cas_callback'))}?{urlencode({'state': state})}"
        session = get_adapter().get_requests_session()
        return CASClient(version=3, service_url=service, server_url=self.app.settings["server_url"], session=session)

    def extract_uid(self, data: Any) -> str:
        name, attributes = data
        wanted = self.app.settings["number_attribute"]
        uid = (attributes or {})[wanted] if wanted else name
        return str(uid[0] if isinstance(uid, list) else uid)

    def extract_extra_data(self, data: Any) -> dict[str, Any]:
        return {}


provider_classes = [CasProvider]
