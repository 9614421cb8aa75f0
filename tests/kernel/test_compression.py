import gzip
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from kernel.compression import StaticFilesMiddleware
from network.models import User
from network.rules import Role
from tests.conftest import World

GZIP = {"Accept-Encoding": "gzip, br"}


def test_pages_and_json_are_compressed_and_never_of_one_size(login: Callable[[User], Client], world: World) -> None:
    client = login(world.holder(Role.CENTER_DIRECTOR))
    for path in ("/", "/api/units/"):
        plain, packed = client.get(path), client.get(path, headers=GZIP)
        assert packed["Content-Encoding"] == "gzip", path
        assert "Accept-Encoding" in packed["Vary"]
        assert len(packed.content) < len(plain.content) / 2
        assert gzip.decompress(packed.content)[:15] == plain.content[:15]
    assert len({len(client.get("/api/units/", headers=GZIP).content) for _ in range(8)}) > 1
    assert not client.get("/", headers={"Accept-Encoding": ""}).has_header("Content-Encoding")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("dist/assets/app-UvY8-ziw.js", "max-age=31536000, public, immutable"),
        ("dist/assets/app-COnu6o7w.css", "max-age=31536000, public, immutable"),
        ("dist/assets/app.js", "max-age=60, public"),
        ("favicon.svg", "max-age=60, public"),
    ],
)
def test_files_with_a_hash_in_the_name_are_kept_for_a_year(name: str, kept: str, settings: Any) -> None:
    settings.WHITENOISE_AUTOREFRESH, settings.WHITENOISE_USE_FINDERS = False, False
    settings.WHITENOISE_MAX_AGE = 60
    middleware = StaticFilesMiddleware(lambda _request: None)
    headers: dict[str, str] = {}
    middleware.add_cache_headers(headers, f"/somewhere/{name}", f"/static/{name}")
    assert headers["Cache-Control"] == kept
