from datetime import datetime

import pytest

from crisis.models import Alarm
from kernel.errors import Refused
from network.rules import Role
from screening.models import Campaign, Interview, Paper, Participation, Result
from screening.rules.interviews import Urgency
from screening.rules.papers.answering import SentAnswer, Sheet
from screening.services import Message, own_paper, save_answers, submit_paper
from tests.conftest import World
from tests.screening.screenings import (
    HEAVY,
    IN_DANGER,
    STRAINED,
    WELL,
    message,
    said,
    save,
    submit,
)

pytestmark = pytest.mark.usefixtures("november")


def again(paper: Paper) -> Paper:
    return own_paper(pk=paper.pk, by=paper.participation.student.user)


def answers(paper: Paper) -> dict[str, object]:
    return Sheet.read(Paper.objects.get(pk=paper.pk).sheet).answers


def test_opening_asks_every_present_student_of_the_grade(world: World, campaign: Campaign) -> None:
    asked = Participation.objects.filter(campaign=campaign)
    assert asked.count() == sum(len(group) for group in world.students.values())
    assert set(asked.values_list("school", flat=True)) == {world.school.pk}


def test_each_answer_is_kept_at_once(paper: Paper, at: datetime) -> None:
    save(paper, 1, at=at)
    save(paper, 2, first=2, number=2, at=at)
    assert answers(paper) == {"1": 1, "2": 2}
    assert Paper.objects.get(pk=paper.pk).answered == 2


def test_answers_are_sealed_in_the_table(paper: Paper, at: datetime) -> None:
    save(paper, 3, at=at)
    stored = Paper.objects.filter(pk=paper.pk).values_list("sheet", flat=True)[0]
    assert "answers" not in stored.token


def test_a_message_heard_twice_has_one_effect(paper: Paper, at: datetime) -> None:
    save(paper, 1, number=1, at=at)
    save(again(paper), 3, number=2, at=at)
    save(again(paper), 1, number=1, at=at)
    assert answers(paper) == {"1": 3}


def test_two_devices_write_one_paper(paper: Paper, at: datetime) -> None:
    phone, desk = again(paper), again(paper)
    save(phone, 1, device="phone", at=at)
    save(desk, 2, device="desk", at=at)
    assert answers(paper) == {"1": 2}
    save(again(paper), 0, first=2, device="phone", number=2, at=at)
    assert answers(paper) == {"1": 2, "2": 0}


@pytest.mark.parametrize(
    ("given", "code", "place"),
    [
        ([SentAnswer("12", 1)], "unknown-item", "12"),
        ([SentAnswer("1", 1), SentAnswer("1", 2)], "answered-twice", "1"),
        ([SentAnswer("3", 1)], "jumped-ahead", "1"),
        ([SentAnswer("1", 7)], "not-offered", "1"),
        ([SentAnswer("1", "often")], "not-offered", "1"),
        ([SentAnswer("1", None)], "empty", "1"),
    ],
)
def test_an_answer_that_cannot_be_taken_names_its_place(
    paper: Paper, at: datetime, given: list[SentAnswer], code: str, place: str
) -> None:
    with pytest.raises(Refused) as refused:
        save_answers(paper=paper, message=Message(given, "phone", 1), by=paper.participation.student.user, at=at)
    assert refused.value.code == code
    assert place in str(refused.value)
    assert answers(paper) == {}


def test_gaps_are_named_when_submitting(paper: Paper, at: datetime) -> None:
    save(paper, *WELL[:7], at=at)
    with pytest.raises(Refused, match="question 8, 9") as refused:
        submit(again(paper), at=at)
    assert refused.value.code == "gaps"
    assert not Result.objects.exists()


def test_a_submitted_paper_has_one_result_and_changes_no_more(paper: Paper, at: datetime) -> None:
    first = submit(paper, *WELL, at=at)
    second = submit(again(paper), *HEAVY, number=2, at=at)
    assert first.pk == second.pk
    assert Result.objects.count() == 1
    assert (first.level, first.is_valid) == (3, True)
    with pytest.raises(Refused) as refused:
        save(again(paper), 3, number=3, at=at)
    assert refused.value.code == "submitted"
    row = Participation.objects.get(pk=paper.participation_id)
    assert (row.finished_at, row.is_valid) == (at, True)
    assert not Interview.objects.exists()


def test_a_critical_answer_rings_before_the_paper_is_finished(paper: Paper, at: datetime) -> None:
    save(paper, *IN_DANGER, at=at)
    alarm = Alarm.objects.get()
    assert (alarm.source, alarm.student_id) == ("screening", paper.participation.student_id)
    assert "PHQ" not in alarm.evidence
    assert Interview.objects.get().urgency == Urgency.CRITICAL
    save(again(paper), 1, first=9, number=2, at=at)
    submit(again(paper), number=3, at=at)
    assert Alarm.objects.count() == 1
    assert Interview.objects.count() == 1


def test_a_critical_answer_on_a_paper_too_fast_to_count_rings_too(paper: Paper, at: datetime) -> None:
    result = submit(paper, *IN_DANGER, seconds=0.2, at=at)
    assert result.is_valid is False
    assert Alarm.objects.count() == 1
    assert Participation.objects.get(pk=paper.participation_id).is_valid is False


@pytest.mark.parametrize(("values", "urgency"), [(HEAVY, Urgency.FIRST), (STRAINED, Urgency.SECOND)])
def test_class_one_and_two_are_invited_to_talk(
    world: World, paper: Paper, at: datetime, values: tuple[int, ...], urgency: Urgency
) -> None:
    submit(paper, *values, at=at)
    talk = Interview.objects.get()
    assert talk.urgency == urgency
    counselors = {world.holder(Role.FULL_TIME_COUNSELOR), world.holder(Role.PART_TIME_COUNSELOR)}
    assert talk.counselor in counselors
    assert not Alarm.objects.exists()


def test_nobody_answers_for_another(world: World, paper: Paper, at: datetime) -> None:
    stranger = world.students["own"][0].user
    with pytest.raises(Refused) as refused:
        save_answers(paper=paper, message=message(1), by=stranger, at=at)
    assert refused.value.code == "not-your-own"
    with pytest.raises(Paper.DoesNotExist):
        submit_paper(paper=paper.pk, message=Message(said(WELL)), by=stranger, at=at)
