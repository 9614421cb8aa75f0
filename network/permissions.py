from typing import Any

from django.http import Http404
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from network.access import AccessDecision, AccessKind, access_of
from network.scope import Scope


class RouteAccessPermission(BasePermission):
    """The declared door of an API view, asked with whom its authentication has found; without one nobody is served."""

    def has_permission(self, request: Request, view: Any) -> bool:
        match = request.resolver_match
        access = access_of(match.func, request.method)
        if access is None:
            return False
        if access.door is AccessKind.PUBLIC:
            return True
        if not request.user.is_authenticated:
            return False
        if access.door is AccessKind.OWN:
            return True
        answer = access.answer(request.method, Scope.of(request.user).abilities, names_row=bool(view.kwargs))
        if answer is AccessDecision.NOT_FOUND:
            raise Http404
        return answer is AccessDecision.ALLOWED
