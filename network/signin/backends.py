"""Who is signed in: read with every request."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import BigAutoField

from kernel.prepared import Prepared
from network.models import User

BY_KEY = Prepared(lambda pk: User.objects.filter(pk=pk), BigAutoField())


class AccountBackend(AuthenticationBackend):
    def get_user(self, user_id: Any) -> User | None:
        found: list[User] = BY_KEY.fetch(user_id)
        return found[0] if found and self.user_can_authenticate(found[0]) else None
