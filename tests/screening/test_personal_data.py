from datetime import datetime, timedelta

import pytest

from kernel import personal_data
from kernel.personal_data import DataCategory
from network.models import Student
from screening.models import Interview, Paper, Result
from screening.services import record_finding
from tests.conftest import World
from tests.screening.screenings import HEAVY, begin, open_screening, submit
from tests.screening.test_interviews import FINDING

pytestmark = pytest.mark.usefixtures("november")

KINDS = ("screening.answers", "screening.results", "screening.interviews")
SOME_DAY = timedelta(days=1)


@pytest.fixture
def answered(world: World, at: datetime) -> Student:
    """A student who has answered and was talked with."""
    student = world.students["own"][0]
    [paper] = begin(open_screening(world, at=at), student, at=at)
    submit(paper, *HEAVY, at=at)
    talk = Interview.objects.get(student=student)
    assert talk.counselor is not None
    record_finding(interview=talk, finding=FINDING, by=talk.counselor, at=at)
    return student


def kind(name: str) -> DataCategory:
    found = personal_data.find(name)
    assert found is not None
    return found


def due(name: str, school_id: int, before: datetime, held: Student | None = None) -> int:
    find = kind(name).due
    assert find is not None
    return find(school_id, before, Student.objects.filter(pk=held.pk) if held else Student.objects.none()).count()


@pytest.mark.parametrize("name", KINDS)
def test_what_is_over_its_time_goes_unless_something_holds_it(
    world: World, answered: Student, at: datetime, name: str
) -> None:
    later, school = at + SOME_DAY, world.school.pk
    assert (due(name, school, at), due(name, school, later), due(name, school, later, answered)) == (0, 1, 0)
    category = kind(name)
    assert category.due
    assert category.expire
    assert category.expire(category.due(school, later, Student.objects.none())) == 1
    assert due(name, school, later) == 0


def test_an_erasure_takes_answers_results_and_notes_once(answered: Student, at: datetime) -> None:
    erasers = [kind(name).erase for name in KINDS]
    assert [erase(answered, at) for erase in erasers if erase] == [1, 1, 1]
    assert [erase(answered, at) for erase in erasers if erase] == [0, 0, 0]
    assert Paper.objects.get(participation__student=answered).sheet == ""
    assert not Result.objects.filter(student=answered).exists()
    assert Interview.objects.get(student=answered).note == ""


def test_a_student_takes_their_own_answers_along(answered: Student, at: datetime) -> None:
    own = kind("screening.answers").own
    assert own
    [record] = own(answered)
    told = {key: value for key, _label, value in record}
    assert told["answers"].startswith("1: 2；2: 2；")
    assert told["submitted_at"] == at
    asked = kind("screening.participations").own
    assert asked
    assert [key for key, _label, _value in asked(answered)[0]] == [
        "screening", "consented_at", "declined_at", "finished_at",
    ]  # fmt: skip
