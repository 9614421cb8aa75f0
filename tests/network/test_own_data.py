import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from kernel import notices, personal_data
from kernel.models import AuditEvent
from network.models import DataRequest, Student, User
from network.rules import Role
from network.rules.consent_drafts import DRAFTS
from network.rules.consents import Purpose
from network.services import give_consent, make_request, publish_text
from reporting.models import Cycle
from reporting.rules.dorm_lines import Sign, Status
from reporting.services import LineEntry, file_dorm_report
from tests.conftest import World

Login = Callable[[User], Client]
PAGE, FILE = reverse("network:own-data"), reverse("network:own-data-download")
ASK = reverse("network:request-make")


@pytest.fixture
def known(world: World, cycle: Cycle, at: datetime) -> Student:
    """A student with a line, a consent, a notice and a request; the line was written by the dorm head."""
    head, student, *others = world.students["own"]
    entries = [
        LineEntry(student.pk, Status.RAIN, signs=Sign.SLEEP, observation=f"和{others[0].name}吵架"),
        LineEntry(head.pk, Status.CLEAR),
        *(LineEntry(one.pk, Status.CLEAR) for one in others),
    ]
    file_dorm_report(
        report=world.report(cycle, world.own),
        entries=entries,
        all_well=False,
        revision=0,
        client_id=uuid4(),
        by=head.user,
        at=at,
    )
    draft = DRAFTS[Purpose.SCREENING]
    publish_text(school=world.school, purpose=Purpose.SCREENING, wording=draft, asks_again=False, by=None, at=at)
    give_consent(student=student, purpose=Purpose.SCREENING, version=1, by=student.user, at=at)
    notices.post(to=student.user, kind="test", title="A notice", params={}, at=at)
    make_request(student=student, kind=DataRequest.Kind.CORRECTION, words="电话错了", by=student.user, at=at)
    return student


def downloaded(browser: Client) -> dict[str, Any]:
    answer = browser.get(FILE)
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    return {section["name"]: section for section in json.loads(answer.content)["sections"]}


def test_the_file_holds_a_section_of_every_kind_and_what_is_known(
    known: Student, login: Login, november: datetime
) -> None:
    told = downloaded(login(known.user))
    assert set(told) == {category.name for category in personal_data.declared()}
    assert told["network.particulars"]["rows"][0]["student_number"] == known.number
    assert told["network.particulars"]["kept_months"] == 12
    assert told["network.places"]["rows"][0]["room"] == "东6栋-101"
    assert [row["act"] for row in told["network.consents"]["rows"]] == ["agreed"]
    assert told["network.posts"]["rows"][0]["post"] == "Class psychology committee member"
    assert "A notice" in [row["text"] for row in told["network.notices"]["rows"]]
    assert told["network.requests"]["rows"][0]["words"] == "电话错了"
    assert told["reporting.lines"]["rows"] == [{"month": "2026-11", "weather": "Rain", "ticked": "Sleeps badly"}]
    assert told["network.duties"]["rows"] == []
    assert "note" in told["crisis.alarms"]


def test_nobody_elses_data_is_in_it(known: Student, world: World, login: Login, november: datetime) -> None:
    browser = login(known.user)
    head, _known, *others = world.students["own"]
    texts = [browser.get(FILE).content.decode(), browser.get(PAGE).content.decode()]
    strangers = [head.name, head.number, *(one.name for one in others), known.guardian_name, known.guardian_phone]
    for text in texts:
        assert [word for word in strangers if word in text] == []
        assert "吵架" not in text


def test_thunder_is_not_told_by_a_file(world: World, cycle: Cycle, login: Login, november: datetime) -> None:
    head, student, *others = world.students["own"]
    entries = [
        LineEntry(student.pk, Status.THUNDER, observation="说要告别"),
        *(LineEntry(one.pk, Status.CLEAR) for one in [head, *others]),
    ]
    file_dorm_report(
        report=world.report(cycle, world.own),
        entries=entries,
        all_well=False,
        revision=0,
        client_id=uuid4(),
        by=head.user,
        at=november,
    )
    assert downloaded(login(student.user))["reporting.lines"]["rows"] == []
    assert downloaded(login(head.user))["reporting.filings"]["rows"][0]["unit"] == "东6栋-101"


def test_the_page_reads_like_the_file_and_both_are_on_record(known: Student, login: Login, november: datetime) -> None:
    browser = login(known.user)
    page = browser.get(PAGE).content.decode()
    for words in (known.number, "Roster: number, name", "PIPL art. 14 and 69", "kept 24 months", "电话错了", "Why:"):
        assert words in page
    browser.get(FILE)
    looks = AuditEvent.objects.filter(action__startswith="own_data.").order_by("pk")
    assert [(one.action, one.subject, one.purpose) for one in looks] == [
        ("own_data.read", str(known.pk), "own"),
        ("own_data.download", str(known.pk), "own"),
    ]


def test_staff_have_no_such_page(world: World, login: Login) -> None:
    browser = login(world.holder(Role.CENTER_DIRECTOR))
    assert [browser.get(url).status_code for url in (PAGE, FILE, f"{ASK}?kind=erasure")] == [404, 404, 404]


@pytest.mark.parametrize(("kind", "words"), [("correction", "My phone number is wrong."), ("erasure", "")])
def test_a_student_asks_and_sees_what_becomes_of_it(
    world: World, login: Login, november: datetime, kind: str, words: str
) -> None:
    browser = login(world.roomless.user)
    assert browser.get(f"{ASK}?kind={kind}").status_code == 200
    answer = browser.post(f"{ASK}?kind={kind}", {"words": words}, follow=True)
    page = answer.content.decode()
    assert "It answers by 2026-11-25." in page
    assert "waiting for an answer" in page
    again = browser.post(f"{ASK}?kind={kind}", {"words": "and again"})
    assert again.status_code == 422
    assert "waiting for its answer already" in again.content.decode()
    assert "and again" in again.content.decode()
    assert DataRequest.objects.get().words == words


def test_a_correction_needs_words_and_a_kind_has_to_be_known(world: World, login: Login) -> None:
    browser = login(world.roomless.user)
    assert browser.post(f"{ASK}?kind=correction", {"words": ""}).status_code == 422
    assert browser.get(f"{ASK}?kind=x").status_code == 404


def test_the_page_asks_as_many_queries_for_many_rows_as_for_few(
    known: Student, login: Login, november: datetime, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    browser = login(known.user)
    for _round in range(2):
        with django_assert_max_num_queries(36):
            browser.get(PAGE)
        for number in range(40):
            notices.post(to=known.user, kind="test", title="A notice", params={}, key=str(number), at=november)
