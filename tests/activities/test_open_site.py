import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import caches
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from activities.models import Article, ArticleVersion, LibraryItem, Publication
from activities.services.articles import (
    add_item,
    approve_article,
    approve_item,
    revise_article,
    submit_article,
    withdraw_article,
    write_article,
)
from kernel.errors import Refused
from network.models import User
from network.rules import Role
from tests.conftest import World

Login = Callable[[User], Client]
BODY = "## 睡前\n\n- **放下手机**\n- 深呼吸\n\n<script>alert(1)</script>\n\n[坏](javascript:alert(1)) ![x](http://evil/x.png)"


def write(world: World, at: datetime, *, slug: str = "sleep-well", **values: Any) -> Article:
    given = {"section": "self_help", "title": "睡个好觉", "summary": "考前也能睡好", "body": BODY}
    by = world.holder(Role.FULL_TIME_COUNSELOR)
    return write_article(school=world.school, slug=slug, by=by, at=at, **given | values)


def publish(article: Article, world: World, at: datetime) -> None:
    submit_article(article=article, by=world.holder(Role.FULL_TIME_COUNSELOR), at=at)
    approve_article(article=article, by=world.holder(Role.CENTER_DIRECTOR), at=at)


def address(slug: str = "sleep-well") -> str:
    return reverse("activities:open-article", args=[slug])


def test_a_published_article_is_read_signed_out_without_a_cookie(world: World, at: datetime, client: Client) -> None:
    publish(write(world, at), world, at)
    answer = client.get(address())
    text = answer.content.decode()
    assert answer.status_code == 200
    assert not answer.cookies
    assert "cookie" not in answer["Vary"].lower()
    assert answer["Cache-Control"].startswith("public")
    assert "<strong>放下手机</strong>" in text
    assert "alert(1)</script>" not in text
    assert 'href="javascript' not in text
    assert "evil" not in text
    assert "12356" in text
    assert "do not take the place of a talk" in text
    assert "csrf" not in text.lower()
    assert "<script" not in text


def test_the_reader_gets_304_for_what_the_browser_has(world: World, at: datetime, client: Client) -> None:
    publish(write(world, at), world, at)
    tag = client.get(address())["ETag"]
    assert client.get(address(), headers={"If-None-Match": tag}).status_code == 304


def test_a_draft_and_nothing_are_answered_alike(world: World, at: datetime, client: Client) -> None:
    write(world, at, slug="draft")
    answers = [client.get(address(slug)) for slug in ("draft", "never-was")]
    assert [answer.status_code for answer in answers] == [404, 404]
    first, second = (re.sub(r'data-csrf="[^"]*"', "", answer.content.decode()) for answer in answers)
    assert first == second
    assert client.get("/open/articles/../").status_code == 404


def test_nobody_publishes_what_they_wrote(world: World, at: datetime) -> None:
    article = write(world, at)
    author = world.holder(Role.FULL_TIME_COUNSELOR)
    submit_article(article=article, by=author, at=at)
    with pytest.raises(Refused, match="Somebody else"):
        approve_article(article=article, by=author, at=at)
    version = article.versions.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(version=version, author=author, approved_by=author, approved_at=at)


def test_what_was_revised_after_handing_in_waits_no_more(world: World, at: datetime, client: Client) -> None:
    article, author = write(world, at), world.holder(Role.FULL_TIME_COUNSELOR)
    publish(article, world, at)
    submit_again = {"title": "睡个好觉", "summary": "新", "body": "新的正文"}
    revise_article(article=article, base=1, by=author, at=at, **submit_again)
    with pytest.raises(Refused, match="waits for approval"):
        approve_article(article=article, by=world.holder(Role.CENTER_DIRECTOR), at=at)
    assert "新的正文" not in client.get(address()).content.decode(), "the approved version stays online"
    with pytest.raises(Refused, match="changed this article"):
        revise_article(article=article, base=1, by=author, at=at, **submit_again)


def test_versions_are_never_changed(world: World, at: datetime) -> None:
    write(world, at)
    for statement in ("UPDATE activities_articleversion SET body = ''", "DELETE FROM activities_articleversion"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(TypeError):
        ArticleVersion.objects.update(body="")


def test_an_article_taken_off_the_site_is_gone_and_can_come_back(
    world: World, at: datetime, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    article, director = write(world, at), world.holder(Role.CENTER_DIRECTOR)
    with django_capture_on_commit_callbacks(execute=True):
        publish(article, world, at)
    assert client.get(address()).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_article(article=article, by=director, at=at)
    assert client.get(address()).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        publish(article, world, at)
    assert client.get(address()).status_code == 200


PAGES = ("open-home", "open-articles", "open-self-help", "open-activities", "open-library", "open-feed", "open-sitemap")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_two_queries_cold_and_none_warm(
    world: World, at: datetime, client: Client, django_assert_max_num_queries: Any, name: str
) -> None:
    for number in range(5):
        publish(write(world, at, slug=f"a-{number}", section="article" if number % 2 else "self_help"), world, at)
    caches["pages"].clear()
    with django_assert_max_num_queries(2):
        cold = client.get(reverse(f"activities:{name}"))
    with django_assert_max_num_queries(0):
        warm = client.get(reverse(f"activities:{name}"))
    assert cold.status_code == 200
    assert warm.content == cold.content
    assert len(cold.content) < 30_000


def test_somebody_signed_in_gets_the_page_that_everybody_gets(
    world: World, at: datetime, login: Login, django_assert_max_num_queries: Any
) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    first = browser.get(reverse("activities:open-home"))
    assert world.holder(Role.CENTER_DIRECTOR).name not in first.content.decode()
    with django_assert_max_num_queries(0):
        assert browser.get(reverse("activities:open-home")).content == first.content


def test_the_language_follows_the_address(world: World, at: datetime, client: Client) -> None:
    home = reverse("activities:open-home")
    assert 'lang="zh-Hans"' in client.get(home, {"lang": "zh-hans"}).content.decode()
    english = client.get(home, {"lang": "en"}, headers={"Accept-Language": "zh"}).content.decode()
    assert '<html lang="en">' in english
    assert 'open/articles/?lang=en"' in english


def test_feed_and_sitemap_name_the_published_alone(world: World, at: datetime, client: Client) -> None:
    publish(write(world, at, title="A < B & C"), world, at)
    write(world, at, slug="draft", title="草稿")
    feed = ElementTree.fromstring(client.get(reverse("activities:open-feed")).content)
    assert [item.findtext("title") for item in feed.iter("item")] == ["A < B & C"]
    sitemap = client.get(reverse("activities:open-sitemap")).content.decode()
    ElementTree.fromstring(sitemap)
    assert address() in sitemap
    assert "draft" not in sitemap


def test_search_finds_words_of_published_articles(world: World, at: datetime, client: Client) -> None:
    publish(write(world, at), world, at)
    write(world, at, slug="draft", title="草稿", body="放下手机")
    search = reverse("activities:open-search")
    page = client.get(search, {"q": "放下手机"})
    assert "睡个好觉" in page.content.decode()
    assert "草稿" not in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    assert "<b>x</b>" not in client.get(search, {"q": "<b>x</b>"}).content.decode()
    assert client.get(search).status_code == 200


def test_the_library_shows_what_a_second_person_approved(
    world: World, at: datetime, client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    author, director = world.holder(Role.COLLEGE_COORDINATOR), world.holder(Role.CENTER_DIRECTOR)
    given = {"kind": "research", "title": "大学生睡眠研究", "authors": "某某", "source": "心理学报", "year": 2024}
    item = add_item(school=world.school, url="https://example.org/", abstract="", by=author, at=at, **given)
    library = reverse("activities:open-library")
    assert "大学生睡眠研究" not in client.get(library).content.decode()
    with pytest.raises(Refused, match="Somebody else"):
        approve_item(
            item=add_item(school=world.school, url="", abstract="", by=director, at=at, **given), by=director, at=at
        )
    with django_capture_on_commit_callbacks(execute=True):
        approve_item(item=item, by=director, at=at)
    assert "大学生睡眠研究" in client.get(library, {"kind": "research"}).content.decode()
    assert "大学生睡眠研究" not in client.get(library, {"kind": "policy"}).content.decode()
    assert LibraryItem.objects.count() == 2


def test_the_writer_is_shown_words_that_stigmatise_and_a_preview(
    world: World, november: datetime, login: Login
) -> None:
    browser = login(world.holder(Role.FULL_TIME_COUNSELOR))
    form = {
        "title": "不是疯子", "slug": "not-mad", "section": "article", "summary": "说说污名",
        "body": "抑郁症患者也会好起来",
    }  # fmt: skip
    page = browser.post(reverse("activities:article-new"), form | {"preview": "1"}).content.decode()
    assert "“疯子”: better" in page
    assert "“抑郁症患者”: better" in page
    assert not Article.objects.exists()
    answer = browser.post(reverse("activities:article-new"), form)
    article = Article.objects.get()
    assert answer["Location"] == article.get_absolute_url()
    assert "better" in browser.get(article.get_absolute_url()).content.decode()


@pytest.mark.parametrize("slug", ["../etc", "a b", "ä", "x" * 61, ""])
def test_a_bad_address_is_told_and_nothing_typed_is_lost(
    world: World, november: datetime, login: Login, slug: str
) -> None:
    browser = login(world.holder(Role.FULL_TIME_COUNSELOR))
    form = {"title": "标题", "slug": slug, "section": "article", "summary": "摘要", "body": "很长的正文"}
    page = browser.post(reverse("activities:article-new"), form)
    assert page.status_code == 422
    assert "很长的正文" in page.content.decode()
    assert not Article.objects.exists()


def test_an_article_from_draft_to_the_site_on_its_pages(
    world: World, november: datetime, login: Login, django_capture_on_commit_callbacks: Any
) -> None:
    article = write(world, november)
    browser = login(world.holder(Role.FULL_TIME_COUNSELOR))
    browser.post(reverse("activities:article-submit", args=[article.pk]))
    assert "waits for approval" in browser.get(reverse("activities:article-list")).content.decode()
    edit = reverse("activities:article-edit", args=[article.pk])
    assert browser.get(edit).status_code == 200
    director = login(world.holder(Role.CENTER_DIRECTOR))
    assert "Approve it?" in director.get(article.get_absolute_url()).content.decode()
    director.post(reverse("activities:article-approve", args=[article.pk]))
    assert "on the site" in director.get(article.get_absolute_url()).content.decode()
