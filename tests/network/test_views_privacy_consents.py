from collections.abc import Callable
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from network.models import Consent, ConsentText, Student, User
from network.rules import Role
from network.rules.consent_drafts import DRAFTS
from network.rules.consents import Purpose, difference
from network.services import has_consent, publish_text
from tests.conftest import World

Login = Callable[[User], Client]
PAGE = reverse("network:consent-list")
TEXTS = reverse("network:text-list")
WRITE = reverse("network:text-write") + "?purpose=screening"


@pytest.fixture
def text(world: World, at: datetime) -> ConsentText:
    return publish_text(
        school=world.school,
        purpose=Purpose.SCREENING,
        wording=DRAFTS[Purpose.SCREENING],
        asks_again=False,
        by=None,
        at=at,
    )


@pytest.fixture
def student(world: World) -> Student:
    return world.roomless


@pytest.fixture
def typed() -> dict[str, str]:
    draft = DRAFTS[Purpose.SCREENING]
    return {name: getattr(draft, name) for name in ("title_zh", "body_zh", "title_en", "body_en")}


def test_a_student_agrees_and_takes_it_back_on_one_page(
    text: ConsentText, student: Student, login: Login, november: datetime
) -> None:
    browser = login(student.user)
    page = browser.get(PAGE).content.decode()
    assert text.title_en in page
    assert "I have read version 1 and agree" in page
    assert "Take back" not in page
    agreed = browser.post(reverse("network:consent-give"), {"purpose": "screening", "version": "1"}, follow=True)
    assert "You agreed to version 1" in agreed.content.decode()
    assert "You will not be asked into new screenings" in agreed.content.decode()
    assert has_consent(student, Purpose.SCREENING, november)
    back = browser.post(reverse("network:consent-withdraw"), {"purpose": "screening"}, follow=True)
    assert "quite all right" in back.content.decode()
    assert not has_consent(student, Purpose.SCREENING, november)
    assert [row.how for row in Consent.objects.all()] == ["own_page", "own_page"]


def test_an_old_page_does_not_agree_to_new_words(
    text: ConsentText, world: World, student: Student, login: Login, november: datetime
) -> None:
    draft = DRAFTS[Purpose.RESEARCH]
    publish_text(school=world.school, purpose=Purpose.SCREENING, wording=draft, asks_again=True, by=None, at=november)
    browser = login(student.user)
    for version in ("1", "", "x"):
        answer = browser.post(
            reverse("network:consent-give"), {"purpose": "screening", "version": version}, follow=True
        )
        assert "has changed since you opened it" in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_student_whose_text_asks_again_is_asked_again(
    text: ConsentText, world: World, student: Student, login: Login, november: datetime
) -> None:
    browser = login(student.user)
    browser.post(reverse("network:consent-give"), {"purpose": "screening", "version": "1"})
    draft = DRAFTS[Purpose.RESEARCH]
    publish_text(school=world.school, purpose=Purpose.SCREENING, wording=draft, asks_again=False, by=None, at=november)
    assert "What you agreed to still counts" in browser.get(PAGE).content.decode()
    draft = DRAFTS[Purpose.PUBLICITY]
    publish_text(school=world.school, purpose=Purpose.SCREENING, wording=draft, asks_again=True, by=None, at=november)
    assert "please read again" in browser.get(PAGE).content.decode()


def test_refusals_and_unknown_purposes_end_kindly(
    text: ConsentText, student: Student, login: Login, november: datetime
) -> None:
    browser = login(student.user)
    answer = browser.post(reverse("network:consent-withdraw"), {"purpose": "screening"}, follow=True)
    assert "nothing to take back" in answer.content.decode()
    assert browser.post(reverse("network:consent-give"), {"purpose": "x", "version": "1"}).status_code == 404


def test_without_texts_the_page_says_so(world: World, student: Student, login: Login) -> None:
    assert "Nothing is asked of you at present" in login(student.user).get(PAGE).content.decode()


def test_staff_have_no_such_page(world: World, login: Login) -> None:
    assert login(world.holder(Role.CENTER_DIRECTOR)).get(PAGE).status_code == 404


@pytest.mark.parametrize(
    ("role", "status"),
    [(Role.CENTER_DIRECTOR, 200), (Role.FULL_TIME_COUNSELOR, 403), (Role.FUDAOYUAN, 403), (Role.DORM_HEAD, 403)],
)
def test_who_opens_the_texts(world: World, login: Login, role: Role, status: int) -> None:
    browser = login(world.holder(role))
    assert [browser.get(url).status_code for url in (TEXTS, WRITE)] == [status, status]


def test_nothing_is_published_before_its_difference_was_shown(
    world: World, login: Login, typed: dict[str, str], november: datetime
) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    assert typed["title_zh"] in browser.get(WRITE).content.decode()
    shown = browser.post(WRITE, typed)
    assert not ConsentText.objects.exists()
    seen = shown.context["seen"]
    changed = typed | {"body_en": "Other words.", "seen": seen}
    assert browser.post(WRITE, changed).context["seen"] != seen
    assert not ConsentText.objects.exists()
    assert browser.post(WRITE, typed | {"seen": seen})["Location"] == TEXTS
    assert ConsentText.objects.get().published_by == world.holder(Role.CENTER_DIRECTOR)


def test_the_next_version_shows_what_is_new_and_what_is_gone(
    world: World, login: Login, text: ConsentText, typed: dict[str, str], november: datetime
) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    typed |= {"body_en": typed["body_en"].replace("Your rights", "Your good rights"), "asks_again": "on"}
    shown = browser.post(WRITE, typed)
    page = shown.content.decode()
    assert "<ins>5. Your good rights" in page
    assert "<del>5. Your rights" in page
    browser.post(WRITE, typed | {"seen": shown.context["seen"]})
    newest = ConsentText.objects.order_by("-version").first()
    assert newest is not None
    assert (newest.version, newest.asks_again) == (2, True)


def test_unchanged_or_empty_words_come_back_with_what_was_typed(
    world: World, login: Login, text: ConsentText, typed: dict[str, str], november: datetime
) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    same = browser.post(WRITE, typed | {"seen": text.sha256})
    assert same.status_code == 422
    assert "These are the words that are out already." in same.content.decode()
    empty = browser.post(WRITE, typed | {"body_zh": ""})
    assert empty.status_code == 422
    assert typed["title_en"] in empty.content.decode()
    assert browser.get(reverse("network:text-write")).status_code == 404


def test_the_list_counts_who_stands_by_which_version(
    world: World, login: Login, text: ConsentText, november: datetime
) -> None:
    give, withdraw = reverse("network:consent-give"), reverse("network:consent-withdraw")
    for number, student in enumerate(world.students["own"][1:]):
        browser = login(student.user)
        browser.post(give, {"purpose": "screening", "version": "1"})
        if number == 0:
            browser.post(withdraw, {"purpose": "screening"})
    page = login(world.holder(Role.CENTER_DIRECTOR)).get(TEXTS)
    counted = {purpose: versions for purpose, _label, versions in page.context["rows"]}[Purpose.SCREENING]
    assert [(one.agreed, one.withdrawn) for one in counted] == [(2, 1)]


def test_the_list_asks_the_same_number_of_queries_however_many_consented(
    world: World,
    login: Login,
    text: ConsentText,
    november: datetime,
    django_assert_max_num_queries: Callable[..., object],
) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        browser.get(TEXTS)
    for student in world.students["own"]:
        login(student.user).post(reverse("network:consent-give"), {"purpose": "screening", "version": "1"})
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        browser.get(TEXTS)


def test_a_difference_names_each_line_once() -> None:
    assert difference("a\nb", "a\nc") == [("same", "a"), ("gone", "b"), ("new", "c")]
    assert difference("", "a") == [("new", "a")]
