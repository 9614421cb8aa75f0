from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class DenyAll(BasePermission):
    """The default: an API view that names nobody serves nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return False
