import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crisis.models import Alarm
from kernel.models import Notice
from network.models import User
from network.rules import Role
from network.rules.consents import Purpose
from network.services import current_version, reset_password, withdraw_consent
from reporting.models import Calendar
from screening.models import Campaign, Paper, Participation, Result
from screening.services import Text, remind_unfinished, write_text
from tests.conftest import World
from tests.screening.instruments import SLEEP
from tests.screening.screenings import IN_DANGER, WELL, begin, make_scale, open_screening, said

pytestmark = pytest.mark.usefixtures("november")

Login = Callable[[User], Client]
LIGHT = 60_000
# Drawn anew for each answer.
TOKEN = re.compile(r"(?<=data-csrf=\")\w+|(?<=csrfmiddlewaretoken\" value=\")\w+")


@pytest.fixture
def phone(paper: Paper, login: Login) -> Client:
    return login(paper.participation.student.user)


def post(client: Client, paper: Paper, *values: int, number: int = 1, first: int = 1, device: str = "phone") -> Any:
    given = [one._asdict() for one in said(values, first=first)]
    body = json.dumps({"device": device, "number": number, "given": given})
    return client.post(reverse("screening:paper-save", args=[paper.pk]), body, content_type="application/json")


def page(paper: Paper, **asked: Any) -> str:
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"{reverse('screening:paper-answer', args=[paper.pk])}?{query}"


def test_before_the_questions_comes_the_consent(world: World, campaign: Campaign, login: Login) -> None:
    student = world.students["own"][2]
    row = Participation.objects.get(campaign=campaign, student=student)
    client = login(student.user)
    start = client.get(reverse("screening:participation-start", args=[row.pk]), follow=True)
    assert "大约十分钟" in start.content.decode()
    assert "12356" in start.content.decode()
    text = current_version(world.school, Purpose.SCREENING)
    assert text is not None
    shown = {"text_version": 1, "consent_version": text.version}
    refused = client.post(reverse("screening:participation-agree", args=[row.pk]), shown)
    assert refused.status_code == 422
    assert not Paper.objects.exists()
    agreed = client.post(reverse("screening:participation-agree", args=[row.pk]), shown | {"agreed": "on"}, follow=True)
    assert agreed.redirect_chain[-1][0].startswith("/screening/papers/")


def test_who_would_rather_not_has_no_paper_and_may_think_again(
    world: World, campaign: Campaign, login: Login, at: datetime
) -> None:
    student = world.students["own"][2]
    row = Participation.objects.get(campaign=campaign, student=student)
    client = login(student.user)
    client.post(reverse("screening:participation-decline", args=[row.pk]))
    row.refresh_from_db()
    assert row.declined_at == at
    assert begin(campaign, student, at=at)
    row.refresh_from_db()
    assert (row.declined_at, row.consented_at) == (None, at)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("duty_phone", ["", "0571-<1>"])
def test_a_page_with_kept_parts_says_what_one_rendered_anew_says(
    world: World, paper: Paper, campaign: Campaign, at: datetime, language: str, duty_phone: str
) -> None:
    Calendar.objects.update_or_create(school=world.school, defaults={"duty_phone": duty_phone})
    Campaign.objects.filter(pk=campaign.pk).update(name="普查 <b>“&amp;”</b>")
    other = begin(campaign, world.students["own"][3], at=at)[0]
    agree = reverse("screening:participation-agree", args=[paper.participation_id])
    agree_other = Participation.objects.get(campaign=campaign, student=world.students["own"][1])
    clients = []
    for row in (paper.participation, other.participation, agree_other):
        clients.append(Client(headers={"accept-language": language}))
        clients[-1].force_login(row.student.user)
    first, second, third = clients
    for answered in (0, 3, 5, 9):
        for client, own in ((first, paper), (second, other)):
            if answered:
                post(client, own, *WELL[:answered], number=answered)
            # Rendered with what the page of the one before has left, and then with nothing.
            assert_same_without_cache(client, page(own))
    assert_same_without_cache(third, reverse("screening:participation-agree", args=[agree_other.pk]))
    first.post(reverse("screening:paper-submit", args=[paper.pk]))
    assert_same_without_cache(first, reverse("screening:paper-done", args=[paper.pk]))
    assert first.get(agree).status_code == 200


def assert_same_without_cache(client: Client, path: str) -> None:
    kept = client.get(path)
    caches["pages"].clear()
    anew = client.get(path)
    assert kept.status_code == anew.status_code == 200
    assert TOKEN.sub("token", kept.content.decode()) == TOKEN.sub("token", anew.content.decode())


def test_one_answer_costs_four_queries_whatever_the_length(world: World, at: datetime, login: Login) -> None:
    long = make_scale("scl90", at=at)
    campaign = open_screening(world, make_scale(at=at), long, at=at)
    papers = begin(campaign, world.students["own"][2], at=at)
    client = login(world.students["own"][2].user)
    counts = []
    for paper in papers:
        post(client, paper, 1)
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert post(client, paper, 1, number=2, first=2).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1] <= 4


def test_the_questionnaire_is_light_and_says_who_reads_it(phone: Client, paper: Paper) -> None:
    answer = phone.get(page(paper))
    text = answer.content.decode()
    assert len(answer.content) < LIGHT
    assert "12356" in text
    assert "Who can see this" in text
    assert text.count("<fieldset") == 5
    assert text.count("<legend>") == 5


def test_ninety_questions_stay_light(world: World, at: datetime, login: Login) -> None:
    campaign = open_screening(world, make_scale("scl90", at=at), at=at)
    paper = begin(campaign, world.students["own"][2], at=at)[0]
    answer = login(world.students["own"][2].user).get(page(paper))
    assert len(answer.content) < LIGHT


def test_without_a_script_page_follows_page(phone: Client, paper: Paper) -> None:
    first = {"page": 1} | {f"q-{n}": 1 for n in range(1, 6)}
    after = phone.post(page(paper), first)
    assert after.url.endswith("?page=2")
    second = phone.post(page(paper), {"page": 2} | {f"q-{n}": 0 for n in range(6, 10)})
    text = phone.get(second.url).content.decode()
    assert "Hand it in" in text
    done = phone.post(reverse("screening:paper-submit", args=[paper.pk]), follow=True)
    assert "Thank you, that was all" in done.content.decode()
    assert Result.objects.get().level == 3


def test_a_gap_on_a_page_is_named_and_what_was_chosen_is_kept(phone: Client, paper: Paper) -> None:
    sent = {"page": 1, "q-1": 1, "q-2": 2, "q-4": 3}
    answer = phone.post(page(paper), sent)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "question 3" in text
    for chosen in ('name="q-1" value="1" checked', 'name="q-2" value="2" checked', 'name="q-4" value="3" checked'):
        assert chosen in text


def test_nobody_jumps_ahead_by_the_address(phone: Client, paper: Paper) -> None:
    text = phone.get(page(paper, page=2)).content.decode()
    assert 'name="q-1"' in text
    assert 'name="q-6"' not in text


def test_an_answer_goes_on_where_it_stopped_on_another_device(phone: Client, paper: Paper) -> None:
    post(phone, paper, *WELL[:5])
    desk = Client()
    desk.force_login(paper.participation.student.user)
    text = desk.get(page(paper)).content.decode()
    assert 'name="q-6"' in text
    assert post(desk, paper, 1, device="desk", first=6).json()["answered"] == 6


def test_a_critical_answer_shows_help_at_once(phone: Client, paper: Paper) -> None:
    assert post(phone, paper, *IN_DANGER[:8]).json()["help"] is False
    assert post(phone, paper, 2, first=9, number=2).json()["help"] is True
    assert Alarm.objects.count() == 1
    assert "Thank you for telling us" in phone.get(page(paper)).content.decode()
    done = phone.post(reverse("screening:paper-submit", args=[paper.pk]), follow=True).content.decode()
    assert "Thank you for telling us" in done
    assert "level-red" not in done
    assert "gets in touch with you today" in done
    assert "you decide" not in done


def test_after_a_critical_answer_no_page_says_that_a_talk_is_up_to_the_student(
    phone: Client, paper: Paper, campaign: Campaign, at: datetime
) -> None:
    post(phone, paper, *IN_DANGER)
    phone.post(reverse("screening:paper-submit", args=[paper.pk]))
    Campaign.objects.filter(pk=campaign.pk).update(told_students_at=at)
    words = phone.get(reverse("screening:participation-feedback", args=[paper.participation_id])).content.decode()
    assert "A counselor of the center gets in touch with you" in words
    assert "You decide" not in words


def test_a_student_reads_one_last_day_and_one_duration(
    world: World, paper: Paper, campaign: Campaign, at: datetime
) -> None:
    """The notice said ten minutes where the text of the school said something else, and two days were given."""
    fudaoyuan = world.holder(Role.FUDAOYUAN)
    remind_unfinished(campaign=campaign, rows=Participation.objects.all(), by=fudaoyuan, at=at)
    told = Notice.objects.filter(recipient=paper.participation.student.user, kind="screening")
    days = [str(notice.params["until"]) for notice in told if "until" in notice.params]
    assert len(days) == 1
    assert str(campaign.last_day) in days[0]
    assert not any("minutes" in notice.title for notice in told)


def test_hours_that_cannot_be_are_asked_again_once(world: World, at: datetime, login: Login) -> None:
    campaign = open_screening(world, make_scale("psqi", at=at), at=at)
    student = world.students["own"][2]
    paper = begin(campaign, student, at=at)[0]
    client = login(student.user)
    codes = [item.code for item in paper.scale.parsed.items]
    answers = dict(zip(codes, ["11:30", *SLEEP[1:]], strict=False))
    given = [{"item": code, "value": value, "seconds": 5} for code, value in answers.items()]
    body = json.dumps({"device": "phone", "number": 1, "given": given})
    saved = client.post(reverse("screening:paper-save", args=[paper.pk]), body, content_type="application/json")
    assert saved.status_code == 200
    url = reverse("screening:paper-submit", args=[paper.pk])
    again = client.post(url)
    assert again.url.endswith("?checked=1")
    text = client.get(again.url).content.decode()
    assert "in bed for 19.5 hours" in text
    assert 'name="checked"' in text
    assert not Result.objects.exists()
    client.post(url, {"checked": "1"})
    assert Result.objects.get().is_valid


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"given": [{"value": 1}]}', '{"number": "x"}', '{"given": [{"item": "1", "value": 9}]}']
)
def test_a_message_that_cannot_be_read_is_refused_in_words(phone: Client, paper: Paper, body: str) -> None:
    answer = phone.post(reverse("screening:paper-save", args=[paper.pk]), body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["message"]


def test_a_paper_of_another_student_is_not_there(world: World, paper: Paper, login: Login) -> None:
    stranger = login(world.students["own"][0].user)
    assert stranger.get(page(paper)).status_code == 404
    assert post(stranger, paper, 1).status_code == 404
    assert stranger.post(reverse("screening:paper-submit", args=[paper.pk])).status_code == 404


def test_a_new_text_is_read_before_going_on(phone: Client, paper: Paper, campaign: Campaign, at: datetime) -> None:
    post(phone, paper, 1)
    by = campaign.opened_by
    assert by is not None
    write_text(campaign=campaign, text=Text("另一个目的", "别的说明"), by=by, at=at)
    assert post(phone, paper, 1, number=2, first=2).json()["code"] == "no-consent"
    assert "另一个目的" in phone.get(page(paper), follow=True).content.decode()
    campaign.refresh_from_db()
    begin(campaign, paper.participation.student, at=at)
    assert post(phone, paper, 1, number=2, first=2).json()["answered"] == 2


def test_a_consent_taken_back_stops_the_paper(phone: Client, paper: Paper, at: datetime) -> None:
    student = paper.participation.student
    withdraw_consent(student=student, purpose=Purpose.SCREENING, by=student.user, at=at + timedelta(minutes=1))
    assert post(phone, paper, 1).json() | {"message": ""} == {"code": "no-consent", "message": "", "over": True}
    assert phone.post(reverse("screening:paper-submit", args=[paper.pk])).status_code == 302
    assert not Result.objects.exists()


def test_outside_the_window_nothing_is_taken(phone: Client, paper: Paper, campaign: Campaign, at: datetime) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(closed_at=at)
    assert post(phone, paper, 1).json()["code"] == "not-open"
    row = paper.participation_id
    assert (
        "not open at present"
        in phone.get(reverse("screening:participation-agree", args=[row]), follow=True).content.decode()
    )


def test_feedback_waits_for_the_release_and_holds_no_number(
    phone: Client, paper: Paper, campaign: Campaign, at: datetime
) -> None:
    post(phone, paper, *WELL)
    phone.post(reverse("screening:paper-submit", args=[paper.pk]))
    address = reverse("screening:participation-feedback", args=[paper.participation_id])
    assert "Nothing here yet" in phone.get(address).content.decode()
    Campaign.objects.filter(pk=campaign.pk).update(told_students_at=at)
    text = phone.get(address).content.decode()
    assert "found your footing" in text
    assert "level-red" not in text


def test_whoever_reset_the_password_reads_no_answer_of_before_and_adds_none(
    world: World, paper: Paper, phone: Client, at: datetime
) -> None:
    student = paper.participation.student.user
    assert post(phone, paper, 1, 1).status_code == 200
    saved_at = Paper.objects.get(pk=paper.pk).saved_at
    reset_password(user=student, by=world.holder(Role.FUDAOYUAN), at=saved_at + timedelta(minutes=1))
    User.objects.filter(pk=student.pk).update(must_change_password=False)
    other = Client()
    other.force_login(User.objects.get(pk=student.pk))
    shut = other.get(page(paper, page=1))
    assert shut.status_code == 403
    assert "First show who you are" in shut.content.decode()
    refused = post(other, paper, 1, first=3, number=2, device="other")
    assert refused.json()["code"] == "unproved" and refused.json()["over"]
    assert other.post(reverse("screening:paper-submit", args=[paper.pk])).status_code == 403
    assert Paper.objects.get(pk=paper.pk).answered == 2


def test_a_questionnaire_that_begins_after_a_reset_is_open(
    world: World, paper: Paper, phone: Client, at: datetime
) -> None:
    student = paper.participation.student.user
    reset_password(user=student, by=world.holder(Role.FUDAOYUAN), at=at)
    User.objects.filter(pk=student.pk).update(must_change_password=False)
    other = Client()
    other.force_login(User.objects.get(pk=student.pk))
    assert other.get(page(paper)).status_code == 200
    assert post(other, paper, 1).status_code == 200
    assert other.get(page(paper, page=1)).status_code == 200
