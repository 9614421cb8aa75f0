from collections import Counter
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from kernel import xlsx
from kernel.models import AuditEvent
from network.models import Student, User
from network.rules import Role
from network.rules.consents import Purpose, Wording
from network.services import consenting, give_consent, publish_text, withdraw_consent
from screening.models import Campaign
from screening.rules.figures import coarsen
from tests import factories
from tests.conftest import World
from tests.screening.cohorts import close, finish
from tests.screening.screenings import open_screening

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
TEXT = Wording("研究", "我同意。", "Research", "I agree.")


def agree(students: list[Student], at: datetime) -> None:
    school = students[0].school
    publish_text(school=school, purpose=Purpose.RESEARCH, wording=TEXT, asks_again=False, by=None, at=at)
    for one in students:
        give_consent(student=one, purpose=Purpose.RESEARCH, version=1, by=one.user, at=at)


@pytest.fixture
def people(world: World) -> list[Student]:
    return factories.make_students(world.it1, 16, on=date(2026, 9, 1))


@pytest.fixture
def filled(world: World, people: list[Student], at: datetime) -> Campaign:
    campaign = open_screening(world, at=at)
    finish(campaign, people, (1, 3), at=at, factors={"anxiety": 1.5})
    return close(campaign, at=at)


def export(client: Client, campaign: Campaign) -> Any:
    return client.post(reverse("screening:research-export", args=[campaign.pk]))


def sheets(answer: Any) -> dict[str, list[list[Any]]]:
    book = xlsx.read_workbook(BytesIO(answer.content))
    return {name: [cells for _number, cells in rows] for name, rows in book.sheets.items()}


def test_only_those_who_agreed_are_in_the_file_and_nobody_is_named(
    world: World, login: Login, filled: Campaign, people: list[Student], at: datetime
) -> None:
    agree(people[:12], at)
    withdraw_consent(student=people[0], purpose=Purpose.RESEARCH, by=people[0].user, at=at)
    answer = export(login(world.holder(Role.CENTER_DIRECTOR)), filled)
    found = sheets(answer)
    heads, *rows = found["data"]
    assert heads == ["id", "college", "sex", "province", "phq9_total", "phq9_valid", "phq9_factor_anxiety"]
    assert len(rows) == 11
    assert {row[1] for row in rows} == {"信息学院"}
    text = str(found)
    assert not any(one.number in text or one.name in text or str(one.pk) in text for one in people)
    assert [row[0] for row in found["code book"]][1:] == heads
    event = AuditEvent.objects.get(action="campaign.export_research")
    assert event.detail["rows"] == 11


def test_fewer_than_ten_are_too_few(
    world: World, login: Login, filled: Campaign, people: list[Student], at: datetime
) -> None:
    agree(people[:9], at)
    director = login(world.holder(Role.CENTER_DIRECTOR))
    answer = director.post(reverse("screening:research-export", args=[filled.pk]), follow=True)
    assert "Fewer than ten" in answer.content.decode()
    assert not AuditEvent.objects.filter(action="campaign.export_research").exists()


def test_nothing_is_exported_while_papers_come_in(
    world: World, login: Login, people: list[Student], at: datetime
) -> None:
    campaign = open_screening(world, at=at)
    finish(campaign, people, (1, 3), at=at)
    agree(people, at)
    director = login(world.holder(Role.CENTER_DIRECTOR))
    answer = director.post(reverse("screening:research-export", args=[campaign.pk]), follow=True)
    assert "Export it for research once it is closed" in answer.content.decode()


@pytest.mark.parametrize("role", [Role.FULL_TIME_COUNSELOR, Role.LEADING_GROUP, Role.COLLEGE_COORDINATOR])
def test_the_director_alone_exports_for_research(world: World, login: Login, filled: Campaign, role: Role) -> None:
    client = login(world.holder(role))
    page = client.get(reverse("screening:campaign-figures", args=[filled.pk]))
    assert "For research" not in page.content.decode()
    assert export(client, filled).status_code == 404


def test_consents_of_a_school_are_read_at_once(world: World, people: list[Student], at: datetime) -> None:
    agree(people[:3], at)
    assert consenting(world.school, Purpose.RESEARCH, at) == {one.pk for one in people[:3]}
    assert consenting(world.school, Purpose.PUBLICITY, at) == set()


def test_keys_are_dropped_from_the_last_until_nobody_stands_alone() -> None:
    found = coarsen([("it", "F", "浙江")] * 12 + [("it", "F", "北京")] * 4 + [("it", "M", "")] * 10)
    assert min(Counter(found).values()) >= 10
    assert ("it", "F", "浙江") in found


@given(st.lists(st.tuples(*[st.sampled_from(["", "a", "b"])] * 3), max_size=60))
def test_no_combination_of_keys_is_rarer_than_ten(people: list[tuple[str, ...]]) -> None:
    found = coarsen(people)
    assert len(found) == len(people)
    sizes = Counter(found)
    assert len(sizes) <= 1 or min(sizes.values()) >= 10
    pairs = zip(found, people, strict=True)
    assert all(key in ("", there) for new, old in pairs for key, there in zip(new, old, strict=True))
