from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from network.rules import Role
from tests.conftest import World
from tests.factories import PASSWORD

NOT_SENT = "Not sent yet: your session had ended."


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/notices/?show=unread", "/notices/?show=unread&unsent=1"),
        ("http://testserver/notices/?unsent=1", "/notices/?unsent=1"),
        ("http://testserver/notices/read/", "/?unsent=1"),
        ("http://testserver/no-such-page", "/?unsent=1"),
        ("http://evil.example/notices/", "/?unsent=1"),
        ("http://testserver//evil.example/", "/?unsent=1"),
        ("", "/?unsent=1"),
    ],
)
def test_a_form_sent_after_the_session_ended_leads_back_to_its_page(
    referer: str, back: str, client: Client, world: World
) -> None:
    answer = client.post(reverse("notice-read-all"), headers={"Referer": referer})
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    (target,) = parse_qs(urlsplit(answer["Location"]).query)["next"]
    assert target == back


@pytest.mark.parametrize(
    ("method", "page", "back"),
    [
        ("post", "http://testserver/notices/?show=unread", "/notices/?show=unread&unsent=1"),
        ("post", "http://evil.example/", "/?unsent=1"),
        ("get", "http://testserver/notices/?show=unread", "/notices/?show=unread"),
        ("get", "http://evil.example/", "/"),
    ],
)
def test_a_part_asked_for_after_the_session_ended_leads_the_whole_page_to_the_sign_in(
    method: str, page: str, back: str, client: Client, world: World
) -> None:
    url = reverse("notice-read-all") if method == "post" else reverse("notices")
    answer = getattr(client, method)(url, headers={"HX-Request": "true", "HX-Current-URL": page})
    assert answer.status_code == 200
    (target,) = parse_qs(urlsplit(answer["HX-Redirect"]).query)["next"]
    assert target == back


def test_after_signing_in_again_the_page_says_that_nothing_was_sent(client: Client, world: World) -> None:
    user = world.holder(Role.DORM_HEAD)
    referer = "http://testserver/notices/"
    sign_in = client.post(reverse("notice-read-all"), headers={"Referer": referer})["Location"]
    answer = client.post(sign_in, {"login": user.number, "password": PASSWORD, "next": "/notices/?unsent=1"})
    assert answer["Location"] == "/notices/?unsent=1"
    page = client.get(answer["Location"]).content.decode()
    assert NOT_SENT in page
    assert NOT_SENT not in client.get("/notices/").content.decode()


def test_a_page_knows_when_its_session_ends_and_carries_a_key_for_drafts(client: Client, world: World) -> None:
    keys = set()
    for role, limit in ((Role.DORM_HEAD, 12 * 3600), (Role.FUDAOYUAN, 1800)):
        user = world.holder(role)
        client.post(reverse("account_login"), {"login": user.number, "password": PASSWORD})
        page = client.get(reverse("notices")).content.decode()
        assert f'data-session-end="{limit}"' in page
        keys.add(page.partition('data-draft-key="')[2].partition('"')[0])
        client.post(reverse("account_logout"))
    assert {len(key) for key in keys} == {44}
    assert len(keys) == 2
    assert 'data-draft-key=""' in client.get(reverse("account_login")).content.decode()


def test_the_wrong_method_has_a_page_with_words(client: Client, world: World) -> None:
    client.force_login(world.holder(Role.DORM_HEAD))
    answer = client.get(reverse("notice-read-all"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "This address only takes a form" in answer.content.decode()
