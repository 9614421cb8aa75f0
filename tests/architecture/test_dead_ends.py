"""No page offers what its reader may not open: every link of the pages that name no row answers."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from network.rules import Role
from tests.architecture.rows import Town
from tests.architecture.test_access import town, walker  # noqa: F401
from tests.architecture.walking import Told, questions

LINK = re.compile(r'<a\b[^>]*?href="(/[^"#]*)')
OPENS = frozenset({200, 302})


@pytest.mark.one_database
@pytest.mark.parametrize("name", [*(role.value for role in Role), "student", "outsider"])
def test_every_link_of_home_menu_and_lists_opens(name: str, town: Town) -> None:  # noqa: F811
    me = walker(name, town.world)
    browser = Client()
    assert me.user is not None
    browser.force_login(me.user)
    pages = [
        knock
        for knock in questions(town, me)
        if knock.method == "GET" and knock.row is None and not knock.htmx and knock.expected(me) is Told.IN
    ]
    seen: set[tuple[str, str]] = set()
    dead = []
    for knock in pages:
        answer = knock.ask(browser)
        if answer.status_code != 200 or "text/html" not in answer.get("Content-Type", ""):
            continue
        for target, address in links_of(answer.content.decode()):
            # One of a kind from each page: that shows whether the page asks before it offers.
            if (knock.route.name, target) in seen or ("", address) in seen:
                continue
            seen |= {(knock.route.name, target), ("", address)}
            status = browser.get(address).status_code
            if status not in OPENS:
                dead.append(f"{knock.route.name} offers {address}: {status}")
    assert dead == []


def links_of(html: str) -> Iterator[tuple[str, str]]:
    """The route and the address of each link of the portal's own on a page."""
    for found in LINK.findall(html):
        address = unescape(found)
        try:
            yield resolve(urlsplit(address).path).view_name, address
        except Resolver404:
            # Files of styles and scripts are served beside the portal.
            assert address.startswith("/static/"), address
