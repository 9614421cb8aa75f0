from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kernel.models import AuditEvent
from network.models import DualRelation, User
from network.rules import Role
from screening.models import Campaign, Exemption, OperatorTraining, Participation
from screening.tasks import close_past
from tests import factories
from tests.conftest import World
from tests.screening.screenings import WELL, begin, make_scale, open_screening, publish_consent, submit

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def director(world: World, login: Login) -> Client:
    return login(world.holder(Role.CENTER_DIRECTOR))


def sent(world: World, at: datetime, **changed: Any) -> dict[str, Any]:
    scale = changed.pop("scale", None) or make_scale(at=at)
    return {
        "name": "新生普查",
        "scales": [str(scale.pk)],
        "opens_on": "2026-11-09",
        "closes_on": "2026-11-30",
        "makeup_until": "",
        "grades": ["2026"],
        "purpose": "了解",
        "explanation": "十分钟",
        "tells_students": "on",
    } | changed


def test_a_campaign_is_planned_counted_and_opened(world: World, director: Client, at: datetime) -> None:
    publish_consent(world, at=at)
    count = director.get(reverse("screening:campaign-count"), {"grades": "2026"}, headers=HTMX).content.decode()
    assert "14 students would be asked" in count
    assert "信息学院 10" in count
    drafted = director.post(reverse("screening:campaign-new"), sent(world, at))
    campaign = Campaign.objects.get()
    assert drafted.url == campaign.get_absolute_url()
    assert "missing" in director.get(campaign.get_absolute_url()).content.decode()
    refused = director.post(reverse("screening:campaign-open", args=[campaign.pk]), follow=True).content.decode()
    assert "operator training" in refused
    number = world.holder(Role.CENTER_DIRECTOR).number
    training = {"user": number, "course": "x", "completed_on": "2026-11-01"}
    assert director.post(reverse("screening:training-list"), training).status_code == 302
    director.post(reverse("screening:campaign-open", args=[campaign.pk]))
    campaign.refresh_from_db()
    assert campaign.opened_at == at


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"grades": []}, "Nobody would be asked"),
        ({"scales": []}, "Choose at least one scale."),
        ({"closes_on": "2026-11-01"}, "lies before the first"),
        ({"makeup_until": "2026-11-30"}, "begins after the last day"),
        ({"makeup_until": "2026-12-20"}, "at most two weeks"),
        ({"classes": "计科2601班\n没有的班"}, "line 2 “没有的班”"),
        ({"numbers": "999\n998\n997\n996\n995\n994"}, "line 1 “999”"),
        ({"numbers": "999\n998\n997\n996\n995\n994"}, "and 1 more"),
    ],
)
def test_a_plan_that_cannot_be_names_the_place(
    world: World, director: Client, at: datetime, changed: dict[str, Any], said: str
) -> None:
    answer = director.post(reverse("screening:campaign-new"), sent(world, at, **changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_student_of_another_school_is_nobody_here(world: World, director: Client, at: datetime) -> None:
    assert world.other is not None
    far = factories.make_students(factories.make_class(world.other, "外班", at=at), 1, on=at.date())[0]
    answer = director.post(reverse("screening:campaign-new"), sent(world, at, numbers=far.number))
    assert answer.status_code == 422
    assert far.number in answer.content.decode()


def test_a_draft_is_changed_and_thrown_away(world: World, director: Client, at: datetime) -> None:
    scale = make_scale(at=at)
    director.post(reverse("screening:campaign-new"), sent(world, at, scale=scale, numbers=world.roomless.number))
    campaign = Campaign.objects.get()
    edit = reverse("screening:campaign-edit", args=[campaign.pk])
    assert world.roomless.number in director.get(edit).content.decode()
    director.post(edit, sent(world, at, scale=scale, name="改过"))
    assert "改过" in director.get(reverse("screening:campaign-list")).content.decode()
    director.post(reverse("screening:campaign-discard", args=[campaign.pk]))
    assert not Campaign.objects.exists()


def test_progress_of_a_campaign_costs_ten_queries_at_most(world: World, campaign: Campaign, director: Client) -> None:
    address = reverse("screening:campaign-progress", args=[campaign.pk])
    assert director.get(address).url == campaign.get_absolute_url()
    director.get(address, headers=HTMX)
    with CaptureQueriesContext(connection) as few:
        text = director.get(address, headers=HTMX).content.decode()
    assert len(few) <= 10
    assert 'hx-trigger="every 20s"' in text
    assert "计科2601班" in text


def test_the_center_extends_closes_and_releases(
    world: World, campaign: Campaign, director: Client, at: datetime
) -> None:
    submit(begin(campaign, world.students["own"][0], at=at)[0], *WELL, at=at)
    days = {"closes_on": "2026-12-05", "makeup_until": "2026-12-15"}
    director.post(reverse("screening:campaign-extend", args=[campaign.pk]), days)
    director.post(reverse("screening:campaign-extend", args=[campaign.pk]), {"closes_on": "soon"})
    director.post(reverse("screening:campaign-text", args=[campaign.pk]), {"purpose": "a", "explanation": "b"})
    assert "Version 1" in director.get(reverse("screening:campaign-text", args=[campaign.pk])).content.decode()
    director.post(reverse("screening:campaign-release", args=[campaign.pk]))
    director.post(reverse("screening:campaign-close", args=[campaign.pk]))
    campaign.refresh_from_db()
    assert (str(campaign.closes_on), campaign.text_version) == ("2026-12-05", 2)
    assert (campaign.told_students_at, campaign.closed_at) == (at, at)
    assert "Closed" in director.get(campaign.get_absolute_url()).content.decode()


def test_an_open_campaign_is_not_edited(campaign: Campaign, world: World, director: Client, at: datetime) -> None:
    scale = campaign.scales.get()
    answer = director.post(reverse("screening:campaign-edit", args=[campaign.pk]), sent(world, at, scale=scale))
    assert answer.status_code == 422
    assert "open already" in answer.content.decode()


def test_a_fudaoyuan_sees_and_reminds_their_own(world: World, campaign: Campaign, login: Login) -> None:
    client = login(world.holder(Role.FUDAOYUAN))
    people = reverse("screening:campaign-people", args=[campaign.pk])
    text = client.get(people).content.decode()
    assert world.students["own"][0].name in text
    assert world.students["far"][0].name not in text
    assert AuditEvent.objects.filter(action="participation.list").exists()
    remind = reverse("screening:campaign-remind", args=[campaign.pk])
    said = client.post(remind, {"unit": world.it1.pk}, follow=True).content.decode()
    assert "6 students have a reminder." in said
    assert "reminded today already" in client.post(remind, follow=True).content.decode()
    assert client.get(people, {"unit": world.it2.pk}).status_code == 404


def test_drafts_are_the_centers_alone(world: World, director: Client, login: Login, at: datetime) -> None:
    director.post(reverse("screening:campaign-new"), sent(world, at))
    campaign = Campaign.objects.get()
    fudaoyuan = login(world.holder(Role.FUDAOYUAN))
    assert fudaoyuan.get(campaign.get_absolute_url()).status_code == 404
    assert fudaoyuan.post(reverse("screening:campaign-open", args=[campaign.pk])).status_code in (403, 404)


def test_an_exemption_goes_from_the_fudaoyuan_to_the_center(world: World, campaign: Campaign, at: datetime) -> None:
    row = Participation.objects.get(campaign=campaign, student=world.students["own"][0])
    fudaoyuan, center = Client(), Client()
    fudaoyuan.force_login(world.holder(Role.FUDAOYUAN))
    center.force_login(world.holder(Role.CENTER_DIRECTOR))
    ask = reverse("screening:participation-exempt", args=[row.pk])
    assert fudaoyuan.get(ask).status_code == 200
    assert fudaoyuan.post(ask, {"reason": ""}).status_code == 422
    fudaoyuan.post(ask, {"reason": "在外交流"})
    assert "在外交流" in center.get(reverse("screening:exemption-list")).content.decode()
    center.post(reverse("screening:exemption-decide", args=[Exemption.objects.get().pk]), {"approved": "yes"})
    row.refresh_from_db()
    assert row.exempted_at == at


def test_trainings_and_ties_are_recorded_for_people_of_the_school(world: World, director: Client) -> None:
    counselor = world.holder(Role.FULL_TIME_COUNSELOR)
    training = {"user": "nobody", "course": "x", "completed_on": "2026-11-01", "valid_until": "2026-10-01"}
    wrong = director.post(reverse("screening:training-list"), training)
    assert wrong.status_code == 422
    assert "Nobody of your school has this number." in wrong.content.decode()
    director.post(reverse("screening:training-list"), training | {"user": counselor.number, "valid_until": ""})
    assert OperatorTraining.objects.get().user == counselor
    ties = reverse("screening:relation-list")
    assert director.post(ties, {"counselor": counselor.number, "unit": "没有"}).status_code == 422
    director.post(ties, {"counselor": counselor.number, "unit": world.it1.name})
    relation = DualRelation.objects.get()
    assert counselor.name in director.get(ties).content.decode()
    director.post(reverse("screening:relation-end", args=[relation.pk]))
    assert not DualRelation.objects.exists()


def test_beat_closes_what_is_over(world: World, at: datetime) -> None:
    over = at.date() - timedelta(days=1)
    days = {"opens_on": over - timedelta(days=9), "closes_on": over - timedelta(days=5), "makeup_until": over}
    campaign = open_screening(world, at=at - timedelta(days=6), **days)
    close_past()
    campaign.refresh_from_db()
    assert (campaign.closed_at, campaign.closed_by) == (at, None)
