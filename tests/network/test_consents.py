import hashlib
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from crisis.models import Alarm
from crisis.services import raise_alarm
from kernel.errors import Refused
from kernel.models import AuditEvent
from network.models import Consent, ConsentText, Student
from network.rules import Role
from network.rules.consents import Act, Purpose, Wording, binding_version, stands
from network.services import current_version, give_consent, has_consent, publish_text, withdraw_consent
from tests.conftest import World

DAY = timedelta(days=1)
WORDS = Wording("普查知情同意", "我们会问你二十个问题。", "Consent to screening", "We will ask twenty questions.")
OTHER = Wording("普查知情同意", "我们会问你三十个问题。", "Consent to screening", "We will ask thirty questions.")


@pytest.fixture
def student(world: World) -> Student:
    return world.roomless


def publish(world: World, at: datetime, wording: Wording = WORDS, *, asks_again: bool = False) -> ConsentText:
    director = world.holder(Role.CENTER_DIRECTOR)
    return publish_text(
        school=world.school, purpose=Purpose.SCREENING, wording=wording, asks_again=asks_again, by=director, at=at
    )


def agree(student: Student, at: datetime, version: int = 1) -> Consent:
    return give_consent(student=student, purpose=Purpose.SCREENING, version=version, by=student.user, at=at)


def test_a_text_gets_numbers_in_order_and_keeps_its_fingerprint(world: World, at: datetime) -> None:
    first, second = publish(world, at), publish(world, at + DAY, OTHER)
    assert (first.version, second.version) == (1, 2)
    whole = "\0".join((WORDS.title_zh, WORDS.body_zh, WORDS.title_en, WORDS.body_en))
    assert first.sha256 == hashlib.sha256(whole.encode()).hexdigest()
    assert first.wording == WORDS
    assert current_version(world.school, Purpose.SCREENING) == second
    assert current_version(world.school, Purpose.SCREENING, at) == first
    assert current_version(world.school, Purpose.RESEARCH) is None
    event = AuditEvent.objects.filter(action="consent_text.publish").newest_first().first()
    assert event is not None
    assert event.detail["sha256"] == second.sha256


def test_the_same_words_are_not_published_twice(world: World, at: datetime) -> None:
    publish(world, at)
    same = Wording(WORDS.title_zh, f"\r\n{WORDS.body_zh}  \r\n", WORDS.title_en, WORDS.body_en)
    with pytest.raises(Refused) as refused:
        publish(world, at, same)
    assert refused.value.code == "text-unchanged"


def test_whoever_does_not_write_texts_publishes_none(world: World, at: datetime) -> None:
    for role in (Role.FUDAOYUAN, Role.FULL_TIME_COUNSELOR, Role.SYSTEM_ADMINISTRATOR):
        with pytest.raises(Refused) as refused:
            publish_text(
                school=world.school,
                purpose=Purpose.SCREENING,
                wording=WORDS,
                asks_again=False,
                by=world.holder(role),
                at=at,
            )
        assert refused.value.code == "may-not-publish"
    assert not ConsentText.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE network_consenttext SET body_zh = 'x'",
        "DELETE FROM network_consenttext",
        "UPDATE network_consent SET act = 'given'",
        "DELETE FROM network_consent",
    ],
)
def test_the_database_refuses_to_change_what_was_published_or_said(
    world: World, student: Student, at: datetime, statement: str
) -> None:
    publish(world, at)
    agree(student, at)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert ConsentText.objects.get().body_zh == WORDS.body_zh
    assert Consent.objects.get().act == "given"


def test_a_student_agrees_and_takes_it_back_and_each_act_stays(world: World, student: Student, at: datetime) -> None:
    publish(world, at)
    agree(student, at + DAY)
    withdraw_consent(student=student, purpose=Purpose.SCREENING, by=student.user, at=at + 2 * DAY)
    agree(student, at + 3 * DAY)
    stood = [has_consent(student, Purpose.SCREENING, at + n * DAY) for n in range(4)]
    assert stood == [False, True, False, True]
    acts = [(row.act, row.text.version, row.by_id, row.how) for row in Consent.objects.order_by("pk")]
    who = student.user_id
    assert acts == [
        ("given", 1, who, "beforehand"),
        ("withdrawn", 1, who, "own_page"),
        ("given", 1, who, "beforehand"),
    ]
    assert Consent.objects.first().school_class_id == student.school_class_id  # type: ignore[union-attr]
    actions = list(AuditEvent.objects.filter(action__startswith="consent.").order_by("pk").values_list("action"))
    assert actions == [("consent.give",), ("consent.withdraw",), ("consent.give",)]


def test_the_same_act_twice_is_one(world: World, student: Student, at: datetime) -> None:
    publish(world, at)
    assert agree(student, at) == agree(student, at + DAY)
    both = [
        withdraw_consent(student=student, purpose=Purpose.SCREENING, by=student.user, at=at + n * DAY) for n in (2, 3)
    ]
    assert both[0] == both[1]
    assert Consent.objects.count() == 2


def test_nobody_agrees_to_a_text_that_has_changed_or_does_not_exist(
    world: World, student: Student, at: datetime
) -> None:
    with pytest.raises(Refused, match="has changed"):
        agree(student, at)
    publish(world, at)
    publish(world, at, OTHER)
    with pytest.raises(Refused, match="has changed"):
        agree(student, at, version=1)
    assert agree(student, at, version=2).text.version == 2


def test_nobody_agrees_or_withdraws_for_somebody_else(world: World, student: Student, at: datetime) -> None:
    publish(world, at)
    for person in (world.holder(Role.CENTER_DIRECTOR), world.students["own"][0].user):
        with pytest.raises(Refused) as refused:
            give_consent(student=student, purpose=Purpose.SCREENING, version=1, by=person, at=at)
        assert refused.value.code == "not-your-own"
        with pytest.raises(Refused):
            withdraw_consent(student=student, purpose=Purpose.SCREENING, by=person, at=at)


def test_what_was_never_given_cannot_be_taken_back(world: World, student: Student, at: datetime) -> None:
    publish(world, at)
    with pytest.raises(Refused) as refused:
        withdraw_consent(student=student, purpose=Purpose.SCREENING, by=student.user, at=at)
    assert refused.value.code == "no-consent"


@pytest.mark.parametrize("asks_again", [True, False])
def test_a_new_version_keeps_the_old_yes_unless_it_asks_again(
    world: World, student: Student, at: datetime, asks_again: bool
) -> None:
    publish(world, at)
    agree(student, at)
    publish(world, at + DAY, OTHER, asks_again=asks_again)
    assert has_consent(student, Purpose.SCREENING, at)
    assert has_consent(student, Purpose.SCREENING, at + DAY) is not asks_again
    assert agree(student, at + 2 * DAY, version=2).text.version == 2
    assert has_consent(student, Purpose.SCREENING, at + 2 * DAY)


def test_one_purpose_says_nothing_about_another_nor_one_school_about_another(
    world: World, student: Student, at: datetime
) -> None:
    publish(world, at)
    agree(student, at)
    assert not has_consent(student, Purpose.RESEARCH, at)
    assert world.other is not None
    assert current_version(world.other, Purpose.SCREENING) is None


def test_taking_a_consent_back_leaves_an_open_alarm_as_it_is(world: World, student: Student, at: datetime) -> None:
    publish(world, at)
    agree(student, at)
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    source = Alarm.Source.THUNDER_LINE
    raise_alarm(student=student, source=source, source_key="a", evidence="说要告别", by=counselor, at=at)
    before = Alarm.objects.values().get()
    withdraw_consent(student=student, purpose=Purpose.SCREENING, by=student.user, at=at + DAY)
    assert Alarm.objects.values().get() == before


@given(
    versions=st.lists(st.booleans(), min_size=1, max_size=6),
    said=st.integers(min_value=1, max_value=6),
    act=st.sampled_from([None, *Act]),
)
def test_a_yes_stands_until_a_later_version_asks_again(versions: list[bool], said: int, act: Act | None) -> None:
    numbered = list(enumerate(versions, 1))
    asked_again_since = any(asks and number > said for number, asks in numbered)
    assert stands(act, said, binding_version(numbered)) is (act == Act.GIVEN and not asked_again_since)
