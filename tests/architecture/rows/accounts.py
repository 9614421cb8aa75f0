"""What belongs to a sign-in: devices, second factors, and the ways in that a university may have."""

from base64 import b64encode
from collections.abc import Iterator

from allauth.mfa.models import Authenticator

from network.models import AccessRequest, PasswordSheet, User, UserSession
from network.rules import Role
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


@kind("access request")
def access_request_rows(town: Town, me: User | None) -> Iterator[Row]:
    """Each falls to one person here: the others asked for it or are concerned by it, or are administrators too."""
    director, leader, security = (
        town.world.holder(role) for role in (Role.CENTER_DIRECTOR, Role.SCHOOL_LEADER, Role.SECURITY_ADMINISTRATOR)
    )
    for kind_of, by, holder, owner in (
        ("factors", security, director, leader),
        ("factors", security, leader, director),
        ("password", leader, director, security),
    ):
        asked = AccessRequest.objects.create(
            kind=kind_of, school=town.world.school, holder=holder, asked_by=by,
            asked_by_administrator=by == security, asked_at=town.at,
        )  # fmt: skip
        yield Row(f"{kind_of} asked by {by.name}", {"pk": asked.pk}, owner=owner.pk)


def sheets(town: Town, me: User | None) -> Iterator[tuple[str, User, PasswordSheet]]:
    for whose, user in people(town, me):
        files = {"pdf": b64encode(b"town").decode(), "workbook": b64encode(b"town").decode()}
        yield (
            whose,
            user,
            PasswordSheet.objects.create(unit=town.world.it1, count=1, made_by=user, made_at=town.at, **files),
        )


@kind("password sheet")
def password_sheet_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user, sheet in sheets(town, me):
        yield Row(whose, {"pk": sheet.pk}, owner=user.pk)


@kind("password sheet file")
def password_sheet_file_rows(town: Town, me: User | None) -> Iterator[Row]:
    for whose, user, sheet in sheets(town, me):
        yield Row(whose, {"pk": sheet.pk, "kind": "pdf"}, owner=user.pk, shows="town")


@kind("provider")
def provider_rows(town: Town, me: User | None) -> Iterator[Row]:
    yield Row("campus", {"provider_id": "campus"})


@kind("organization")
def organization_rows(town: Town, me: User | None) -> Iterator[Row]:
    yield Row("campus", {"organization_slug": "campus"})
