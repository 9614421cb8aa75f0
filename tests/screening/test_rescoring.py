import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crisis.models import Alarm
from kernel.errors import Refused
from kernel.models import AuditEvent, Job
from network.models import User
from network.rules import Role
from screening.models import Campaign, Interview, Result, ResultVersion, Scale
from screening.services.papers.rescoring import Count, rescore, start_rescoring
from tests import factories
from tests.conftest import World
from tests.screening.cohorts import finish
from tests.screening.screenings import STRAINED, WELL, begin, next_version, submit

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
MOMENTS = count(1)


def corrected(campaign: Campaign, at: datetime, **changed: Any) -> Scale:
    """The next version of the campaign's scale, put to use, with a corrected key."""
    # Versions are read once in a process: no two tests may publish theirs in the same moment.
    return next_version(campaign.scales.get(), at=at, published_at=at + timedelta(seconds=next(MOMENTS)), **changed)


def again(world: World, scale: Scale, at: datetime) -> Count:
    steps: list[tuple[int, int]] = []
    told = lambda done, total: steps.append((done, total))  # noqa: E731
    found = rescore(scale=scale, by=world.holder(Role.CENTER_DIRECTOR), at=at, progress=told)
    assert all(done <= total for done, total in steps)
    return found


@pytest.fixture
def result(world: World, campaign: Campaign, at: datetime) -> Result:
    return submit(begin(campaign, world.students["own"][2], at=at)[0], *STRAINED, at=at)


def test_a_corrected_key_scores_again_and_keeps_what_was_before(
    world: World, campaign: Campaign, result: Result, at: datetime
) -> None:
    fresh = corrected(campaign, at, reverse=["1"])
    before = json.loads(result.outcome)["total"]
    assert again(world, fresh, at) == Count(scored=1, changed=1)
    now = Result.objects.get(pk=result.pk)
    assert now.scale == fresh
    assert json.loads(now.outcome)["total"] == before - 1
    kept = ResultVersion.objects.get()
    assert (json.loads(kept.outcome)["total"], kept.scale_id, kept.level) == (before, result.scale_id, result.level)
    assert AuditEvent.objects.get(action="scale.rescore").detail["changed"] == 1
    assert again(world, fresh, at) == Count()


def test_what_comes_out_the_same_has_no_earlier_version(
    world: World, campaign: Campaign, result: Result, at: datetime
) -> None:
    assert again(world, corrected(campaign, at), at) == Count(scored=1, changed=0)
    assert not ResultVersion.objects.exists()
    assert Result.objects.get().scored_at == result.scored_at


def test_an_answer_that_is_critical_by_the_new_key_rings_once(world: World, campaign: Campaign, at: datetime) -> None:
    submit(begin(campaign, world.students["own"][2], at=at)[0], *WELL, at=at)
    assert not Alarm.objects.exists()
    critical = [{"item": "2", "at_least": 1}]
    again(world, corrected(campaign, at, critical=critical), at)
    assert Alarm.objects.get().source_key.startswith("screening:")
    assert Interview.objects.get().urgency == 0
    newest = Scale.objects.get(state=Scale.State.PUBLISHED, school=world.school)
    again(world, next_version(newest, at=at), at)
    assert Alarm.objects.count() == 1


def test_a_version_with_other_items_scores_nothing(
    world: World, campaign: Campaign, result: Result, at: datetime
) -> None:
    turned = {name: values[::-1] for name, values in campaign.scales.get().definition["choices"].items()}
    fresh = corrected(campaign, at, choices=turned)
    with pytest.raises(Refused, match="other items"):
        start_rescoring(scale=fresh, by=world.holder(Role.CENTER_DIRECTOR), at=at)


def test_a_version_that_is_not_in_use_scores_nothing(world: World, campaign: Campaign, at: datetime) -> None:
    with pytest.raises(Refused, match="Put this version to use"):
        corrected(campaign, at)
        start_rescoring(scale=campaign.scales.get(), by=world.holder(Role.CENTER_DIRECTOR), at=at)


def test_the_number_of_questions_does_not_grow_with_the_papers_of_a_batch(
    world: World, campaign: Campaign, at: datetime
) -> None:
    answers = {str(n): value for n, value in enumerate(WELL, start=1)}
    people = [one for room in ("own", "shared", "far") for one in world.students[room]]
    finish(campaign, people[:2], (3,), at=at, answers=answers)
    first = corrected(campaign, at, reverse=["1"])
    with CaptureQueriesContext(connection) as few:
        assert again(world, first, at).changed == 2
    Result.objects.update(scale=campaign.scales.get())
    ResultVersion.objects.all().delete()
    finish(campaign, people[2:], (3,), at=at, answers=answers)
    with CaptureQueriesContext(connection) as many:
        again(world, first, at)
    assert len(many) <= len(few) + 2


def test_the_director_starts_it_from_the_page_of_the_scale(
    world: World, login: Login, campaign: Campaign, result: Result, at: datetime
) -> None:
    fresh = corrected(campaign, at, reverse=["1"])
    director = login(world.holder(Role.CENTER_DIRECTOR))
    assert "1 paper was scored by another version" in director.get(fresh.get_absolute_url()).content.decode()
    answer = director.post(reverse("screening:scale-rescore", args=[fresh.pk]))
    job = Job.objects.get(name="screening.rescore")
    assert answer.url == reverse("job-detail", args=[job.pk])


def test_a_counselor_and_a_stranger_start_nothing(
    world: World, login: Login, campaign: Campaign, result: Result, at: datetime
) -> None:
    fresh = corrected(campaign, at)
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    assert login(counselor).post(reverse("screening:scale-rescore", args=[fresh.pk])).status_code in (403, 404)
    with pytest.raises(Refused):
        start_rescoring(scale=fresh, by=counselor, at=at)
    with pytest.raises(Refused):
        start_rescoring(scale=fresh, by=factories.make_user(), at=at)
    assert not Job.objects.filter(name="screening.rescore").exists()
