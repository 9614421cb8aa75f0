"""A server of OpenID Connect."""

from collections.abc import Iterator
from contextlib import contextmanager

from oidc_provider_mock import User, run_server_in_thread


@contextmanager
def running_oidc(*numbers: str) -> Iterator[str]:
    people = [User(sub=f"sub-{number}", claims={"preferred_username": number}) for number in numbers]
    with run_server_in_thread(user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"
