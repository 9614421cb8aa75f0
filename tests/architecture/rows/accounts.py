"""What belongs to a sign-in: devices, second factors, and the ways in that a university may have."""

from collections.abc import Iterator

from allauth.mfa.models import Authenticator

from network.models import User, UserSession
from tests.architecture.rows.town import Row, Town, kind, people


@kind("device")
def device_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user in people(town, me):
        key = f"town-{whose}"
        device = UserSession.objects.create(user=user, session_key=key, started_at=town.at, seen_at=town.at)
        yield Row(whose, {"pk": device.pk}, owner=user.pk)


@kind("factor")
def factor_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user in people(town, me):
        factor = Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "town"})
        yield Row(whose, {"pk": factor.pk}, owner=user.pk)


@kind("provider")
def provider_rows(town: Town, me: User | None) -> Iterator[Row]:
    yield Row("campus", {"provider_id": "campus"})


@kind("organization")
def organization_rows(town: Town, me: User | None) -> Iterator[Row]:
    yield Row("campus", {"organization_slug": "campus"})
